"""What tests of signatures share: a signer, its roots, and certificates written by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tests.vector_source import keys
from tests.vector_source.asn1 import Identity
from verifier.errors import VerificationError

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOLDER = "ab" * 32
LEAF = keys.certify("Signer", keys.p256("signer"), keys.ISSUER, holder=HOLDER)
ROOTS = [keys.ROOT.certificate]
TSA_ROOTS = [keys.TSA_ROOT.certificate]


def raw(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def refused(check: Callable[[], object], code: str) -> None:
    with pytest.raises(VerificationError) as caught:
        check()
    assert caught.value.code == code, caught.value


def named(name: str, key: Any, by: Identity) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(by.certificate.subject)
        .public_key(key)
        .serial_number(7)
        .not_valid_before(keys.BORN)
        .not_valid_after(keys.BORN + timedelta(days=3650))
    )


def self_named(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    own = Identity(key, named(name, key.public_key(), LEAF).sign(key, hashes.SHA256()))
    return named(name, key.public_key(), own)


def plain(
    key: ec.EllipticCurvePrivateKey,
    by: Identity | None,
    extensions: list[tuple[x509.ExtensionType, bool]],
    name: str = "Plain",
) -> x509.Certificate:
    builder = self_named(name, key) if by is None else named(name, key.public_key(), by)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key if by is None else by.key, hashes.SHA256())
