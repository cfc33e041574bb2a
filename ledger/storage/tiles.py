"""Tiles in the database: only complete ones are stored; the right edge comes from the records and from tile roots."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, and_, bindparam, insert, or_, select

from ledger.errors import IntegrityError
from ledger.storage import tree
from ledger.storage.schema import TILE_BYTES, records, tiles
from ledger.storage.tree import HEIGHT, WIDTH, Name, Range, Rows
from verifier.merkle import HASH_BYTES, SUITES, Suite

_BATCH: Final = 1024  # tiles made at once

_WHOLE = select(tiles.c.suite, tiles.c.level, tiles.c.number, tiles.c.hashes)
_LEAVES = (
    select(records.c.leaf_sha256, records.c.leaf_sm3)
    .where(records.c.idx >= bindparam("first"), records.c.idx < bindparam("end"))
    .order_by(records.c.idx)
)
_ROOTS = (
    select(tiles.c.suite, tiles.c.root)
    .where(tiles.c.level == bindparam("level"))
    .where(tiles.c.number >= bindparam("first"), tiles.c.number < bindparam("end"))
    .order_by(tiles.c.number)
)

_Key: TypeAlias = tuple[Name, int]
_Pair: TypeAlias = Sequence[Rows]
"""A tile in every suite, in the order of ``SUITES``."""


class TileCache:
    """The last tiles asked for, in all suites (4 kB of hashes each), keyed by name and number of entries.

    So many entries of a tile never change; only sealed ones are asked for.
    """

    def __init__(self, capacity: int = 2048) -> None:
        """``capacity`` in tiles."""
        self._capacity = capacity
        self._kept: OrderedDict[_Key, _Pair] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> _Pair | None:
        """Return a tile and make it the youngest."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: _Key, rows: _Pair) -> None:
        """Keep a tile, forget the oldest one."""
        with self._lock:
            self._kept[key] = rows
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)


def nodes(connection: Connection, ranges: Sequence[Range], size: int, cache: TileCache) -> list[list[bytes]]:
    """Return the node over each range for every suite; all complete tiles of the first ``size`` records are stored."""
    found: dict[Name, _Pair] = {}
    missing: dict[Name, int] = {}
    for level, number in tree.needed(ranges):
        count = min((size >> (HEIGHT * level)) - number * WIDTH, WIDTH)
        kept = cache.get(((level, number), count))
        if kept is None:
            missing[level, number] = count
        else:
            found[level, number] = kept
    for name, entries in _entries(connection, missing):
        found[name] = [tree.grow(suite, each) for suite, each in zip(SUITES, entries, strict=True)]
        cache.put((name, missing[name]), found[name])
    return [
        [tree.over(suite, {name: pair[i] for name, pair in found.items()}, each) for each in ranges]
        for i, suite in enumerate(SUITES)
    ]


def roots_of(connection: Connection, size: int) -> list[bytes]:
    """Return the root over the first ``size`` records (> 0) for every suite."""
    return [root for (root,) in nodes(connection, [(0, size)], size, TileCache(0))]


def read(connection: Connection, suite: str, level: int, number: int) -> bytes | None:
    """Return a stored tile's hashes and its root."""
    wanted = select(tiles.c.hashes, tiles.c.root)
    wanted = wanted.where(tiles.c.suite == suite, tiles.c.level == level, tiles.c.number == number)
    found = connection.execute(wanted).one_or_none()
    return None if found is None else found.hashes + found.root


def names(connection: Connection, suite: str) -> list[Name]:
    """Name every stored tile."""
    wanted = select(tiles.c.level, tiles.c.number).where(tiles.c.suite == suite)
    found = connection.execute(wanted.order_by(tiles.c.level, tiles.c.number))
    return [(level, number) for level, number in found.all()]


def extend(connection: Connection, old: int, new: int) -> None:
    """Store the tiles that become complete when the log grows from ``old`` to ``new`` records."""
    level, below, above = 0, old, new
    while (above := above // WIDTH) > 0:
        below //= WIDTH
        for first in range(below, above, _BATCH):
            numbers = range(first, min(first + _BATCH, above))
            entries = _below(connection, level, first * WIDTH, len(numbers) * WIDTH)
            made = zip(SUITES, entries, strict=True)
            rows = [row for suite, hashes in made for row in _rows(suite, level, numbers, hashes)]
            connection.execute(insert(tiles), rows)
        level += 1


def _rows(suite: Suite, level: int, numbers: range, hashes: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    for at, number in enumerate(numbers):
        entries = hashes[at * WIDTH : (at + 1) * WIDTH]
        root = tree.grow(suite, entries)[-1][0]
        yield {"suite": suite.name, "level": level, "number": number, "hashes": b"".join(entries), "root": root}


def _entries(connection: Connection, counts: Mapping[Name, int]) -> Iterator[tuple[Name, Sequence[Sequence[bytes]]]]:
    """Return the entries of tiles, of each so many, for every suite."""
    yield from _whole(connection, [name for name, count in counts.items() if count == WIDTH])
    for (level, number), count in counts.items():
        if count < WIDTH:
            yield (level, number), _below(connection, level, number * WIDTH, count)


def _whole(connection: Connection, wanted: Sequence[Name]) -> Iterator[tuple[Name, Sequence[Sequence[bytes]]]]:
    stored: dict[tuple[str, Name], bytes] = {}
    if wanted:
        named = [and_(tiles.c.level == level, tiles.c.number == number) for level, number in wanted]
        found = connection.execute(_WHOLE.where(or_(*named))).all()  # an index serves OR, but not IN, of two columns
        stored = {(suite, (level, number)): hashes for suite, level, number, hashes in found}
    for name in wanted:
        yield name, [_split(stored.get((suite.name, name), b""), suite, name) for suite in SUITES]


def _split(stored: bytes, suite: Suite, name: Name) -> Sequence[bytes]:
    if len(stored) != TILE_BYTES:
        message = f"tile {suite.name}/{name[0]}/{name[1]} is gone or cut: run `pfl fsck` and restore a backup"
        raise IntegrityError(message, "日志数据块缺失或被截断，请运行 pfl fsck 并恢复备份")
    return [stored[i : i + HASH_BYTES] for i in range(0, TILE_BYTES, HASH_BYTES)]


def _below(connection: Connection, level: int, first: int, count: int) -> Sequence[Sequence[bytes]]:
    """Return so many neighbouring entries of a level, for every suite, from what lies under it."""
    span = {"first": first, "end": first + count}
    if level == 0:
        pairs = connection.execute(_LEAVES, span).all()
        found = [[pair[i] for pair in pairs] for i in range(len(SUITES))]
    else:
        roots = connection.execute(_ROOTS, {"level": level - 1, **span}).all()
        found = [[root for name, root in roots if name == suite.name] for suite in SUITES]
    for suite, entries in zip(SUITES, found, strict=True):
        if len(entries) != count:
            what = "records" if level == 0 else f"tiles of level {level - 1}"
            message = f"{count - len(entries)} {what} from {first} are gone: run `pfl fsck` and restore a backup"
            raise IntegrityError(
                message, "日志数据缺失，请运行 pfl fsck 并恢复备份", suite=suite.name, level=level, first=first
            )
    return found
