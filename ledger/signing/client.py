"""What an investor's device does: make a key, ask for a certificate, sign. For the demo and the tests.

The key never leaves the device; nothing in the server imports this module.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.signing import ecdsa


@dataclass(frozen=True, slots=True)
class Device:
    """A device with one P-256 key."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)

    def csr_pem(self, common_name: str = "investor") -> str:
        """Ask for a certificate (PKCS #10); the authority decides on the name, not the request."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self.key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def sign(self, content: bytes) -> bytes:
        """Sign statement bytes or signed attributes: ECDSA with SHA-256, DER, low s."""
        return ecdsa.sign(self.key, content)

    def thumbprint(self) -> str:
        """Return SHA-256 of the SubjectPublicKeyInfo, the name by which records call this key."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return sha256(self.key.public_key().public_bytes(serialization.Encoding.DER, form)).hexdigest()
