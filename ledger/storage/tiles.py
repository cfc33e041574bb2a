"""Tiles in the database: only complete ones are stored; the right edge comes from the records and from tile roots."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, insert, select

from ledger.errors import IntegrityError
from ledger.storage.schema import TILE_BYTES, records, tiles
from ledger.storage.tree import HEIGHT, WIDTH, Load, Rows, Tree, grow
from verifier.merkle import HASH_BYTES, SHA256, SM3, SUITES, Suite

_LEAVES: Final = {SHA256.name: records.c.leaf_sha256, SM3.name: records.c.leaf_sm3}
_BATCH: Final = 64


_Key: TypeAlias = tuple[str, int, int, int]


class TileCache:
    """The last tiles asked for, with their interior (16 kB of hashes each), keyed by suite, level, number and count.

    So many entries of a tile never change; only sealed ones are asked for.
    """

    def __init__(self, capacity: int = 256) -> None:
        """``capacity`` in tiles."""
        self._capacity = capacity
        self._kept: OrderedDict[_Key, Rows] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> Rows | None:
        """Return a tile and make it the youngest."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: _Key, rows: Rows) -> None:
        """Keep a tile, forget the oldest one."""
        with self._lock:
            self._kept[key] = rows
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)


def tree(connection: Connection, suite: Suite, size: int, cache: TileCache | None = None) -> Tree:
    """Return the tree over the first ``size`` records, all of whose complete tiles are stored."""
    return Tree(suite, _loader(connection, suite, size, cache or TileCache(8)))


def read(connection: Connection, suite: str, level: int, number: int) -> bytes | None:
    """Return a stored tile's 256 hashes."""
    wanted = select(tiles.c.hashes).where(tiles.c.suite == suite, tiles.c.level == level, tiles.c.number == number)
    return connection.execute(wanted).scalar_one_or_none()


def names(connection: Connection, suite: str) -> list[tuple[int, int]]:
    """Name every stored tile as (level, number)."""
    wanted = select(tiles.c.level, tiles.c.number).where(tiles.c.suite == suite)
    found = connection.execute(wanted.order_by(tiles.c.level, tiles.c.number))
    return [(level, number) for level, number in found]


def extend(connection: Connection, old: int, new: int) -> None:
    """Store the tiles that become complete when the log grows from ``old`` to ``new`` records."""
    for suite in SUITES:
        level, below, above = 0, old, new
        while (above := above // WIDTH) > 0:
            below //= WIDTH
            for first in range(below, above, _BATCH):
                numbers = range(first, min(first + _BATCH, above))
                rows = [_row(connection, suite, level, number) for number in numbers]
                connection.execute(insert(tiles), rows)
            level += 1


def _row(connection: Connection, suite: Suite, level: int, number: int) -> dict[str, Any]:
    entries = _edge(connection, suite, level, number, WIDTH)
    root = grow(suite, entries)[-1][0]
    return {"suite": suite.name, "level": level, "number": number, "hashes": b"".join(entries), "root": root}


def _edge(connection: Connection, suite: Suite, level: int, number: int, count: int) -> Sequence[bytes]:
    """Return the first ``count`` entries of a tile from what lies under it."""
    first = number * WIDTH
    if level == 0:
        leaf = _LEAVES[suite.name]
        wanted = select(leaf).where(records.c.idx >= first, records.c.idx < first + count).order_by(records.c.idx)
    else:
        wanted = (
            select(tiles.c.root)
            .where(tiles.c.suite == suite.name, tiles.c.level == level - 1)
            .where(tiles.c.number >= first, tiles.c.number < first + count)
            .order_by(tiles.c.number)
        )
    found: Sequence[bytes] = connection.execute(wanted).scalars().all()
    if len(found) != count:
        what = "records" if level == 0 else f"tiles of level {level - 1}"
        message = f"{count - len(found)} {what} from {first} are gone: run `pfl fsck` and restore a backup"
        raise IntegrityError(
            message, "日志数据缺失，请运行 pfl fsck 并恢复备份", suite=suite.name, level=level, tile=number
        )
    return found


def _loader(connection: Connection, suite: Suite, size: int, cache: TileCache) -> Load:
    def load(level: int, number: int) -> Rows:
        count = min((size >> (HEIGHT * level)) - number * WIDTH, WIDTH)
        key = (suite.name, level, number, count)
        found = cache.get(key)
        if found is None:
            whole = count == WIDTH
            entries = (
                _complete(connection, suite, level, number) if whole else _edge(connection, suite, level, number, count)
            )
            found = grow(suite, entries)
            cache.put(key, found)
        return found

    return load


def _complete(connection: Connection, suite: Suite, level: int, number: int) -> Sequence[bytes]:
    stored = read(connection, suite.name, level, number)
    if stored is None or len(stored) != TILE_BYTES:
        message = f"tile {suite.name}/{level}/{number} is gone or cut: run `pfl fsck` and restore a backup"
        raise IntegrityError(message, "日志数据块缺失或被截断，请运行 pfl fsck 并恢复备份")
    return [stored[i : i + HASH_BYTES] for i in range(0, TILE_BYTES, HASH_BYTES)]
