"""Both digests of a document: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905)."""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

_SM3 = hashes.SM3()


@dataclass(frozen=True, slots=True)
class Digests:
    """Lower-case hex digests and the length in bytes."""

    sha256: str
    sm3: str
    bytes: int


def sha256(content: bytes) -> bytes:
    """Return the 32-byte SHA-256 digest."""
    return hashlib.sha256(content).digest()


def sm3(content: bytes) -> bytes:
    """Return the 32-byte SM3 digest."""
    state = hashes.Hash(_SM3)
    state.update(content)
    return state.finalize()


def digests(content: bytes) -> Digests:
    """Digest a document's exact bytes."""
    return Digests(sha256(content).hex(), sm3(content).hex(), len(content))
