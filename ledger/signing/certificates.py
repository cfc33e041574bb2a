"""The certificates we make: RFC 5280 profiles, all P-256 with SHA-256, all saying that they are for development."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.signing.keystore import Identity
from verifier.certificates import short_name

MARK = "DEVELOPMENT ONLY 开发专用"
"""Stands as organization in every subject, so no viewer can show one of these without saying what it is."""

_NO_REVOCATION = x509.ObjectIdentifier("2.5.29.56")  # id-ce-noRevAvail, RFC 9608
_DER_NULL = b"\x05\x00"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a certificate may be used for."""

    ca: bool = False
    path_length: int | None = None
    usage: str = "sign"
    purpose: x509.ObjectIdentifier | None = None
    no_revocation: bool = False


ROOT = Profile(ca=True, path_length=1, usage="certify")
ISSUING = Profile(ca=True, path_length=0, usage="certify")
TIMESTAMP_ROOT = Profile(ca=True, path_length=0, usage="certify")
TIMESTAMP = Profile(purpose=ExtendedKeyUsageOID.TIME_STAMPING)
SEAL = Profile()
EVENT = Profile(no_revocation=True)


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def subject(common_name: str, serial_number: str | None = None, organization: str | None = None) -> x509.Name:
    """Name a subject. A name over 64 bytes of UTF-8 is cut and ends in an ellipsis; papers carry it whole.

    In the seal of an institution its name is the organization, and the mark stands below it.
    """
    marked = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK)]
    if organization is not None:
        marked = [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, short_name(organization)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
        ]
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        *marked,
        x509.NameAttribute(NameOID.COMMON_NAME, short_name(common_name)),
    ]
    if serial_number is not None:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
    return x509.Name(attributes)


def self_signed(name: x509.Name, profile: Profile, at: datetime, lasts: timedelta) -> Identity:
    """Make a root: its own key, signed by itself."""
    key = new_key()
    return Identity(key, _certificate(name, key.public_key(), name, key, profile, at, lasts))


def issued(name: x509.Name, profile: Profile, at: datetime, lasts: timedelta, *, by: Identity) -> Identity:
    """Make a key of ours with a certificate by ``by``."""
    key = new_key()
    return Identity(key, certify(name, key.public_key(), profile, at, lasts, by=by))


def certify(
    name: x509.Name, key: ec.EllipticCurvePublicKey, profile: Profile, at: datetime, lasts: timedelta, *, by: Identity
) -> x509.Certificate:
    """Certify somebody's public key."""
    return _certificate(name, key, by.certificate.subject, by.key, profile, at, lasts)


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    profile: Profile,
    at: datetime,
    lasts: timedelta,
) -> x509.Certificate:
    from_second = at.replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(from_second)
        .not_valid_after(from_second + lasts)
        .add_extension(x509.BasicConstraints(ca=profile.ca, path_length=profile.path_length), critical=True)
        .add_extension(_usage(profile), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if profile.purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([profile.purpose]), critical=True)
    if profile.no_revocation:
        builder = builder.add_extension(x509.UnrecognizedExtension(_NO_REVOCATION, _DER_NULL), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(profile: Profile) -> x509.KeyUsage:
    certify_others = profile.usage == "certify"
    return x509.KeyUsage(
        digital_signature=not certify_others,
        content_commitment=not certify_others and profile.purpose is None,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify_others,
        crl_sign=certify_others,
        encipher_only=False,
        decipher_only=False,
    )
