"""Certificate chains at an instant: signatures, validity, basic constraints, key usage (RFC 5280 §6, the part we need).

Revocation is not checked: an evidence bundle of version 1 holds no revocation data.
"""

import base64
import binascii
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from verifier import der
from verifier.digests import sha256
from verifier.errors import MalformedError, UndecidedError, VerificationError

MAX_CERTIFICATE: Final = 16 * 1024
MAX_CHAIN: Final = 6
MAX_NAME: Final = 64  # ub-common-name, RFC 5280 appendix A.1; readers differ on whether it counts characters or bytes
LEAST_RSA_BITS: Final = 2048
_UNDERSTOOD: Final = frozenset(
    (ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE),
)
_BEGIN: Final = "-----BEGIN CERTIFICATE-----\n"
_END: Final = "-----END CERTIFICATE-----\n"
_PEM_LINE: Final = 64
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    Warning,
)


def load(data: bytes) -> x509.Certificate:
    """Read one DER certificate with a key on an elliptic curve of the library, or RSA."""
    certificate = read(data)
    try:
        key = certificate.public_key()
    except _UNREADABLE as error:
        raise MalformedError("bad_certificate", f"a certificate's key cannot be read: {type(error).__name__}") from None
    weak = isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_RSA_BITS
    if weak or not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise MalformedError(
            "weak_certificate", "a certificate's key is neither on an elliptic curve nor RSA from 2048 bits"
        )
    return certificate


def read(data: bytes) -> x509.Certificate:
    """Read one DER certificate, whatever its key is."""
    if len(data) > MAX_CERTIFICATE:
        raise MalformedError(
            "too_large", f"a certificate is larger than {MAX_CERTIFICATE} bytes", limit=MAX_CERTIFICATE
        )
    _require_strict(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what the library only warns of is not RFC 5280 either
            certificate = x509.load_der_x509_certificate(data)
            _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.not_valid_after_utc
    except _UNREADABLE as error:
        raise MalformedError("bad_certificate", f"a certificate cannot be read: {type(error).__name__}") from None
    return certificate


def load_pem(text: str) -> x509.Certificate:
    """Read one PEM certificate."""
    return load(from_pem(text))


def from_pem(text: str) -> bytes:
    """Return the DER of a strict PEM certificate."""
    if len(text) > 2 * MAX_CERTIFICATE:
        raise MalformedError("too_large", "a PEM certificate is too large", limit=2 * MAX_CERTIFICATE)
    body = text.removeprefix(_BEGIN).removesuffix(_END)
    try:
        raw = base64.b64decode(body.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or to_pem(raw) != text:
        raise MalformedError("bad_certificate", "a certificate is not in PEM as RFC 7468 writes it")
    return raw


def to_pem(data: bytes) -> str:
    """Write DER as strict PEM with its last newline (RFC 7468)."""
    body = base64.b64encode(data).decode("ascii")
    lines = "".join(body[i : i + _PEM_LINE] + "\n" for i in range(0, len(body), _PEM_LINE))
    return _BEGIN + lines + _END


def short_name(name: str) -> str:
    """Return a name as a certificate's subject carries it: cut, with an ellipsis, where UTF-8 needs over 64 bytes."""
    if len(name.encode()) <= MAX_NAME:
        return name
    return name.encode()[: MAX_NAME - len("…".encode())].decode(errors="ignore") + "…"


def key_digest(certificate: x509.Certificate) -> str:
    """Return SHA-256 (hex) of the SubjectPublicKeyInfo, the name by which records call a key."""
    return sha256(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hex()


def verify_chain(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
    *,
    timestamping: bool = False,
    issued: Callable[[x509.Certificate, x509.Certificate], bool] | None = None,
) -> tuple[x509.Certificate, ...]:
    """Return the chain, leaf first and root last, if it holds at ``at``.

    Every certificate in ``others`` must be part of it: nothing unsigned rides along. ``timestamping`` asks for the
    leaf's extended key usage to be exactly that, and critical (RFC 3161 §2.3). ``issued`` tells whether the second
    certificate's key signed the first, where the library does not know the suite.
    """
    issued = issued or _issued
    if not roots:
        raise UndecidedError("no_roots", "there is no root certificate to check a chain against: add it to the bundle")
    if len(others) > MAX_CHAIN:
        raise MalformedError("too_large", f"a chain has more than {MAX_CHAIN} certificates", limit=MAX_CHAIN)
    chain, rest = [leaf], list(others)
    while rest:
        issuer = next((c for c in rest if c.subject == chain[-1].issuer), None)
        if issuer is None:
            raise VerificationError("unused_certificate", "a certificate beside the signer's is not part of its chain")
        rest.remove(issuer)
        chain.append(issuer)
    if chain[-1] not in roots:
        root = next((c for c in roots if issued(chain[-1], c)), None)
        if root is None:
            raise VerificationError(
                "unknown_root",
                "a certificate chain does not end in one of the roots",
                leaf_serial=str(leaf.serial_number),
            )
        chain.append(root)
    for depth, (subject, issuer) in enumerate(pairwise(chain)):
        if not issued(subject, issuer):
            raise VerificationError(
                "bad_certificate_signature", f"certificate {depth} of a chain is not signed by the next"
            )
        _require_authority(issuer, depth)
    for depth, certificate in enumerate(chain):
        _require_valid(certificate, at, depth)
    _require_signer(leaf, timestamping=timestamping)
    return tuple(chain)


def _require_strict(data: bytes) -> None:
    """Refuse a second way to write the same certificate outside its signed part (RFC 5280 §4.1.1)."""
    signed, algorithm, signature = der.decode(data).sequence(der.SEQUENCE, der.SEQUENCE, der.BIT_STRING)
    named = [n.raw for n in signed.children()[:4]]
    if algorithm.raw not in named or signature.body[:1] != b"\0":
        raise MalformedError(
            "bad_certificate", "a certificate's outer algorithm or signature is not as RFC 5280 writes it"
        )


def _issued(subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        subject.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _require_valid(certificate: x509.Certificate, at: datetime, depth: int) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise VerificationError(
            "certificate_not_valid",
            f"certificate {depth} of a chain is not valid at {at.isoformat()}",
            valid_from=certificate.not_valid_before_utc.isoformat(),
            valid_until=certificate.not_valid_after_utc.isoformat(),
        )
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise VerificationError(
                "unknown_critical_extension",
                f"certificate {depth} demands something unknown",
                oid=extension.oid.dotted_string,
            )


def _require_authority(certificate: x509.Certificate, below: int) -> None:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise VerificationError("not_an_authority", "an issuer lacks basic constraints or key usage") from None
    too_long = constraints.path_length is not None and constraints.path_length < below
    if not constraints.ca or not usage.key_cert_sign or too_long:
        raise VerificationError("not_an_authority", "an issuer may not issue this certificate")


def _require_signer(certificate: x509.Certificate, *, timestamping: bool) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise VerificationError("not_a_signer", "the signer's certificate lacks a key usage") from None
    if not usage.digital_signature and not usage.content_commitment:
        raise VerificationError("not_a_signer", "the signer's certificate is not for signatures")
    try:
        extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        stamps = extended.critical and list(extended.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    except x509.ExtensionNotFound:
        stamps = False
    if timestamping and not stamps:
        raise VerificationError("not_a_timestamper", "the certificate is not exactly for timestamping, marked critical")
