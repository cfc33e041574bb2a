"""The operator's own keys, all derived from the master key: nothing more to keep or to lose."""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from verifier import checkpoint

KEY_BYTES = 32


class OperatorSecrets:
    """`Secrets` port over HKDF-SHA-256 (RFC 5869) of one master key."""

    def __init__(self, master: bytes, *, origin: str) -> None:
        """``master`` is 32 secret bytes; ``origin`` names the log and its key."""
        self._master = master
        self._origin = origin
        self._seal = Ed25519PrivateKey.from_private_bytes(self.derive("bundle-seal"))
        self.log_key = Ed25519PrivateKey.from_private_bytes(self.derive("log-checkpoint"))

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose."""
        info = f"pfl/{purpose}/1".encode()
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return HMAC-SHA-256 under the key of this purpose."""
        return hmac.new(self.derive(purpose), message, sha256).digest()

    def seal(self, digest: bytes) -> bytes:
        """Sign a 32-byte bundle digest."""
        return self._seal.sign(digest)

    def seal_public_key(self) -> bytes:
        """Return the raw public key of `seal`."""
        return self._seal.public_key().public_bytes_raw()

    def log_vkey(self) -> str:
        """Return the log's verifier key in C2SP form."""
        return checkpoint.vkey(self._origin, self.log_key.public_key())
