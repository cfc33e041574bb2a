"""ECDSA on P-256 with SHA-256 in its one canonical form: DER with s in the lower half."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from verifier.statement import P256_ORDER


def low_s(signature_der: bytes) -> bytes:
    """Return the canonical form, so that nobody can make a second one; ``ValueError`` when it is not DER."""
    r, s = decode_dss_signature(signature_der)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def sign(key: ec.EllipticCurvePrivateKey, content: bytes) -> bytes:
    """Sign content."""
    return low_s(key.sign(content, ec.ECDSA(hashes.SHA256())))
