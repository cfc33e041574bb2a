"""SM2 keys, signatures and certificates for vectors; plain affine arithmetic, written apart from `verifier`."""

from datetime import datetime
from itertools import count

from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.vector_source import asn1
from verifier.digests import sm3

P = 2**256 - 2**224 - 2**96 + 2**64 - 1
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
CURVE, WITH_SM3 = "1.2.156.10197.1.301", "1.2.156.10197.1.501"
Point = tuple[int, int] | None


def add(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    if one[0] == two[0] and (one[1] + two[1]) % P == 0:
        return None
    if one == two:
        slope = (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P) % P
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, P) % P
    x = (slope * slope - one[0] - two[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number: int, point: Point) -> Point:
    found: Point = None
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def _b(number: int) -> bytes:
    return number.to_bytes(32, "big")


class Key:
    """A private key made from a name."""

    def __init__(self, name: str) -> None:
        self.d = int.from_bytes(sm3(b"sm2 " + name.encode()), "big") % (N - 2) + 1
        point = times(self.d, G)
        assert point is not None
        self.point = point

    def sign(self, content: bytes) -> bytes:
        """Sign with a nonce that the key and the content alone decide (GB/T 32918.2 §6.1)."""
        user = b"1234567812345678"
        z = sm3(b"\x00\x80" + user + _b(A) + _b(B) + _b(G[0]) + _b(G[1]) + _b(self.point[0]) + _b(self.point[1]))
        e = int.from_bytes(sm3(z + content), "big")
        for attempt in count():
            k = int.from_bytes(sm3(_b(self.d) + _b(e) + bytes([attempt])), "big") % (N - 1) + 1
            r = (e + (times(k, G) or G)[0]) % N
            s = pow(1 + self.d, -1, N) * (k - r * self.d) % N
            if r and s and r + k != N:
                return asn1.sequence(asn1.integer(r), asn1.integer(s))
        raise AssertionError

    def spki(self) -> bytes:
        algorithm = asn1.sequence(asn1.oid("1.2.840.10045.2.1"), asn1.oid(CURVE))
        return asn1.sequence(algorithm, asn1.tlv(0x03, b"\0\x04" + _b(self.point[0]) + _b(self.point[1])))


def certify(
    name: str,
    key: Key,
    by: tuple[Key, x509.Certificate] | None = None,
    *,
    holder: str | None = None,
    start: datetime,
    end: datetime,
    version_1: bool = False,
) -> x509.Certificate:
    """Certify a key; a root when nobody is named. Version 1 has no place for extensions."""
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEVELOPMENT ONLY 开发专用"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if holder is not None:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, holder))
    subject = x509.Name(attributes).public_bytes()
    algorithm = asn1.sequence(asn1.oid(WITH_SM3))
    usage = b"\x06\xc0" if by else b"\x01\x06"  # digitalSignature and nonRepudiation; keyCertSign and cRLSign
    bits = asn1.tlv(0x03, usage)
    critical = b"\x01\x01\xff"
    constraints = asn1.sequence() if by else asn1.sequence(critical)
    extensions = asn1.sequence(
        asn1.sequence(asn1.oid("2.5.29.19"), critical, asn1.octets(constraints)),
        asn1.sequence(asn1.oid("2.5.29.15"), critical, asn1.octets(bits)),
    )
    signed = asn1.sequence(
        *([] if version_1 else [asn1.tlv(0xA0, asn1.integer(2))]),
        asn1.integer(int.from_bytes(asn1.sha256(f"sm2 serial {name} {start}".encode())[:8], "big") | 1),
        algorithm,
        by[1].subject.public_bytes() if by else subject,
        asn1.sequence(*(asn1.tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode()) for at in (start, end))),
        subject,
        key.spki(),
        *([] if version_1 else [asn1.tlv(0xA3, extensions)]),
    )
    signature = (by[0] if by else key).sign(signed)
    return x509.load_der_x509_certificate(asn1.sequence(signed, algorithm, asn1.tlv(0x03, b"\0" + signature)))
