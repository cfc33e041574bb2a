"""Read records on one connection, which is one consistent view (`ledger.ports.store.Reader`)."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, func, select

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Event, Ref
from ledger.domain.instants import from_text, to_text
from ledger.errors import IntegrityError, NotFoundError
from ledger.ports.store import StoredRecord, StreamHead
from ledger.storage.event_cache import EventCache, RecordRow
from ledger.storage.keys import MasterKey
from ledger.storage.schema import disclosures, pending, records, streams, subject_keys
from ledger.storage.sealed import Disclosure, open_disclosures, unwrap_subject_key
from verifier import record

_Rows: TypeAlias = Select[int, str, int, bytes, bytes, bytes, str, bytes | None, bytes | None]
_SUBJECT = streams.alias("subject")
_ROWS: _Rows = (
    select(
        records.c.idx,
        streams.c.stream,
        records.c.seq,
        records.c.record,
        records.c.leaf_sha256,
        records.c.leaf_sm3,
        _SUBJECT.c.stream,
        subject_keys.c.wrapped,
        disclosures.c.sealed,
    )
    .join(streams, streams.c.number == records.c.stream)
    .join(_SUBJECT, _SUBJECT.c.number == records.c.subject)
    .join(subject_keys, subject_keys.c.stream == records.c.subject)
    .outerjoin(disclosures, disclosures.c.idx == records.c.idx)
)

_AT_ONCE: Final = 1000  # bound parameters of one query
_STREAM = streams.c.stream
_ALL = records.alias("every")
_LAST = select(func.max(_ALL.c.seq)).where(_ALL.c.stream == streams.c.number).correlate(streams).scalar_subquery()
_WITHHELD = (
    select(func.count())
    .select_from(_ALL.join(subject_keys, subject_keys.c.stream == _ALL.c.subject))
    .where(_ALL.c.stream == streams.c.number, subject_keys.c.wrapped.is_(None))
    .correlate(streams)
    .scalar_subquery()
)
_HEADS = (
    select(_STREAM, streams.c.kind, records.c.leaf_sha256, _WITHHELD)
    .select_from(streams)
    .join(records, and_(records.c.stream == streams.c.number, records.c.seq == _LAST))
)


class SqlReader:
    """One view; its opened subject keys are forgotten with it."""

    def __init__(
        self, connection: Connection, master: MasterKey, cache: EventCache, mark: Callable[[], object] = lambda: None
    ) -> None:
        """``connection`` is inside a transaction already; ``mark`` names the state it sees, once it has read."""
        self._connection = connection
        self._master = master
        self._cache = cache
        self.mark = mark
        self._keys: dict[str, bytes] = {}

    def size(self) -> int:
        """Return the number of records."""
        last: int | None = self._connection.execute(select(func.max(records.c.idx))).scalar_one()
        return 0 if last is None else last + 1

    def kind_of(self, stream: str) -> Stream:
        """Return what a stream is about; `NotFoundError`."""
        return Stream(self._stream(stream).kind)

    def streams(
        self, kind: Stream, *, after: str | None = None, limit: int = 100, newest: bool = False
    ) -> tuple[str, ...]:
        """List streams in order of creation, or the newest first."""
        number = streams.c.number
        wanted = select(streams.c.stream).where(streams.c.kind == kind.value).limit(limit)
        wanted = wanted.order_by(number.desc() if newest else number)
        if after is not None:
            known = self._stream(after).number
            wanted = wanted.where(number < known if newest else number > known)
        return tuple(self._connection.execute(wanted).scalars())

    def heads(self, streams: Sequence[str]) -> dict[str, StreamHead]:
        """Return the heads of those of the streams that hold records."""
        found: dict[str, StreamHead] = {}
        for start in range(0, len(streams), _AT_ONCE):
            wanted = _HEADS.where(_STREAM.in_(streams[start : start + _AT_ONCE]))
            for stream, kind, leaf, withheld in self._connection.execute(wanted).all():
                found[stream] = StreamHead(Stream(kind), leaf.hex(), withheld)
        return found

    def about(self, subject: str, kind: Stream) -> tuple[str, ...]:
        """List the streams of a kind that begin with a record about a subject, in order of creation."""
        wanted = (
            select(streams.c.stream)
            .join(records, records.c.stream == streams.c.number)
            .where(records.c.seq == 0, records.c.subject == self._stream(subject).number, streams.c.kind == kind.value)
            .order_by(streams.c.number)
        )
        return tuple(self._connection.execute(wanted).scalars())

    def events(self, stream: str) -> tuple[Event, ...]:
        """Return a stream's events in order; `NotFoundError`, `IntegrityError`."""
        return tuple(self._event(row) for row in self._in_stream(stream))

    def event(self, leaf: str) -> Event:
        """Return one event by its SHA-256 leaf hash; `NotFoundError`, `IntegrityError`."""
        try:
            wanted = bytes.fromhex(leaf)
        except ValueError:
            wanted = b""
        found = self._rows(_ROWS.where(records.c.leaf_sha256 == wanted))
        if not found:
            raise NotFoundError("there is no record with this leaf hash", "没有此叶哈希的记录", leaf=leaf[:64])
        return self._event(found[0])

    def stored(self, stream: str) -> tuple[StoredRecord, ...]:
        """Return a stream's records in order; `NotFoundError`, `IntegrityError`."""
        return tuple(_sound(self._open(row)) for row in self._in_stream(stream))

    def is_pending(self, name: str, at: datetime) -> bool:
        """Tell whether something of this name is kept and has not expired."""
        wanted = select(pending.c.name).where(pending.c.name == name, pending.c.expires_at > to_text(at))
        return self._connection.execute(wanted).one_or_none() is not None

    def range(self, first: int, limit: int) -> tuple[StoredRecord, ...]:
        """Return records by index as they are; damage is told in them, not raised."""
        rows = self._rows(_ROWS.where(records.c.idx >= first).order_by(records.c.idx).limit(limit))
        return tuple(self._open(row) for row in rows)

    def _stream(self, stream: str) -> Row[int, str]:
        wanted = select(streams.c.number, streams.c.kind).where(streams.c.stream == stream)
        found = self._connection.execute(wanted).one_or_none()
        if found is None:
            raise NotFoundError("there is no such stream", "没有此记录流", stream=stream[:64])
        return found

    def _in_stream(self, stream: str) -> list[RecordRow]:
        number = self._stream(stream).number
        return self._rows(_ROWS.where(records.c.stream == number).order_by(records.c.seq))

    def _rows(self, wanted: _Rows) -> list[RecordRow]:
        found = self._connection.execute(wanted)
        return [(*row,) for row in found]

    def _event(self, row: RecordRow) -> Event:
        known = self._cache.get(row)
        if known is None:
            known = _event(_sound(self._open(row)))
            if not known.withheld:
                self._cache.put(row, known)
        return known

    def _open(self, row: RecordRow) -> StoredRecord:
        idx, stream, seq, body, sha256, sm3, subject, wrapped, box = row
        opened: tuple[Disclosure, ...] = ()
        damage = None
        if wrapped is not None:
            try:
                opened = self._disclosures(sha256, subject, wrapped, box)
            except IntegrityError as error:
                damage = error.message
        return StoredRecord(idx, body, sha256.hex(), sm3.hex(), opened, stream, seq, subject, wrapped is None, damage)

    def _disclosures(self, leaf: bytes, subject: str, wrapped: bytes, box: bytes | None) -> tuple[Disclosure, ...]:
        if box is None:
            raise IntegrityError("the disclosures are gone although the subject's key is there: restore a backup")
        key = self._keys.get(subject)
        if key is None:
            key = self._keys[subject] = unwrap_subject_key(self._master, subject, wrapped)
        return open_disclosures(key, leaf, box)


def _sound(stored: StoredRecord) -> StoredRecord:
    if hashlib.sha256(b"\x00" + stored.bytes).hexdigest() != stored.leaf_sha256:
        message = f"record {stored.index} no longer has its leaf hash: run `pfl fsck` and restore a backup"
        raise IntegrityError(message, f"第 {stored.index} 条记录与其叶哈希不符", index=stored.index)
    if stored.damage is not None:
        message = f"record {stored.index}: {stored.damage}; run `pfl fsck` and restore a backup"
        raise IntegrityError(message, f"第 {stored.index} 条记录的披露值已损坏", index=stored.index)
    return stored


def _event(stored: StoredRecord) -> Event:
    known = record.parse(stored.bytes)
    if (known.stream, known.seq) != (stored.stream, stored.seq):
        message = f"record {stored.index} is kept in another place than its own: run `pfl fsck` and restore a backup"
        raise IntegrityError(message, f"第 {stored.index} 条记录的存放位置不符", index=stored.index)
    return Event(
        type=known.type,
        stream=known.stream,
        seq=known.seq,
        index=stored.index,
        leaf=stored.leaf_sha256,
        actor=Actor(known.actor_id, Role(known.actor_role)),
        occurred_at=from_text(known.occurred_at),
        recorded_at=from_text(known.recorded_at),
        fields={name: value for _, name, value in stored.disclosures},
        refs=tuple(Ref(ref.role, ref.leaf) for ref in known.refs),
        documents=tuple(DocumentRef(d.sha256, d.sm3, d.bytes, d.media_type, d.role) for d in known.documents),
        withheld=stored.withheld,
    )


def missing_leaves(connection: Connection, leaves: Iterable[str]) -> set[str]:
    """Return those leaf hashes (hex) that name no record."""
    wanted = {bytes.fromhex(leaf) for leaf in leaves}
    found = connection.execute(select(records.c.leaf_sha256).where(records.c.leaf_sha256.in_(wanted))).scalars()
    return {leaf.hex() for leaf in wanted - set(found)}
