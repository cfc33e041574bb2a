"""A chain and authorities whose evidence a verifier accepts, without a chain or an authority."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from ledger.domain.events import Value
from tests.fakes import FakeAnchor
from tests.vector_source import asn1, chain, keys
from verifier import canonical, certificates


class ProvingAnchor(FakeAnchor):
    """The chain in memory, whose evidence is a real block."""

    def evidence(self, size: int) -> dict[str, Value]:
        _, held, _ = self.held[size]
        sizes = sorted(self.held)
        before = sizes[sizes.index(size) - 1] if size != sizes[0] else 0
        return chain.anchor(held, before, sizes.index(size) + 1, self.at)

    at: datetime


@dataclass
class Authorities:
    """Certificate and timestamp authority of the vectors."""

    root: asn1.Identity
    name: str = "vectors"
    stand_in: bool = True
    serial: list[int] = field(default_factory=lambda: [0])

    def roots_pem(self) -> tuple[str, ...]:
        return (certificates.to_pem(self.root.certificate.public_bytes(Encoding.DER)),)

    def sm2_roots_pem(self) -> tuple[str, ...]:
        return ()

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:
        self.serial[0] += 1
        return asn1.token(keys.TSA, sha256_digest, at, self.serial[0])


def reseal(body: dict[str, Any]) -> bytes:
    """Write a bundle's object as canonical bytes; the seal is whatever was in it."""
    return canonical.encode(body)
