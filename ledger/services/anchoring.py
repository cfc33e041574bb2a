"""Bring checkpoints to the chain, one at a time and in order: sealed → submitted → mined → final.

Every arrow is one durable move of the outbox row, made after the chain did its part; before anything is sent, the
chain is asked what it holds already. So a crash at any arrow repeats at most a question. While the chain is away
records go on, and full checkpoints wait.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from ledger.domain.instants import from_text
from ledger.errors import ChainError, IntegrityError, LedgerError
from ledger.ports.anchor import Anchor
from ledger.ports.log import SealedCheckpoint
from ledger.ports.outbox import AnchoredLog, Stamp
from ledger.ports.outside import Clock, TimestampAuthority
from ledger.ports.store import Store
from ledger.services.chain_writes import chain_writes
from ledger.services.refusals import submit_accepted
from verifier import record

LEASE: Final = timedelta(seconds=60)
_DRAIN_SECONDS, _DRAIN_PAUSE = 120.0, 0.1


class Anchoring(Protocol):
    """The parts of `Ledger` that anchoring needs."""

    @property
    def store(self) -> Store:
        """Records."""
        ...

    @property
    def log(self) -> AnchoredLog:
        """Checkpoints and their outbox."""
        ...

    @property
    def anchor(self) -> Anchor:
        """The chain."""
        ...

    @property
    def tsa(self) -> TimestampAuthority | None:
        """RFC 3161, if configured."""
        ...

    @property
    def clock(self) -> Clock:
        """The present instant."""
        ...


@dataclass(frozen=True, slots=True)
class SealPolicy:
    """A checkpoint is due after ``interval`` or ``records``, whichever comes first, and never covers more records.

    ``interval`` alone does not seal while the last checkpoint still waits to be sent: a chain that is away or slow
    gets fuller checkpoints, not more of them.
    """

    interval: timedelta = timedelta(seconds=1)
    records: int = 1000


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did: sizes of checkpoints by what happened to them, and what stood in the way.

    ``left_out`` are leaves of records that a contract refused: they are anchored, but it cannot answer about them.
    """

    sealed: tuple[int, ...] = ()
    submitted: tuple[int, ...] = ()
    final: tuple[int, ...] = ()
    stamped: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    problem: LedgerError | None = None
    busy: bool = False


@dataclass(slots=True)
class _Notes:
    submitted: list[int] = field(default_factory=list)
    final: list[int] = field(default_factory=list)
    stamped: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def told(self, sealed: list[int], problem: LedgerError | None, *, busy: bool) -> Pass:
        """Return what is noted here."""
        return Pass(
            sealed=tuple(sealed),
            submitted=tuple(self.submitted),
            final=tuple(self.final),
            stamped=tuple(self.stamped),
            lost=tuple(self.lost),
            left_out=tuple(self.left_out),
            problem=problem,
            busy=busy,
        )


DEFAULT_POLICY: Final = SealPolicy()


def anchor_once(
    ledger: Anchoring,
    at: datetime,
    *,
    policy: SealPolicy = DEFAULT_POLICY,
    seal_now: bool = False,
    holder: str | None = None,
) -> Pass:
    """Seal what is due and move every checkpoint as far as the chain allows.

    A chain that is away is told in the result; `IntegrityError` when it contradicts the log. ``holder`` names the
    worker for the lease.
    """
    sealed = _seal(ledger, at, policy, now=seal_now)
    notes = _Notes()
    if not ledger.log.waiting(limit=1) and not _stampable(ledger, limit=1):
        return notes.told(sealed, None, busy=False)  # an idle worker does not write to the disk
    at = max(at, _newest_sealed(ledger))
    problem: LedgerError | None = None
    with ledger.log.lease(holder or secrets.token_hex(16), at, at + LEASE) as mine:
        if mine:
            try:
                _advance(ledger, at, notes)
            except ChainError as error:
                problem = error
            problem = _stamp(ledger, at, notes) or problem
    return notes.told(sealed, problem, busy=not mine)


def drain(ledger: Anchoring, *, seconds: float = _DRAIN_SECONDS) -> Pass:
    """Seal everything now and wait until the chain has it for good; `ChainError` when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        last = anchor_once(ledger, ledger.clock.now(), seal_now=True)
        if not ledger.log.waiting(limit=1) and last.problem is None:
            return last
        if time.monotonic() > deadline:
            raise last.problem or ChainError(
                f"anchoring did not finish within {seconds:.0f} seconds: see `pfl chain status`", "上链未在时限内完成"
            )
        time.sleep(_DRAIN_PAUSE)


def _seal(ledger: Anchoring, at: datetime, policy: SealPolicy, *, now: bool) -> list[int]:
    """Seal full checkpoints, then the rest if its time has come."""
    done: list[int] = []
    while True:
        latest = ledger.log.latest()
        covered = 0 if latest is None else latest.checkpoint.size
        with ledger.store.snapshot() as reader:
            waiting = reader.size() - covered
            oldest = reader.range(covered, 1)
        if waiting == 0:
            return done
        if 0 < waiting < policy.records and not now:
            age = at - from_text(record.parse(oldest[0].bytes).recorded_at)
            if age < policy.interval or (latest is not None and latest.state == "sealed"):
                return done
        sealed = ledger.log.seal(at, limit=policy.records)
        if sealed is None:
            return done
        done.append(sealed.checkpoint.size)


def _newest_sealed(ledger: Anchoring) -> datetime:
    """Return when the newest sealed record was recorded: no block or token that holds it may be dated earlier.

    A record can be appended between a pass's reading of the clock and its sealing, and in that moment a simulated
    clock can be moved, or another machine's clock be ahead.
    """
    size = max(sealed.checkpoint.size for sealed in (*ledger.log.waiting(), *_stampable(ledger)))
    with ledger.store.snapshot() as reader:
        (newest,) = reader.range(size - 1, 1)
    return from_text(record.parse(newest.bytes).recorded_at)


def _advance(ledger: Anchoring, at: datetime, notes: _Notes) -> None:
    waiting = ledger.log.waiting()
    if not waiting:
        return
    held = ledger.anchor.anchored_size()
    newest = ledger.log.latest()
    if newest is not None and held > newest.checkpoint.size:
        message = (
            f"the chain holds a checkpoint of {held} records, this log ends at {newest.checkpoint.size}:"
            " an old backup was restored, or the chain belongs to another log"
        )
        raise IntegrityError(message, "链上检查点多于本地日志：可能恢复了旧备份，或链不属于本日志", held=held)
    for sealed in waiting:
        if _move(ledger, sealed, held, at, notes) not in {"mined", "final"}:
            return  # the next one must not overtake it


def _move(ledger: Anchoring, sealed: SealedCheckpoint, held: int, at: datetime, notes: _Notes) -> str:
    size = sealed.checkpoint.size
    transaction = sealed.transaction
    if transaction is None:
        transaction = _send(ledger, sealed, held, at, notes)
        ledger.log.submitted(size, transaction, at)
        notes.submitted.append(size)
    try:
        state = ledger.anchor.state_of(transaction)
    except ChainError:
        found = ledger.anchor.find(size)  # raises again when the chain is away; otherwise it forgot the transaction
        if found is None:
            ledger.log.lost(size, at)
            notes.lost.append(size)
            return "sealed"
        ledger.log.submitted(size, found, at)
        return "submitted"
    if state == "mined" and sealed.state != "mined":
        ledger.log.mined(size, at)
    elif state == "final":
        _same_roots(ledger, sealed)
        ledger.log.final(size, at)
        notes.final.append(size)
    return state


def _send(ledger: Anchoring, sealed: SealedCheckpoint, held: int, at: datetime, notes: _Notes) -> str:
    """Return the transaction of this checkpoint, sending it only if the chain does not hold it."""
    size = sealed.checkpoint.size
    known = ledger.anchor.find(size)
    if known is not None:
        _same_roots(ledger, sealed)
        return known
    if held >= size:
        message = f"the chain holds a checkpoint of {held} records but not the one of {size}: it belongs to another log"
        raise IntegrityError(message, "链上检查点与本地日志不一致", held=held, size=size)
    with ledger.store.snapshot() as reader:
        writes = chain_writes(reader, sealed.first, size)
    transaction, refused = submit_accepted(lambda some: ledger.anchor.submit(sealed.checkpoint, some, at), writes)
    notes.left_out += refused
    return transaction


def _same_roots(ledger: Anchoring, sealed: SealedCheckpoint) -> None:
    head = sealed.checkpoint
    if ledger.anchor.root_at(head.size) != head.roots:
        message = f"the chain holds another root for the checkpoint of {head.size} records: the log has forked"
        raise IntegrityError(message, "链上根与本地检查点不符：日志出现分叉", size=head.size)


def _stampable(ledger: Anchoring, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
    return () if ledger.tsa is None else ledger.log.unstamped(limit=limit)


def _stamp(ledger: Anchoring, at: datetime, notes: _Notes) -> LedgerError | None:
    """Put an RFC 3161 token beside every anchored checkpoint; an authority that is away is only told."""
    if ledger.tsa is None:
        return None
    for sealed in ledger.log.unstamped():
        size = sealed.checkpoint.size
        try:
            token = ledger.tsa.stamp(hashlib.sha256(sealed.checkpoint.body().encode()).digest(), at)
        except LedgerError as error:
            return error
        ledger.log.stamp(Stamp(size, ledger.tsa.name, token, at))
        notes.stamped.append(size)
    return None
