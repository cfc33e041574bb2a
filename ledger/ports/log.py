"""Checkpoints and proofs over the records (`design.md` §5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from verifier import stream_map
from verifier.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Proof:
    """The same path in both trees, lower-case hex, RFC 9162 order."""

    sha256: tuple[str, ...]
    sm3: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a chain: its hash is 64 hex digits; ``time`` is what the block says, by the chain's clock."""

    number: int
    hash: str
    time: datetime


@dataclass(frozen=True, slots=True)
class SealedCheckpoint:
    """A signed checkpoint and where it stands: sealed, submitted, mined or final.

    ``first`` is the index of the first record that the checkpoint before it does not cover. ``block`` is where its
    transaction is, once it is mined.
    """

    checkpoint: Checkpoint
    note: str
    sealed_at: datetime
    state: str
    transaction: str | None
    first: int = 0
    block: Block | None = None


class TransparencyLog(Protocol):
    """Seals checkpoints over the store's records and proves against them."""

    def seal(self, at: datetime, *, limit: int | None = None) -> SealedCheckpoint | None:
        """Extend both trees and the stream map by the records not yet covered (at most ``limit``); sign the new head.

        ``None`` if there are none.
        """
        ...

    def latest(self, *, final: bool = False, within: int | None = None) -> SealedCheckpoint | None:
        """Return the newest checkpoint, or the newest whose anchor is final; of at most ``within`` records."""
        ...

    def covering(self, index: int, *, final: bool = False) -> SealedCheckpoint | None:
        """Return the first checkpoint with size > index (the first final one)."""
        ...

    def checkpoints(self, *, after: int = 0, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """List checkpoints by size."""
        ...

    def inclusion(self, index: int, size: int) -> Proof:
        """Prove that record ``index`` is in the tree of ``size``; `NotFoundError` outside it."""
        ...

    def stream_proof(self, stream: str, size: int) -> stream_map.Proof:
        """Prove what the checkpoint of ``size`` says of a stream: its newest record, or that it has none.

        `NotFoundError` without such a checkpoint, `ConflictError` for one whose map is not kept any more.
        """
        ...

    def consistency(self, old: int, new: int) -> Proof:
        """Prove that the tree of ``new`` extends the tree of ``old``."""
        ...
