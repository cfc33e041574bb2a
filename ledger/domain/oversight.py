"""The operator as its own records tell it: half-yearly self-checks and the samples drawn for visits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.events import Event


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """One half-year's self-check. ``reported_on``: the day problems were reported to the local CSRC office."""

    leaf: str
    period: str
    problems: int
    reported_on: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """The sales drawn for a year's suitability visits, by the seed that the record holds."""

    leaf: str
    period: str
    seed: str
    sales: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Oversight:
    """How the institution checks itself. ``kind`` is what it was registered as, such as distributor or bank."""

    stream: str
    kind: str = ""
    registered_at: datetime | None = None
    self_checks: tuple[SelfCheck, ...] = ()
    samples: tuple[Sample, ...] = ()

    def sample(self, period: str) -> Sample | None:
        """The sample drawn for a year, which is the first and only one."""
        return next((s for s in self.samples if s.period == period), None)


def fold(stream: str, events: Iterable[Event]) -> Oversight:
    """Fold an institution's ordered events."""
    state = Oversight(stream)
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: Oversight, event: Event) -> Oversight:
    at = event.occurred_at
    match event.type:
        case "institution.registered":
            return replace(state, kind=event.text("kind"), registered_at=at)
        case "selfcheck.completed":
            reported = event.text("reported_on") if "reported_on" in event.fields else None
            check = SelfCheck(event.leaf, event.text("period"), len(event.texts("problems")), reported, at)
            return replace(state, self_checks=(*state.self_checks, check))
        case "sample.drawn":
            sample = Sample(event.leaf, event.text("period"), event.text("seed"), event.texts("sales"), at)
            return replace(state, samples=(*state.samples, sample))
        case _:
            return state
