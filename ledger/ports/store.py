"""The append-only record store. An acknowledged transaction survives ``kill -9`` and power loss."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.ports.messages import MessageQueue


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as stored: canonical bytes, both leaf hashes (hex) and its opened disclosures.

    ``stream`` and ``seq`` say where it is kept, which must be what its bytes say.
    ``withheld``: the key of ``subject`` was destroyed, so there are no disclosures. ``damage`` says why the
    disclosures do not open although they should; only `Reader.range` returns such a record, the others raise.
    """

    index: int
    bytes: bytes
    leaf_sha256: str
    leaf_sm3: str
    disclosures: tuple[tuple[str, str, Value], ...]
    stream: str = ""
    seq: int = 0
    subject: str = ""
    withheld: bool = False
    damage: str | None = None


@dataclass(frozen=True, slots=True)
class StreamHead:
    """Where a stream stands. ``leaf`` is its last record's hash, which commits to every record before it.

    ``withheld``: how many of its records can no longer be opened. Equal heads mean equal events.
    """

    kind: Stream
    leaf: str
    withheld: int


class Reader(Protocol):
    """A consistent view of the records."""

    def size(self) -> int:
        """Return the number of records, which is the next index."""
        ...

    def kind_of(self, stream: str) -> Stream:
        """Return what a stream is about; `NotFoundError` if there is no such stream."""
        ...

    def streams(
        self, kind: Stream, *, after: str | None = None, limit: int = 100, newest: bool = False
    ) -> tuple[str, ...]:
        """List streams in order of creation, ``after`` one of them (cursor); ``newest`` turns the order round."""
        ...

    def mark(self) -> object:
        """Name the state seen here as `Store.mark` does, once something was read; ``None`` if that is not known."""
        ...

    def heads(self, streams: Sequence[str]) -> Mapping[str, StreamHead]:
        """Return the heads of those of the streams that hold records."""
        ...

    def about(self, subject: str, kind: Stream) -> tuple[str, ...]:
        """List the streams of a kind that begin with a record about a subject, such as the sales of an investor."""
        ...

    def events(self, stream: str) -> tuple[Event, ...]:
        """Return a stream's events in order; `NotFoundError` if there is no such stream."""
        ...

    def event(self, leaf: str) -> Event:
        """Return one event by its SHA-256 leaf hash; `NotFoundError`."""
        ...

    def stored(self, stream: str) -> tuple[StoredRecord, ...]:
        """Return a stream's records as stored, in order."""
        ...

    def is_pending(self, name: str, at: datetime) -> bool:
        """Tell whether something of this name is kept by `Transaction.put_pending` and has not expired."""
        ...

    def range(self, first: int, limit: int) -> tuple[StoredRecord, ...]:
        """Return records by index as they are, for `fsck` and the sequencer: damage is told, not raised."""
        ...


class Transaction(Reader, MessageQueue, Protocol):
    """One exclusive unit of work: everything in it is committed together or not at all."""

    def create(self, kind: Stream) -> str:
        """Reserve a new stream: 64 random hex digits, never derived from personal data, with its own subject key."""
        ...

    def append(self, drafts: Sequence[Draft], at: datetime) -> tuple[Event, ...]:
        """Append records with contiguous indexes, recorded at ``at``.

        `ValueError` from the catalogue check; `NotFoundError` for an unknown stream.
        """
        ...

    def answer(self, key: str, actor: str, digest: str) -> bytes | None:
        """Return the first answer to this idempotency key; `IdempotencyConflictError` for another body's digest."""
        ...

    def remember(self, key: str, actor: str, digest: str, answer: bytes, at: datetime) -> None:
        """Keep the answer in the same commit as the records it speaks of."""
        ...

    def put_pending(self, name: str, body: bytes, expires_at: datetime) -> None:
        """Keep work in progress (a prepared signature) across restarts; encrypted at rest."""
        ...

    def pending(self, name: str, at: datetime) -> bytes:
        """Return work in progress; `NotFoundError` when unknown or expired."""
        ...

    def drop_pending(self, name: str) -> None:
        """Forget work in progress."""
        ...


class Store(Protocol):
    """Opens transactions and snapshots."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin an exclusive transaction; commit on a clean exit, roll back on an exception."""
        ...

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Open a read-only consistent view."""
        ...

    def mark(self) -> object:
        """Name what is committed: equal names mean that nothing was committed in between, by anybody.

        Cheap where it can be; a store that cannot tell never gives the same name twice.
        """
        ...
