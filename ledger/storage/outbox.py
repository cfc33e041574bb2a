"""Checkpoint rows and their way to the chain (`ledger.ports.outbox.Outbox`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, Update, delete, func, insert, select, update

from ledger.domain.instants import from_text, require_utc, to_text
from ledger.errors import ConflictError, IntegrityError
from ledger.ports.journal import Attempt
from ledger.ports.log import Block, SealedCheckpoint
from ledger.ports.outbox import Stamp
from ledger.storage.journal import SqlJournal
from ledger.storage.schema import checkpoints, leases, left_out, outbox, timestamps
from ledger.storage.store import SqlStore
from verifier import checkpoint
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError

_Rows: TypeAlias = Select[int, str, str, str, str | None, int, int | None, str | None, str | None]
_BEFORE = checkpoints.alias("before")
_FIRST = select(func.coalesce(func.max(_BEFORE.c.size), 0)).where(_BEFORE.c.size < checkpoints.c.size)
_ANCHORED = ("mined", "final")
_WAITING = ("sealed", "submitted", "mined")
_LEASE = "anchoring"
_NOWHERE: dict[str, Any] = {"block_number": None, "block_hash": None, "block_time": None}
CHECKPOINTS: _Rows = (
    select(
        checkpoints.c.size,
        checkpoints.c.note,
        checkpoints.c.sealed_at,
        outbox.c.state,
        outbox.c.transaction,
        _FIRST.scalar_subquery(),
        outbox.c.block_number,
        outbox.c.block_hash,
        outbox.c.block_time,
    )
    .join(outbox, outbox.c.size == checkpoints.c.size)
    .order_by(checkpoints.c.size)
)
"""Checkpoints with their state, by size; `listed` reads them."""


class SqlOutbox:
    """One row per checkpoint, made with it; every move is one durable transaction."""

    def __init__(self, store: SqlStore) -> None:
        """Use `ledger.storage.log.open_log`."""
        self._store = store

    @contextmanager
    def lease(self, holder: str, at: datetime, until: datetime) -> Iterator[bool]:
        """Try to be the only worker until an instant; a crashed holder's lease runs out."""
        mine = self._take(holder, at, until)
        try:
            yield mine
        finally:
            if mine:
                with self._store.writing() as connection:
                    connection.execute(delete(leases).where(leases.c.name == _LEASE, leases.c.holder == holder))

    def waiting(self, *, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """Return the oldest checkpoints whose anchor is not final."""
        return self.listed(CHECKPOINTS.where(outbox.c.state != "final").limit(limit))

    def extend(self, holder: str, at: datetime, until: datetime) -> bool:
        """Keep the lease longer, unless it ran out and somebody else took it."""
        return self._take(holder, at, until)

    def submitted(self, size: int, transaction: str, at: datetime) -> None:
        """Note that a transaction carries this checkpoint: the first, or another than before."""
        self._move(size, ("sealed", "submitted", "mined"), at, state="submitted", transaction=transaction, **_NOWHERE)

    def mined(self, size: int, at: datetime, block: Block | None = None) -> None:
        """Note that the transaction is in a block."""
        self._move(size, ("submitted", "mined"), at, state="mined", **_place(block))

    def final(self, size: int, at: datetime, block: Block | None = None) -> None:
        """Note that the block cannot be replaced any more."""
        self._move(size, ("submitted", "mined", "final"), at, state="final", **_place(block))

    def lost(self, size: int, at: datetime) -> None:
        """Note that the chain forgot the transaction."""
        self._move(size, ("sealed", "submitted", "mined"), at, state="sealed", transaction=None, **_NOWHERE)

    def leave_out(self, size: int, leaves: Sequence[str]) -> None:
        """Note which records' writes the contracts refused."""
        with self._store.writing() as connection:
            connection.execute(delete(left_out).where(left_out.c.size == size))
            if leaves:
                connection.execute(insert(left_out), [{"size": size, "leaf": leaf} for leaf in leaves])

    def counts(self) -> dict[str, int]:
        """Return how many checkpoints are in each state but final."""
        wanted = select(outbox.c.state, func.count()).where(outbox.c.state.in_(_WAITING)).group_by(outbox.c.state)
        with self._store.reading() as connection:
            found = dict.fromkeys(_WAITING, 0)
            found.update((state, number) for state, number in connection.execute(wanted))
        return found

    def attempts(self, transaction: str) -> tuple[Attempt, ...]:
        """Return what was signed to do the same as this transaction with its nonce."""
        journal = SqlJournal(self._store)
        named = journal.named(transaction)
        if named is None:
            return ()
        return tuple(each for each in journal.of_nonce(named.account, named.nonce) if each.call == named.call)

    def left_out(self) -> tuple[tuple[int, str], ...]:
        """Return (size, leaf) of every write that was left out."""
        wanted = select(left_out.c.size, left_out.c.leaf).order_by(left_out.c.size, left_out.c.leaf)
        with self._store.reading() as connection:
            return tuple((size, leaf) for size, leaf in connection.execute(wanted))

    def unstamped(self, *, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """Return anchored checkpoints without a timestamp token."""
        without = ~select(timestamps.c.size).where(timestamps.c.size == checkpoints.c.size).exists()
        return self.listed(CHECKPOINTS.where(outbox.c.state.in_(_ANCHORED), without).limit(limit))

    def stamp(self, stamp: Stamp) -> None:
        """Keep a token beside its checkpoint."""
        with self._store.writing() as connection:
            connection.execute(
                insert(timestamps).values(
                    size=stamp.size,
                    authority=stamp.authority,
                    token=stamp.token,
                    stamped_at=to_text(stamp.stamped_at),
                )
            )

    def stamps(self, size: int) -> tuple[Stamp, ...]:
        """Return the tokens over the checkpoint of this size."""
        wanted = select(timestamps).where(timestamps.c.size == size).order_by(timestamps.c.authority)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Stamp(row.size, row.authority, row.token, from_text(row.stamped_at)) for row in rows)

    def listed(self, wanted: _Rows) -> tuple[SealedCheckpoint, ...]:
        """Read rows of `CHECKPOINTS`."""
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            SealedCheckpoint(
                head_of(size, note), note, from_text(at), state, transaction, first, _block(number, name, time)
            )
            for size, note, at, state, transaction, first, number, name, time in rows
        )

    def _take(self, holder: str, at: datetime, until: datetime) -> bool:
        now = to_text(require_utc(at))
        with self._store.writing() as connection:
            held = connection.execute(select(leases).where(leases.c.name == _LEASE)).one_or_none()
            if held is not None and held.holder != holder and held.until > now:
                return False
            connection.execute(delete(leases).where(leases.c.name == _LEASE))
            connection.execute(insert(leases).values(name=_LEASE, holder=holder, until=to_text(until)))
        return True

    def _move(self, size: int, states: tuple[str, ...], at: datetime, **values: Any) -> None:
        with self._store.writing() as connection:
            moved: Update = update(outbox).where(outbox.c.size == size, outbox.c.state.in_(states))
            if connection.execute(moved.values(changed_at=to_text(at), **values)).rowcount != 1:
                message = (
                    f"checkpoint {size} is not {' or '.join(states)}: another worker moved it, or it does not exist"
                )
                raise ConflictError(message, f"检查点 {size} 的状态不允许此操作", size=size)


def _place(block: Block | None) -> dict[str, Any]:
    if block is None:
        return _NOWHERE
    return {"block_number": block.number, "block_hash": block.hash, "block_time": to_text(block.time)}


def _block(number: int | None, name: str | None, time: str | None) -> Block | None:
    return None if number is None or name is None or time is None else Block(number, name, from_text(time))


def head_of(size: int, note: str) -> Checkpoint:
    """Read a stored note without checking its signature; `IntegrityError` if it is not of this size."""
    try:
        head = checkpoint.parse_body(checkpoint.split(note)[0])
    except VerificationError as error:
        message = f"checkpoint {size}: {error.message}: restore a backup"
        raise IntegrityError(message, f"检查点 {size} 已损坏", size=size) from error
    if head.size != size:
        message = f"checkpoint {size}: its note speaks of {head.size} records: restore a backup"
        raise IntegrityError(message, f"检查点 {size} 与其签名文本不符", size=size)
    return head
