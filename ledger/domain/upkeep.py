"""What keeps an assessment honest and data in bounds: attempts, notices, reported changes, deletion requests."""

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.events import Event

EVENTS = frozenset(
    {
        "questionnaire.submitted",
        "questionnaire.refused",
        "assessment.notified",
        "investor.changed",
        "erasure.requested",
        "data.frozen",
    }
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a questionnaire. ``scored``: it got a result; the others were refused."""

    leaf: str
    at: datetime
    scored: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A change of circumstances that the investor reported, or the institution learned of; ``what`` names topics."""

    leaf: str
    what: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Upkeep:
    """In order of time. ``notices``: when a result was told, with the record's leaf."""

    attempts: tuple[Attempt, ...] = ()
    notices: tuple[tuple[datetime, str], ...] = ()
    changes: tuple[Change, ...] = ()
    erasure_requested_at: datetime | None = None
    frozen_at: datetime | None = None


def apply(known: Upkeep, event: Event) -> Upkeep:
    """Add one of `EVENTS`."""
    at = event.occurred_at
    match event.type:
        case "questionnaire.submitted" | "questionnaire.refused":
            attempt = Attempt(event.leaf, at, event.type == "questionnaire.submitted")
            return replace(known, attempts=(*known.attempts, attempt))
        case "assessment.notified":
            return replace(known, notices=(*known.notices, (at, event.leaf)))
        case "investor.changed":
            return replace(known, changes=(*known.changes, Change(event.leaf, event.texts("what"), at)))
        case "erasure.requested":
            return replace(known, erasure_requested_at=known.erasure_requested_at or at)
        case _:
            return replace(known, frozen_at=known.frozen_at or at)
