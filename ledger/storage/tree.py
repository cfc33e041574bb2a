"""RFC 9162 roots and proofs from tiles: every node is found in one tile, so the cost grows with log N.

A tile of level L and number M holds the roots of the complete subtrees of height 8·L numbered 256·M … 256·M + 255;
level 0 holds leaf hashes (C2SP tlog-tiles).
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from verifier.merkle import Suite

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
Rows: TypeAlias = Sequence[Sequence[bytes]]
"""A tile with its interior: row r holds the nodes r levels above the tile's entries, as far as they are complete."""

Load: TypeAlias = Callable[[int, int], Rows]
"""Give the rows of tile (level, number), complete or the rightmost part of one."""


def grow(suite: Suite, entries: Sequence[bytes]) -> Rows:
    """Compute a tile's interior: at most 255 hashes."""
    rows = [list(entries)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([suite.node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return rows


class Tree:
    """One suite's tree over what ``load`` gives."""

    def __init__(self, suite: Suite, load: Load) -> None:
        """``load`` must know all records below any size that is asked for."""
        self._suite = suite
        self._load = load

    def root(self, size: int) -> bytes:
        """Return the root over the first ``size`` leaves."""
        return self._range(0, size) if size else self._suite.empty

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the path of leaf ``index`` (RFC 9162 §2.1.3.1); needs 0 <= index < size."""
        low, high, path = 0, size, []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the first ``old`` leaves are a prefix (RFC 9162 §2.1.4.1); needs 0 < old <= new."""
        low, high, path = 0, new, []
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        if low:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        """Return the node over leaves low … high - 1, which begin at a multiple of their greatest power of two."""
        count = high - low
        if count & (count - 1) == 0:
            return self._node(count.bit_length() - 1, low // count)
        middle = low + _split(count)
        return self._suite.node(self._range(low, middle), self._range(middle, high))

    def _node(self, height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        tile, place = divmod(number << above, WIDTH)
        return self._load(level, tile)[above][place >> above]


def _split(count: int) -> int:
    """Return the largest power of two smaller than ``count`` (> 1)."""
    return 1 << (count - 1).bit_length() - 1
