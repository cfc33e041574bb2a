"""Ordinary or professional (130号 arts. 8, 11, 12), as the investor's own records tell it: a pure fold.

Every investor is ordinary unless recorded otherwise. Whether an act was allowed is a rule's business.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.events import Event
from ledger.domain.instants import from_text

CONVERTED = "converted"
RENOUNCEABLE = frozenset({"8_4", "8_5", CONVERTED})
"""By which grounds one is professional and may become ordinary again by a written notice."""

EVENTS = frozenset(
    {
        "professional.recognised",
        "professional.applied",
        "professional.explained",
        "professional.tested",
        "professional.decided",
        "professional.notified",
        "professional.renounced",
    }
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """One application to be treated as professional, and what followed."""

    leaf: str
    applied_at: datetime
    explained_at: datetime | None = None
    tested_at: datetime | None = None
    test_passed: bool = False
    decided_at: datetime | None = None
    accepted: bool = False
    valid_until: datetime | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Professional:
    """A standing as professional. ``ground``: ``8_1`` to ``8_5``, or ``converted``."""

    leaf: str
    ground: str
    since: datetime
    valid_until: datetime
    renounced_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Tell whether the investor is professional at an instant."""
        return self.since <= at < self.valid_until and (self.renounced_at is None or at < self.renounced_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """The last standing and the last application."""

    professional: Professional | None = None
    conversion: Conversion | None = None

    def at(self, moment: datetime) -> Professional | None:
        """Return the standing if the investor is professional at an instant."""
        known = self.professional
        return known if known is not None and known.stands(moment) else None


def apply(state: Standing, event: Event) -> Standing:
    """Return the standing after one of `EVENTS`; what follows no application changes nothing."""
    match event.type:
        case "professional.recognised":
            until = from_text(event.text("valid_until"))
            return replace(state, professional=Professional(event.leaf, event.text("ground"), event.occurred_at, until))
        case "professional.applied":
            return replace(state, conversion=Conversion(event.leaf, event.occurred_at))
        case "professional.renounced":
            known = state.professional
            return state if known is None else replace(state, professional=_renounced(known, event.occurred_at))
    return state if state.conversion is None else _converting(state, state.conversion, event)


def _renounced(known: Professional, at: datetime) -> Professional:
    return known if known.renounced_at is not None else replace(known, renounced_at=at)


def _converting(state: Standing, known: Conversion, event: Event) -> Standing:
    at = event.occurred_at
    match event.type:
        case "professional.explained":
            return replace(state, conversion=replace(known, explained_at=at))
        case "professional.tested":
            return replace(state, conversion=replace(known, tested_at=at, test_passed=event.flag("passed")))
        case "professional.decided":
            accepted = event.flag("accepted")
            until = from_text(event.text("valid_until")) if accepted else None
            return replace(state, conversion=replace(known, decided_at=at, accepted=accepted, valid_until=until))
        case _:
            return _notified(state, replace(known, notified_at=at))


def _notified(state: Standing, known: Conversion) -> Standing:
    """The change of class takes effect when the investor is told of it."""
    if known.valid_until is None or known.notified_at is None:
        return replace(state, conversion=known)
    granted = Professional(known.leaf, CONVERTED, known.notified_at, known.valid_until)
    return Standing(granted, known)
