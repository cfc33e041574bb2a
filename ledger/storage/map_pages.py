"""The stream map in the database: every checkpoint adds new versions of the pages that it changes.

A page's version is named by the size of the checkpoint that wrote it, so the map of any kept checkpoint is read by
taking, of each page, the newest version not after it. Versions that no kept checkpoint needs go when their page
changes again: kept are all checkpoints since `KEPT` before the newest final one.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from ledger.domain.instants import from_text, to_text
from ledger.errors import ConflictError, IntegrityError
from ledger.storage import map_page
from ledger.storage.map_page import Page
from ledger.storage.schema import checkpoints, map_pages, outbox, records, streams
from verifier import stream_map
from verifier.stream_map import Newest, Proof

KEPT: Final = timedelta(minutes=15)
"""How much older than the newest final checkpoint may be one that is still asked under (see `evidence.RECENT`)."""

_AT_ONCE: Final = 500
_LEVELS: Final = 4  # of pages read together: more than 60,000 streams before a second look is needed
_VERSION = map_pages.alias("version")
_NEWER = select(1).where(
    _VERSION.c.name == map_pages.c.name, _VERSION.c.since > map_pages.c.since, _VERSION.c.since <= bindparam("kept")
)
_SUPERSEDED = delete(map_pages).where(
    map_pages.c.name.in_(bindparam("names", expanding=True)), _NEWER.correlate(map_pages).exists()
)
"""Versions of pages older than the one that the oldest kept checkpoint needs."""


def extend(connection: Connection, old: int, new: int) -> bytes:
    """Bring the map from the checkpoint of ``old`` records to that of ``new``; return its root."""
    values = {stream_map.key_of(stream): stream_map.value_of(newest) for stream, newest in _moved(connection, old, new)}
    pages = _along(connection, old, values)
    known = set(pages)
    changed = set[str]()
    for key, value in values.items():
        changed |= map_page.insert(pages, key, value)
    root = map_page.settle(pages, changed)
    rows = [{"name": name, "since": new, "slots": map_page.encode(pages[name])} for name in sorted(changed)]
    connection.execute(insert(map_pages), rows)
    kept = kept_from(connection)
    for names in _batches(known) if kept else ():
        connection.execute(_SUPERSEDED, {"names": names, "kept": kept})
    return root


def prove(connection: Connection, stream: bytes, size: int) -> Proof:
    """Prove where a stream stands under the checkpoint of ``size``, not yet checked.

    `ConflictError` for a checkpoint that is too old.
    """
    kept = kept_from(connection)
    if size < kept:
        message = f"the stream map is kept from the checkpoint of {kept} records on: ask under a newer one"
        raise ConflictError(
            message, f"仅保留自 {kept} 条记录的检查点起的流映射，请改用较新的检查点", size=size, kept=kept
        )
    key = stream_map.key_of(stream)
    pages = _along(connection, size, [key])
    try:
        end, path = map_page.walk(pages, key)
    except KeyError as error:
        message = "a page of the stream map is gone: run `pfl fsck` and restore a backup"
        raise IntegrityError(message, "流映射数据缺失，请运行 pfl fsck 并恢复备份", size=size) from error
    if end is None or end.key != key:
        return Proof(end, tuple(path))
    return Proof(_newest(connection, stream, size), tuple(path))


def kept_from(connection: Connection) -> int:
    """Return the size of the oldest checkpoint whose map is kept."""
    final = (
        select(checkpoints.c.size, checkpoints.c.sealed_at)
        .join(outbox, outbox.c.size == checkpoints.c.size)
        .where(outbox.c.state == "final")
        .order_by(outbox.c.size.desc())
        .limit(1)
    )
    newest = connection.execute(final).one_or_none()
    if newest is None:
        return 0
    old = to_text(from_text(newest.sealed_at) - KEPT)
    before = select(checkpoints.c.size).where(checkpoints.c.size < newest.size, checkpoints.c.sealed_at <= old)
    found: int | None = connection.execute(before.order_by(checkpoints.c.size.desc()).limit(1)).scalar_one_or_none()
    return found or 0


def _newest(connection: Connection, stream: bytes, size: int) -> Newest | None:
    wanted = (
        select(records.c.seq, records.c.leaf_sha256)
        .join(streams, streams.c.number == records.c.stream)
        .where(streams.c.stream == stream.hex(), records.c.idx < size)
        .order_by(records.c.seq.desc())
        .limit(1)
    )
    found = connection.execute(wanted).one_or_none()
    return None if found is None else Newest(found.seq, found.leaf_sha256)


def _moved(connection: Connection, old: int, new: int) -> list[tuple[bytes, Newest]]:
    """Return the streams that records ``old`` … ``new`` - 1 belong to, each with the newest of them."""
    last = (
        select(records.c.stream, func.max(records.c.seq).label("seq"))
        .where(records.c.idx >= old, records.c.idx < new)
        .group_by(records.c.stream)
        .subquery()
    )
    wanted = (
        select(streams.c.stream, records.c.seq, records.c.leaf_sha256)
        .select_from(last)
        .join(records, (records.c.stream == last.c.stream) & (records.c.seq == last.c.seq))
        .join(streams, streams.c.number == last.c.stream)
    )
    return [(bytes.fromhex(stream), Newest(seq, leaf)) for stream, seq, leaf in connection.execute(wanted).all()]


def _along(connection: Connection, size: int, keys: Iterable[bytes]) -> dict[str, Page]:
    """Read every page along these keys as of a checkpoint, some levels at a time."""
    pages: dict[str, Page] = {}
    ways = [key.hex() for key in keys]
    depth = 0
    while ways:
        found = _read(connection, size, {way[: depth + level] for way in ways for level in range(_LEVELS)})
        pages |= found
        depth += _LEVELS
        ends = ((way, found.get(way[: depth - 1])) for way in ways)
        ways = [way for way, page in ends if page is not None and map_page.has_page(page, way[depth - 1])]
    return pages


def _read(connection: Connection, size: int, names: set[str]) -> Mapping[str, Page]:
    newest = (
        select(func.max(_VERSION.c.since))
        .where(_VERSION.c.name == map_pages.c.name, _VERSION.c.since <= size)
        .correlate(map_pages)
        .scalar_subquery()
    )
    wanted = select(map_pages.c.name, map_pages.c.slots).where(map_pages.c.since == newest)
    found: dict[str, Page] = {}
    for some in _batches(names):
        rows = connection.execute(wanted.where(map_pages.c.name.in_(some))).all()
        found |= {name: map_page.decode(slots) for name, slots in rows}
    return found


def _batches(names: set[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    return (ordered[first : first + _AT_ONCE] for first in range(0, len(ordered), _AT_ONCE))
