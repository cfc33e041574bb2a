"""Strict RLP (Ethereum yellow paper, appendix B): one way to write each item, nothing left over."""

from typing import Final, TypeAlias

from verifier.errors import MalformedError

Item: TypeAlias = "bytes | list[Item]"

MAX_DEPTH: Final = 16
_SHORT: Final = 55


def decode(data: bytes) -> Item:
    """Read exactly one item; `MalformedError` unless these are the only bytes that mean it."""
    item, end = _item(data, 0, 0)
    if end != len(data):
        raise MalformedError("bad_rlp", f"{len(data) - end} bytes follow the RLP item")
    return item


def decode_list(data: bytes) -> list[Item]:
    """Read exactly one list."""
    item = decode(data)
    if not isinstance(item, list):
        raise MalformedError("bad_rlp", "an RLP item is a string where a list belongs")
    return item


def text(item: Item, length: int | None = None) -> bytes:
    """Return a string item, of this many bytes if given."""
    if not isinstance(item, bytes) or length not in (None, len(item)):
        raise MalformedError("bad_rlp", f"an RLP item is not a string of {length or 'any'} bytes")
    return item


def integer(item: Item) -> int:
    """Return an unsigned integer of at most 32 bytes without leading zeros."""
    digits = text(item)
    if len(digits) > 32 or digits[:1] == b"\0":  # noqa: PLR2004 - a word of the machine
        raise MalformedError("bad_rlp", "an RLP integer has leading zeros or more than 256 bits")
    return int.from_bytes(digits, "big")


def encode_integer(value: int) -> bytes:
    """Write an unsigned integer."""
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def encode(item: Item) -> bytes:
    """Write any item."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:  # noqa: PLR2004 - a byte that stands for itself
            return item
        return _prefix(0x80, len(item)) + item
    payload = b"".join(encode(member) for member in item)
    return _prefix(0xC0, len(payload)) + payload


def _prefix(base: int, length: int) -> bytes:
    if length <= _SHORT:
        return bytes([base + length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([base + _SHORT + len(digits)]) + digits


def _item(data: bytes, at: int, depth: int) -> tuple[Item, int]:
    if at >= len(data):
        raise MalformedError("bad_rlp", f"the RLP item at byte {at} is missing", byte=at)
    first = data[at]
    if first < 0x80:  # noqa: PLR2004 - a byte that stands for itself
        return data[at : at + 1], at + 1
    if first < 0xC0:  # noqa: PLR2004 - 0x80 to 0xbf: a string
        start, end = _extent(data, at, first - 0x80)
        if end - start == 1 and data[start] < 0x80:  # noqa: PLR2004 - it would stand for itself
            raise MalformedError("bad_rlp", f"the RLP string at byte {at} should stand for itself", byte=at)
        return data[start:end], end
    if depth >= MAX_DEPTH:
        raise MalformedError("bad_rlp", f"RLP lists are nested more than {MAX_DEPTH} deep", limit=MAX_DEPTH)
    start, end = _extent(data, at, first - 0xC0)
    members: list[Item] = []
    while start < end:
        member, start = _item(data, start, depth + 1)
        members.append(member)
    if start != end:
        raise MalformedError("bad_rlp", f"a member of the RLP list at byte {at} reaches past its end", byte=at)
    return members, end


def _extent(data: bytes, at: int, code: int) -> tuple[int, int]:
    """Return where the payload starts and ends; ``code`` is the prefix less its base."""
    if code <= _SHORT:
        start, length = at + 1, code
    else:
        start = at + 1 + code - _SHORT
        digits = data[at + 1 : start]
        length = int.from_bytes(digits, "big")
        if digits[:1] == b"\0" or length <= _SHORT:
            raise MalformedError("bad_rlp", f"the RLP length at byte {at} is not the shortest", byte=at)
    if start + length > len(data):
        raise MalformedError("bad_rlp", f"the RLP item at byte {at} reaches past the end", byte=at)
    return start, start + length
