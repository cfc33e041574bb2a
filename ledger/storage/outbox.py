"""Checkpoint rows and their way to the chain (`ledger.ports.outbox.Outbox`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Update, delete, func, insert, select, update

from ledger.domain.instants import require_utc, to_text
from ledger.errors import ConflictError
from ledger.ports.journal import Attempt
from ledger.ports.log import Block, SealedCheckpoint
from ledger.storage.journal import SqlJournal
from ledger.storage.rows import CHECKPOINTS
from ledger.storage.schema import leases, left_out, outbox
from ledger.storage.stamps import SqlStamps

_WAITING = ("sealed", "submitted", "mined")
_LEASE = "anchoring"
_NOWHERE: dict[str, Any] = {"block_number": None, "block_hash": None, "block_time": None}


class SqlOutbox(SqlStamps):
    """One row per checkpoint, made with it; every move is one durable transaction."""

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

    def reopen(self, size: int, at: datetime) -> None:
        """Seal again everything from this size on."""
        with self._store.writing() as connection:
            again: Update = update(outbox).where(outbox.c.size >= size)
            connection.execute(again.values(state="sealed", transaction=None, changed_at=to_text(at), **_NOWHERE))

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
