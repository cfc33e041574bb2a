"""Reviews by a person, on the investor's request, of what was decided about them (个人信息保护法 art. 24)."""

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.events import Event

EVENTS = frozenset({"review.requested", "review.completed"})


@dataclass(frozen=True, slots=True)
class Review:
    """One review of the record ``of``. ``outcome`` and ``reasons`` are ``None`` until somebody has done it."""

    leaf: str
    of: str
    reason: str
    requested_at: datetime
    completed_at: datetime | None = None
    completed_by: str | None = None
    outcome: str | None = None
    reasons: str | None = None


def apply(known: tuple[Review, ...], event: Event) -> tuple[Review, ...]:
    """Add one of `EVENTS`; a review is completed once."""
    if event.type == "review.requested":
        return (*known, Review(event.leaf, event.text("of"), event.text("reason"), event.occurred_at))
    done = event.text("review")
    return tuple(_completed(r, event) if r.leaf == done and r.completed_at is None else r for r in known)


def _completed(review: Review, event: Event) -> Review:
    return replace(
        review,
        completed_at=event.occurred_at,
        completed_by=event.leaf,
        outcome=event.text("outcome"),
        reasons=event.text("reasons"),
    )
