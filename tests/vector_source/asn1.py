"""Write just enough DER for CMS signatures and RFC 3161 tokens; written apart from `verifier.der`, which reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE_V2, TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.14"
SHA256, ECDSA_SHA256 = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"


@dataclass(frozen=True)
class Identity:
    """A key with its certificate and the certificates above it, root left out."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        out += bytes(reversed(digits))
    return tlv(0x06, bytes(out))


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *sorted(parts))


def sign(key: ec.EllipticCurvePrivateKey, content: bytes, *, high_s: bool = False) -> bytes:
    """Sign deterministically (RFC 6979) with low s, or on purpose with high s."""
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    low = min(s, ORDER - s)
    return encode_dss_signature(r, ORDER - low if high_s else low)


def sha256(content: bytes) -> bytes:
    state = hashes.Hash(hashes.SHA256())
    state.update(content)
    return state.finalize()


def attribute(name: str, value: bytes) -> bytes:
    return sequence(oid(name), set_of(value))


def cms(signer: Identity, content: bytes, *, kind: str = DATA, timestamp: bytes | None = None) -> bytes:
    """Sign ``content``: detached when it is plain data, enclosed otherwise."""
    der = signer.certificate.public_bytes(Encoding.DER)
    attributes = (
        attribute(CONTENT_TYPE, oid(kind)),
        attribute(MESSAGE_DIGEST, octets(sha256(content))),
        attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(octets(sha256(der)))))),
    )
    signature = sign(signer.key, set_of(*attributes))
    encapsulated = sequence(oid(kind)) if kind == DATA else sequence(oid(kind), tlv(0xA0, octets(content)))
    info = sequence(
        integer(1),
        sequence(signer.certificate.issuer.public_bytes(), integer(signer.certificate.serial_number)),
        sequence(oid(SHA256)),
        tlv(0xA0, *sorted(attributes)),
        sequence(oid(ECDSA_SHA256)),
        octets(signature),
        *([] if timestamp is None else [tlv(0xA1, attribute(TIMESTAMP_TOKEN, timestamp))]),
    )
    certificates = [c.public_bytes(Encoding.DER) for c in (signer.certificate, *signer.above)]
    signed = sequence(
        integer(1 if kind == DATA else 3),
        set_of(sequence(oid(SHA256))),
        encapsulated,
        tlv(0xA0, *sorted(certificates)),
        set_of(info),
    )
    return sequence(oid(SIGNED_DATA), tlv(0xA0, signed))


def signature_in(attributes_of: Identity, content: bytes) -> bytes:
    """Return the signature value that `cms` makes, for a timestamp to be put over it."""
    der = attributes_of.certificate.public_bytes(Encoding.DER)
    attributes: Sequence[bytes] = (
        attribute(CONTENT_TYPE, oid(DATA)),
        attribute(MESSAGE_DIGEST, octets(sha256(content))),
        attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(octets(sha256(der)))))),
    )
    return sign(attributes_of.key, set_of(*attributes))


def token(authority: Identity, digest: bytes, at: datetime, serial: int) -> bytes:
    """Make an RFC 3161 token over a SHA-256 digest."""
    info = sequence(
        integer(1),
        oid("2.25.1"),
        sequence(sequence(oid(SHA256)), octets(digest)),
        integer(serial),
        tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode("ascii")),
    )
    return cms(authority, info, kind=TST_INFO)
