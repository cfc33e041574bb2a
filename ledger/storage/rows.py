"""Rows of checkpoints with their state, read for all that belongs to the log."""

from typing import TypeAlias

from sqlalchemy import Select, func, select

from ledger.domain.instants import from_text
from ledger.errors import IntegrityError
from ledger.ports.log import Block, SealedCheckpoint
from ledger.storage.schema import checkpoints, outbox
from ledger.storage.store import SqlStore
from verifier import checkpoint
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError

Rows: TypeAlias = Select[int, str, str, str, str | None, int, int | None, str | None, str | None]
_BEFORE = checkpoints.alias("before")
_FIRST = select(func.coalesce(func.max(_BEFORE.c.size), 0)).where(_BEFORE.c.size < checkpoints.c.size)
CHECKPOINTS: Rows = (
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


class SqlCheckpoints:
    """Reads checkpoints."""

    def __init__(self, store: SqlStore) -> None:
        """Use `ledger.storage.log.open_log`."""
        self._store = store

    def listed(self, wanted: Rows) -> tuple[SealedCheckpoint, ...]:
        """Read rows of `CHECKPOINTS`."""
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            SealedCheckpoint(
                head_of(size, note), note, from_text(at), state, transaction, first, _block(number, name, time)
            )
            for size, note, at, state, transaction, first, number, name, time in rows
        )


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
