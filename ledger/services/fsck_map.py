"""`fsck`, third part: the stream map, grown record by record in another way than the log grows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.errors import LedgerError
from ledger.ports.log import SealedCheckpoint, TransparencyLog
from verifier import stream_map
from verifier.record import Record
from verifier.stream_map import EMPTY, Newest

Progress: TypeAlias = Callable[[str, int, int], None]
_STEP: Final = 500


@dataclass(slots=True)
class _Leaf:
    key: int
    hash: bytes


@dataclass(slots=True)
class _Branch:
    left: "_Place"
    right: "_Place"
    hash: bytes | None = None


_Place: TypeAlias = _Leaf | _Branch | None


class MapCheck:
    """Grows the map from derived records and compares the root of every checkpoint."""

    def __init__(self, heads: Sequence[SealedCheckpoint], problems: list[str]) -> None:
        """``heads`` are all checkpoints, by size."""
        self._problems = problems
        self._roots = {head.checkpoint.size: head.checkpoint.map_root for head in heads}
        self._top: _Place = None
        self._streams: set[str] = set()
        self._sealed: frozenset[str] = frozenset()
        self._differ: list[int] = []
        self.streams = 0

    def push(self, index: int, known: Record | None) -> None:
        """Add one record; ``None`` if it is missing or cannot be read (which is named elsewhere)."""
        if known is not None:
            newest = Newest(known.seq, bytes.fromhex(known.leaf_sha256))
            self._streams.add(known.stream)
            key = stream_map.key_of(bytes.fromhex(known.stream))
            leaf = _Leaf(int.from_bytes(key, "big"), stream_map.leaf_hash(key, stream_map.value_of(newest)))
            self._top = _put(self._top, leaf, 0)
        expected = self._roots.get(index + 1)
        if expected is None:
            return
        if _hash(self._top) != expected:
            self._differ.append(index + 1)
        if index + 1 == max(self._roots):
            self._sealed = frozenset(self._streams)

    def finish(self, log: TransparencyLog, progress: Progress) -> None:
        """Name the first checkpoint whose map differs; if the newest one's does not, compare what is stored of it."""
        if self._differ:
            first, *others = self._differ
            also = f", nor in {len(others)} later checkpoints" if others else ""
            self._problems.append(f"checkpoint {first}: its stream map is not that of the records{also}")
        self.streams = len(self._streams)
        size = max(self._roots, default=0)
        if size and size not in self._differ:
            self._stored(log, size, progress)

    def _stored(self, log: TransparencyLog, size: int, progress: Progress) -> None:
        """Take the proof of every stream from the log, which checks it against the root that is that of the records."""
        wrong: list[str] = []
        for done, stream in enumerate(sorted(self._sealed), 1):
            try:
                log.stream_proof(stream, size)
            except LedgerError as error:
                wrong.append(f"stream {stream[:8]}…: {error.message}")
            if done % _STEP == 0 or done == len(self._sealed):
                progress("map", done, len(self._sealed))
        if wrong:
            more = f" (and {len(wrong) - 1} more streams)" if len(wrong) > 1 else ""
            self._problems.append(wrong[0] + more)


def _put(place: _Place, leaf: _Leaf, depth: int) -> _Place:
    """Return the place with a leaf set in it; hashes on the way are forgotten."""
    if place is None or (isinstance(place, _Leaf) and place.key == leaf.key):
        return leaf
    if isinstance(place, _Leaf):
        place = _Branch(*((None, place) if _right(place, depth) else (place, None)))
    place.hash = None
    if _right(leaf, depth):
        place.right = _put(place.right, leaf, depth + 1)
    else:
        place.left = _put(place.left, leaf, depth + 1)
    return place


def _right(leaf: _Leaf, depth: int) -> bool:
    return bool(leaf.key >> (stream_map.MAX_DEPTH - 1 - depth) & 1)


def _hash(place: _Place) -> bytes:
    if place is None:
        return EMPTY
    if place.hash is None:
        assert isinstance(place, _Branch)  # noqa: S101 - narrows for mypy: a leaf has its hash
        place.hash = stream_map.node_hash(_hash(place.left), _hash(place.right))
    return place.hash
