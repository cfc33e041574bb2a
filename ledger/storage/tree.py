"""RFC 9162 roots and proofs from tiles of four levels: a proof reads log16 N of them, known before any is read.

A tile of level L and number M holds the roots of the complete subtrees of height 4·L numbered 16·M … 16·M + 15;
level 0 holds leaf hashes. Sixteen neighbours of an even level, joined, are a tile of C2SP tlog-tiles.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from verifier.merkle import Suite

HEIGHT: Final = 4
WIDTH: Final = 1 << HEIGHT

Name: TypeAlias = tuple[int, int]
"""Level and number of a tile."""

Range: TypeAlias = tuple[int, int]
"""Leaves low … high - 1, which begin at a multiple of the greatest power of two within their count."""

Rows: TypeAlias = Sequence[Sequence[bytes]]
"""A tile with its interior: row r holds the nodes r levels above the tile's entries, as far as they are complete."""


def grow(suite: Suite, entries: Sequence[bytes]) -> Rows:
    """Compute a tile's interior: at most 15 hashes."""
    rows = [list(entries)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([suite.node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return rows


def inclusion(index: int, size: int) -> list[Range]:
    """Return the path of leaf ``index`` (RFC 9162 §2.1.3.1) as ranges; needs 0 <= index < size."""
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """Return the proof that the first ``old`` leaves are a prefix (§2.1.4.1) as ranges; needs 0 < old <= new."""
    low, high, path = 0, new, []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    if low:
        path.append((low, high))
    return path[::-1]


def needed(ranges: Iterable[Range]) -> set[Name]:
    """Name the tiles that hold the nodes of these ranges."""
    return {_place(height, number)[0] for low, high in ranges for height, number in _nodes(low, high)}


def over(suite: Suite, tiles: Mapping[Name, Rows], span: Range) -> bytes:
    """Return the node over a range from the tiles that it needs."""
    found = b""
    for height, number in reversed(list(_nodes(*span))):
        name, row, place = _place(height, number)
        node = tiles[name][row][place]
        found = suite.node(node, found) if found else node
    return found


def _nodes(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Split a range into complete subtrees, the largest first: (height, number)."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _place(height: int, number: int) -> tuple[Name, int, int]:
    """Return the tile that holds a node, and its row and place in it."""
    level, row = divmod(height, HEIGHT)
    tile, entry = divmod(number << row, WIDTH)
    return (level, tile), row, entry >> row


def _split(count: int) -> int:
    """Return the largest power of two smaller than ``count`` (> 1)."""
    return 1 << (count - 1).bit_length() - 1
