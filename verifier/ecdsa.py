"""The two numbers of an elliptic-curve signature, in the one form that we take."""

from verifier import der
from verifier.errors import VerificationError


def numbers(signature: bytes) -> tuple[int, int]:
    """Return r and s of a strict DER signature (RFC 3279 §2.2.3)."""
    r, s = (node.integer() for node in der.decode(signature).sequence(der.INTEGER, der.INTEGER))
    return r, s


def require_low(r: int, s: int, order: int) -> None:
    """Refuse numbers outside the group, and an s in the upper half: a second form of the same ECDSA signature."""
    if not (0 < r < order and 0 < s < order):
        raise VerificationError("bad_signature", "the signature's numbers are outside the group")
    if s > order // 2:
        raise VerificationError("high_s", "the signature's s is in the upper half: a second form of the same signature")
