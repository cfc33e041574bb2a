"""Suite `sm2`: SM2 with SM3 (GB/T 32918.2, GB/T 35276) under a certificate of that suite.

The arithmetic is ours because the library behind the other suites does not offer the curve. Only public values pass
through it, so it need not run in constant time.
"""

from typing import Final, TypeAlias

from verifier.digests import sm3
from verifier.ecdsa import numbers
from verifier.errors import MalformedError, VerificationError

SUITE: Final = "sm2"
USER_ID: Final = b"1234567812345678"
"""The identity that GB/T 35276 gives a signer who has no other."""
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Point: TypeAlias = tuple[int, int]
Jacobian: TypeAlias = tuple[int, int, int]
_NOWHERE: Final[Jacobian] = (1, 1, 0)
_POINT: Final = 65


def point(raw: bytes) -> Point:
    """Return a point on the curve from its 65 bytes (04 ‖ x ‖ y)."""
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    if len(raw) != _POINT or raw[0] != 4 or x >= P or y >= P or (y * y - (x * x + A) * x - B) % P:  # noqa: PLR2004 - uncompressed
        raise MalformedError("bad_key", "the public key is not a point on the SM2 curve")
    return x, y


def message_digest(key: Point, content: bytes) -> bytes:
    """Return e = SM3(Z ‖ content), Z the digest of signer, curve and key (GB/T 32918.2 §5.5)."""
    curve = b"".join(number.to_bytes(32, "big") for number in (A, B, *G, *key))
    return sm3(sm3((8 * len(USER_ID)).to_bytes(2, "big") + USER_ID + curve) + content)


def verify(key: Point, content: bytes, signature: bytes) -> None:
    """Check a strict DER signature (GB/T 32918.2 §7.1); `VerificationError` when it does not hold."""
    r, s = numbers(signature)
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise VerificationError("bad_signature", "the signature's numbers are outside the group")
    e = int.from_bytes(message_digest(key, content), "big")
    t = (r + s) % ORDER
    found = _sum(s, t, key)
    if t == 0 or found[2] == 0 or (e + affine(found)[0]) % ORDER != r:
        raise VerificationError("bad_signature", "the signature does not verify under the SM2 key")


def _sum(s: int, t: int, key: Point) -> Jacobian:
    """Return s·G + t·key, both at once (Shamir's trick)."""
    base, other = (*G, 1), (*key, 1)
    table = (_NOWHERE, base, other, plus(base, other))
    found = _NOWHERE
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        found = plus(doubled(found), table[(s >> bit & 1) | (t >> bit & 1) << 1])
    return found


def affine(point: Jacobian) -> Point:
    """Return x and y of a point that is somewhere."""
    x, y, z = point
    return x * pow(z, -2, P) % P, y * pow(z, -3, P) % P


def doubled(point: Jacobian) -> Jacobian:
    """Return a point added to itself."""
    x, y, z = point
    if z == 0:
        return _NOWHERE
    four = 4 * x * y * y % P
    slope = 3 * (x - z * z) * (x + z * z) % P  # the curve has a = -3
    moved = (slope * slope - 2 * four) % P
    return moved, (slope * (four - moved) - 8 * pow(y, 4, P)) % P, 2 * y * z % P


def plus(one: Jacobian, two: Jacobian) -> Jacobian:
    """Return the sum of two points."""
    if one[2] == 0:
        return two
    if two[2] == 0:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, two
    u1, u2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P
    s1, s2 = y1 * pow(z2, 3, P) % P, y2 * pow(z1, 3, P) % P
    h, r = (u2 - u1) % P, (s2 - s1) % P
    if h == 0:
        return doubled(one) if r == 0 else _NOWHERE
    square = h * h % P
    cube, u = square * h % P, u1 * square % P
    x = (r * r - cube - 2 * u) % P
    return x, (r * (u - x) - s1 * cube) % P, h * z1 * z2 % P
