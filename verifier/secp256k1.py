"""Recovery of a secp256k1 public key from a signature (SEC 1 §4.1.6), which `cryptography` does not offer.

The arithmetic here only finds the key; that the signature is this key's is then for `cryptography` to say.
"""

from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from verifier.errors import MalformedError, VerificationError

P: Final = 2**256 - 2**32 - 977
N: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SIZE: Final = 65  # r, s, and 0 or 1 for the parity of the point that r comes from
_G: Final = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
_ALGORITHM: Final = ec.ECDSA(Prehashed(SHA256()))  # any digest of 32 bytes

_Point: TypeAlias = tuple[int, int]
_Jacobian: TypeAlias = tuple[int, int, int]  # (x/z², y/z³); z = 0 is infinity
_INFINITY: Final[_Jacobian] = (0, 1, 0)


def recover(digest: bytes, signature: bytes) -> bytes:
    """Return the public key (x and y, 64 bytes) that signed ``digest`` (32 bytes).

    `MalformedError` unless the signature has its one form: 65 bytes, s in the lower half, the last byte 0 or 1.
    """
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if len(signature) != SIZE or signature[64] > 1 or not 0 < r < N or not 0 < s <= N // 2:
        raise MalformedError("bad_committed_seal", "a committed seal is not r, low s and a parity of 0 or 1")
    inverse = pow(r, -1, N)
    found = _sum(-int.from_bytes(digest, "big") * inverse % N, s * inverse % N, _lift(r, signature[64]))
    key = ec.EllipticCurvePublicNumbers(*found, ec.SECP256K1()).public_key()
    try:
        key.verify(encode_dss_signature(r, s), digest, _ALGORITHM)
    except InvalidSignature:
        raise VerificationError("bad_committed_seal", "a committed seal is no signature of the block") from None
    return found[0].to_bytes(32, "big") + found[1].to_bytes(32, "big")


def _lift(x: int, parity: int) -> _Point:
    square = (x * x * x + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        raise MalformedError("bad_committed_seal", "a committed seal's r is on no point of the curve")
    return x, y if y & 1 == parity else P - y


def _sum(a: int, b: int, point: _Point) -> _Point:
    """Return a·G + b·point, both at once from the highest bit down (Shamir's trick)."""
    found = _INFINITY
    for bit in range(N.bit_length() - 1, -1, -1):
        found = _double(found)
        if a >> bit & 1:
            found = _add(found, _G)
        if b >> bit & 1:
            found = _add(found, point)
    return _affine(found)


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    s, m = 4 * x * y * y % P, 3 * x * x
    x2 = (m * m - 2 * s) % P
    return x2, (m * (s - x2) - 8 * pow(y, 4, P)) % P, 2 * y * z % P


def _add(one: _Jacobian, other: _Point) -> _Jacobian:
    x, y, z = one
    if z == 0:
        return *other, 1
    zz = z * z % P
    h, r = (other[0] * zz - x) % P, (other[1] * zz * z - y) % P
    if h == 0:  # the same point, which the sum below is not for, or its opposite
        return _INFINITY if r else _double(one)
    hh = h * h % P
    hhh, v = hh * h % P, x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def _affine(point: _Jacobian) -> _Point:
    if point[2] == 0:
        raise MalformedError("bad_committed_seal", "a committed seal leads to no public key")
    inverse = pow(point[2], -1, P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P
