"""Pages of the stream map: four levels of the binary tree each, so a walk reads log16 N of them.

A page is named by the hex digits of the keys under it. Each of its sixteen slots is empty, holds the leaf of one
stream (key and value), or the hash of the page one digit further down, under which there are at least two streams.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Final, TypeAlias

from ledger.errors import IntegrityError
from verifier.merkle import HASH_BYTES
from verifier.stream_map import EMPTY, Other, leaf_hash, node_hash

WIDTH: Final = 16
_LEVELS: Final = 4
_LEAF_BYTES: Final = 2 * HASH_BYTES
_PENDING: Final = bytes(HASH_BYTES)
_LENGTHS: Final = {hashes * HASH_BYTES: bytes([hashes]) for hashes in range(3)}

Page: TypeAlias = list[bytes]
"""Sixteen slots: nothing, a hash (32 bytes) or a leaf (64 bytes)."""


def new_page() -> Page:
    """Return a page without streams."""
    return [b""] * WIDTH


def encode(page: Page) -> bytes:
    """Return each slot, led by its length in hashes."""
    return b"".join([part for slot in page for part in (_LENGTHS[len(slot)], slot)])


def decode(content: bytes) -> Page:
    """Read what `encode` wrote; `IntegrityError` for anything else."""
    page, at = [], 0
    while at < len(content) and content[at] < len(_LENGTHS):
        end = at + 1 + content[at] * HASH_BYTES
        page.append(content[at + 1 : end])
        at = end
    if at != len(content) or len(page) != WIDTH:
        raise IntegrityError("a page of the stream map is damaged: run `pfl fsck` and restore a backup")
    return page


def fold(page: Page) -> list[list[bytes]]:
    """Return the slots and the four levels above them, each place as a slot: nothing, a hash or a lone leaf."""
    rows = [page]
    for _ in range(_LEVELS):
        below = rows[-1]
        rows.append([_above(below[i], below[i + 1]) for i in range(0, len(below), 2)])
    return rows


def has_page(page: Page, digit: str) -> bool:
    """Tell whether the place of a digit goes on in a page of its own."""
    return len(page[int(digit, WIDTH)]) == HASH_BYTES


def hash_of(slot: bytes) -> bytes:
    """Return the hash of a place."""
    if len(slot) == _LEAF_BYTES:
        return leaf_hash(slot[:HASH_BYTES], slot[HASH_BYTES:])
    return slot or EMPTY


def insert(pages: MutableMapping[str, Page], key: bytes, value: bytes) -> set[str]:
    """Set a stream's value in pages that are all here; return the names of the pages that it is in."""
    digits, name = key.hex(), ""
    changed = {name}
    page = pages.setdefault(name, new_page())
    while True:
        place = int(digits[len(name)], WIDTH)
        slot = page[place]
        if slot == b"" or (len(slot) == _LEAF_BYTES and slot[:HASH_BYTES] == key):
            page[place] = key + value
            return changed
        name += digits[len(name)]
        changed.add(name)
        if len(slot) == _LEAF_BYTES:  # two streams: both move one page down
            page[place] = _PENDING
            page = pages[name] = new_page()
            page[int(slot.hex()[len(name)], WIDTH)] = slot
        else:
            page = pages[name]


def settle(pages: Mapping[str, Page], changed: Iterable[str]) -> bytes:
    """Bring the hashes of changed pages up to the root, deepest first; return the root."""
    top = b""
    for name in sorted(changed, key=len, reverse=True):
        top = fold(pages[name])[-1][0]
        if name:
            pages[name[:-1]][int(name[-1], WIDTH)] = top
    return hash_of(top)


def walk(pages: Mapping[str, Page], key: bytes) -> tuple[Other | None, list[bytes]]:
    """Return where the walk along a key ends (``None``: an empty place) and the siblings, from there upwards."""
    digits, name = key.hex(), ""
    path: list[bytes] = []
    while True:
        rows = fold(pages[name])
        digit = int(digits[len(name)], WIDTH)
        for level in range(_LEVELS, -1, -1):
            place = rows[level][digit >> level]
            if len(place) != HASH_BYTES:
                end = Other(place[:HASH_BYTES], place[HASH_BYTES:]) if place else None
                return end, path[::-1]
            if level:
                path.append(hash_of(rows[level - 1][(digit >> level - 1) ^ 1]))
        name += digits[len(name)]


def _above(left: bytes, right: bytes) -> bytes:
    """Return the place over two: a lone leaf rises."""
    if not right and len(left) != HASH_BYTES:
        return left
    if not left and len(right) != HASH_BYTES:
        return right
    return node_hash(hash_of(left), hash_of(right))
