"""RFC 3161 tokens beside anchored checkpoints, of every configured authority; one that is away delays nobody else."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ledger.errors import LedgerError
from ledger.ports.log import SealedCheckpoint
from ledger.ports.outbox import Stamp
from ledger.ports.outside import TimestampAuthority
from ledger.services.anchor_pass import Anchoring, Notes

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Failure:
    """An authority that did not answer as it should, how often by now, and when it is asked again."""

    problem: LedgerError
    times: int
    again: datetime


@dataclass(slots=True)
class Tries:
    """What a worker remembers between passes: failures by authority. Each doubles the wait, to a quarter hour."""

    failures: dict[str, Failure] = field(default_factory=dict)

    def may(self, authority: TimestampAuthority, at: datetime) -> bool:
        """Say whether the authority is to be asked now."""
        failed = self.failures.get(authority.name)
        return failed is None or at >= failed.again

    def failed(self, authority: TimestampAuthority, problem: LedgerError, at: datetime) -> None:
        """Remember a failure."""
        before = self.failures.get(authority.name)
        times = 1 if before is None else before.times + 1
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(times - 1, 10))
        self.failures[authority.name] = Failure(problem, times, at + wait)


def authorities(ledger: Anchoring) -> tuple[TimestampAuthority, ...]:
    """Return all authorities, the one for signatures first."""
    return (*(() if ledger.tsa is None else (ledger.tsa,)), *ledger.authorities)


def due(ledger: Anchoring, at: datetime, tries: Tries) -> tuple[SealedCheckpoint, ...]:
    """Return the checkpoints that some authority is to stamp now."""
    asked = (authority for authority in authorities(ledger) if tries.may(authority, at))
    return tuple(sealed for authority in asked for sealed in _wanting(ledger, authority, at))


def stamp(ledger: Anchoring, at: datetime, notes: Notes, tries: Tries) -> None:
    """Ask every authority that is due; failures are noted in ``tries``."""
    for authority in authorities(ledger):
        if not tries.may(authority, at):
            continue
        try:
            for sealed in _wanting(ledger, authority, at):
                size = sealed.checkpoint.size
                token = authority.stamp(hashlib.sha256(sealed.checkpoint.body().encode()).digest(), at)
                ledger.log.stamp(Stamp(size, authority.name, token, at))
                notes.stamped.append(size)
                tries.failures.pop(authority.name, None)
        except LedgerError as problem:
            tries.failed(authority, problem, at)


def _wanting(ledger: Anchoring, authority: TimestampAuthority, at: datetime) -> Sequence[SealedCheckpoint]:
    """Return what an authority has to stamp: every checkpoint, or the newest once its interval is over."""
    found = ledger.log.unstamped(authority.name)
    if not authority.interval:
        return found
    last = ledger.log.last_stamp(authority.name)
    return found[-1:] if last is None or at - last.stamped_at >= authority.interval else ()
