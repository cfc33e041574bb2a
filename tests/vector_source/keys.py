"""Every key and certificate of the vectors. They are published here: good for nothing but these files."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.vector_source.asn1 import Identity, sha256

MARK = "DEVELOPMENT ONLY 开发专用"
BORN = datetime(2026, 1, 1, tzinfo=UTC)
SIGNING = {"digital_signature": True, "content_commitment": True}
ISSUING = {"key_cert_sign": True, "crl_sign": True}
USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def ed25519(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"ed25519 " + name.encode()))


def p256(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(sha256(b"p256 " + name.encode()), "big") >> 1, ec.SECP256R1())


def certify(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: Identity | None = None,
    *,
    holder: str | None = None,
    organization: str | None = None,
    authority: bool = False,
    timestamping: bool = False,
    start: datetime = BORN,
    lasts: timedelta = timedelta(days=3650),
) -> Identity:
    """Certify a key; by itself when nobody is named."""
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization or MARK),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if organization is not None:
        attributes.insert(2, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK))
    if holder is not None:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, holder))
    subject = x509.Name(attributes)
    chosen = ISSUING if authority else SIGNING
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is None else by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(sha256(f"serial {name} {start}".encode())[:8], "big") | 1)
        .not_valid_before(start)
        .not_valid_after(start + lasts)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{u: chosen.get(u, False) for u in USAGES}), critical=True)
    )
    if timestamping:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    signer = key if by is None else by.key
    certificate = builder.sign(signer, hashes.SHA256(), ecdsa_deterministic=True)
    above = () if by is None or by.certificate.issuer == by.certificate.subject else (by.certificate, *by.above)
    return Identity(key, certificate, above)


LOG, SEAL, STRANGER = ed25519("log"), ed25519("seal"), ed25519("stranger")
WITNESSES = {f"{name}.example/witness": ed25519(name) for name in ("custodian", "manager", "regulator")}
ROOT = certify("Vector Root", p256("root"), authority=True)
ISSUER = certify("Vector Issuer", p256("issuer"), ROOT, authority=True)
INSTITUTION = certify("Vector Institution", p256("institution"), ISSUER)
TSA_ROOT = certify("Vector Timestamp Root", p256("tsa root"), authority=True)
TSA = certify("Vector Timestamps", p256("tsa"), TSA_ROOT, timestamping=True)
OTHER_ROOT = certify("Other Root", p256("other root"), authority=True)
OTHER_TSA = certify("Other Timestamps", p256("other tsa"), OTHER_ROOT, timestamping=True)
