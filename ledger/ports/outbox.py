"""The way of a checkpoint to the chain: sealed → submitted → mined → final, and what travels beside it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.ports.journal import Attempt
from ledger.ports.log import Block, SealedCheckpoint, TransparencyLog


@dataclass(frozen=True, slots=True)
class Stamp:
    """An RFC 3161 token (DER) over SHA-256 of the body of the checkpoint of this size."""

    size: int
    authority: str
    token: bytes
    stamped_at: datetime


class Outbox(Protocol):
    """One row per checkpoint. Every move is one durable transaction, so a crash leaves the row before or after it."""

    def lease(self, holder: str, at: datetime, until: datetime) -> AbstractContextManager[bool]:
        """Try to be the only worker until an instant; gives the lease back on exit. False: somebody else has it."""
        ...

    def waiting(self, *, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """Return the oldest checkpoints whose anchor is not final, by size."""
        ...

    def extend(self, holder: str, at: datetime, until: datetime) -> bool:
        """Keep the lease longer; False: it ran out and somebody else took it."""
        ...

    def submitted(self, size: int, transaction: str, at: datetime) -> None:
        """Note that a transaction (hex hash) carries this checkpoint: the first, or another than before."""
        ...

    def mined(self, size: int, at: datetime, block: Block | None = None) -> None:
        """Note that the transaction is in a block (perhaps another than before)."""
        ...

    def final(self, size: int, at: datetime, block: Block | None = None) -> None:
        """Note that the block cannot be replaced any more. Nothing but `reopen` moves a final row."""
        ...

    def reopen(self, size: int, at: datetime) -> None:
        """Seal again everything from this size on, final rows too: an operator's act, see `chain_reopening`."""
        ...

    def leave_out(self, size: int, leaves: Sequence[str]) -> None:
        """Note which records' writes the contracts refused; replaces what was noted of this checkpoint."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how many checkpoints are in each state but final."""
        ...

    def attempts(self, transaction: str) -> tuple[Attempt, ...]:
        """Return what was signed to do the same as this transaction with its nonce, oldest first."""
        ...

    def left_out(self) -> tuple[tuple[int, str], ...]:
        """Return (size, leaf) of every write that was left out."""
        ...

    def lost(self, size: int, at: datetime) -> None:
        """Note that the chain forgot the transaction (a reorganisation): sealed again, to be sent again."""
        ...

    def unstamped(self, authority: str, *, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """Return anchored checkpoints after the last that an authority stamped, the newest ``limit``, by size."""
        ...

    def last_stamp(self, authority: str) -> Stamp | None:
        """Return the token over the largest checkpoint that an authority stamped."""
        ...

    def stamped_from(self, authority: str, size: int) -> int | None:
        """Return the first final checkpoint of at least this size with a token of the authority."""
        ...

    def stampers(self) -> tuple[str, ...]:
        """Return the names of the authorities that ever gave a token."""
        ...

    def keep_roots(self, roots: Sequence[bytes]) -> None:
        """Keep trust anchors (DER) of authorities: their tokens outlive the configuration."""
        ...

    def kept_roots(self) -> tuple[bytes, ...]:
        """Return every trust anchor that was kept, in a fixed order."""
        ...

    def stamp(self, stamp: Stamp) -> None:
        """Keep a token beside its checkpoint."""
        ...

    def stamps(self, size: int) -> tuple[Stamp, ...]:
        """Return the tokens over the checkpoint of this size."""
        ...


class Tiles(Protocol):
    """Tree nodes as complete tiles of height 4; sixteen neighbours joined make one of a log served as static files."""

    def tile(self, suite: str, level: int, number: int) -> bytes | None:
        """Return its 16 hashes and the root over them, 17 × 32 bytes; ``None`` while the tile is not complete."""
        ...

    def tiles(self, suite: str) -> Sequence[tuple[int, int]]:
        """Name every stored tile as (level, number), for `fsck`."""
        ...


class AnchoredLog(TransparencyLog, Outbox, Tiles, Protocol):
    """The log with all that belongs to it; `Ledger.log` is one of these."""
