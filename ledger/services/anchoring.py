"""Bring checkpoints to the chain, one at a time and in order: sealed → submitted → mined → final.

Every arrow is one durable move of the outbox row, made after the chain did its part; before anything is sent, the
chain is asked what it holds already. So a crash at any arrow repeats at most a question. While the chain is away
records go on, and full checkpoints wait.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.domain.instants import from_text
from ledger.errors import ChainError, LedgerError
from ledger.ports.log import SealedCheckpoint
from ledger.services import chain_clock, relaying
from ledger.services.anchor_moves import advance
from ledger.services.anchor_pass import Anchoring, Notes, Pass
from ledger.services.stamping import Tries, due, stamp
from verifier import record

__all__ = ["DEFAULT_POLICY", "LEASE", "Anchoring", "Pass", "SealPolicy", "anchor_once", "drain"]

LEASE: Final = timedelta(seconds=60)
_DRAIN_SECONDS, _DRAIN_PAUSE = 120.0, 0.1


@dataclass(frozen=True, slots=True)
class SealPolicy:
    """A checkpoint is due after ``interval`` or ``records``, whichever comes first, and never covers more records.

    ``interval`` alone does not seal while the last checkpoint still waits to be sent: a chain that is away or slow
    gets fuller checkpoints, not more of them.
    """

    interval: timedelta = timedelta(seconds=1)
    records: int = 1000


DEFAULT_POLICY: Final = SealPolicy()


def anchor_once(
    ledger: Anchoring,
    at: datetime,
    *,
    policy: SealPolicy = DEFAULT_POLICY,
    seal_now: bool = False,
    holder: str | None = None,
    tries: Tries | None = None,
) -> Pass:
    """Seal what is due and move every checkpoint as far as the chain allows.

    A chain that is away is told in the result; `IntegrityError` when it contradicts the log. ``holder`` names the
    worker for the lease; ``tries`` is its memory of authorities that are away.
    """
    sealed = _seal(ledger, at, policy, now=seal_now)
    notes = Notes()
    tries = Tries() if tries is None else tries
    if not ledger.log.waiting(limit=1) and not due(ledger, at, tries) and not relaying.due(ledger):
        return notes.told(sealed, None, busy=False)  # an idle worker does not write to the disk
    moving = (*ledger.log.waiting(), *due(ledger, at, tries))
    at = max(at, _newest_sealed(ledger, moving)) if moving else at
    problem: LedgerError | None = None
    holder = holder or secrets.token_hex(16)
    with ledger.log.lease(holder, at, at + LEASE) as mine:
        if mine:
            try:
                held = _Held(ledger, holder, at + LEASE)
                advance(ledger, at, notes, held)
                relaying.relay(ledger, at, held)
            except ChainError as error:
                problem = error
            stamp(ledger, at, notes, tries)
    return notes.told(sealed, problem, busy=not mine)


@dataclass(slots=True)
class _Held:
    """The lease of this pass: taken again before it runs out, or seen to be somebody else's."""

    ledger: Anchoring
    holder: str
    until: datetime

    def __call__(self) -> bool:
        now = self.ledger.clock.now()
        if now < self.until - LEASE / 2:
            return True
        self.until = now + LEASE
        return self.ledger.log.extend(self.holder, now, self.until)


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


def _newest_sealed(ledger: Anchoring, moving: Sequence[SealedCheckpoint]) -> datetime:
    """Return when the newest sealed record was recorded: no block or token that holds it may be dated earlier.

    A record can be appended between a pass's reading of the clock and its sealing, and in that moment a simulated
    clock can be moved, or another machine's clock be ahead.
    """
    newest = max(moving, key=lambda sealed: sealed.checkpoint.size)
    with ledger.store.snapshot() as reader:
        return chain_clock.recorded_at(reader, newest)
