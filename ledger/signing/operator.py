"""The operator's own keys, all derived from the master key: nothing more to keep or to lose."""

import hmac
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import checkpoint


class OperatorSecrets:
    """`Secrets` port. ``derive`` gives 32 secret bytes for a purpose (HKDF of the master key)."""

    def __init__(self, derive: Callable[[str], bytes], *, origin: str) -> None:
        """``origin`` names the log and its key."""
        self._derive = derive
        self._origin = origin
        self._seal = Ed25519PrivateKey.from_private_bytes(derive("bundle-seal"))
        self.log_key = Ed25519PrivateKey.from_private_bytes(derive("log-checkpoint"))

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return HMAC-SHA-256 under the key of this purpose."""
        return hmac.new(self._derive(f"mac:{purpose}"), message, sha256).digest()

    def seal(self, digest: bytes) -> bytes:
        """Sign a 32-byte bundle digest."""
        return self._seal.sign(digest)

    def seal_public_key(self) -> bytes:
        """Return the raw public key of `seal`."""
        return self._seal.public_key().public_bytes_raw()

    def log_vkey(self) -> str:
        """Return the log's verifier key in C2SP form."""
        return checkpoint.vkey(self._origin, self.log_key.public_key())
