"""The steps of a sale as `SaleProcedure` takes them, from its records: what, when, in which order, on what terms.

Only what the law orders travels (募集 arts. 15, 26-32), and nothing of it is personal. A step that the ledger records
again without undoing it first (a second confirmation) is no new step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from ledger.domain import investor, product
from ledger.domain.events import Event
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.ports.anchor import Exempt, SaleStep, SaleStepWrite, SaleTerms
from ledger.ports.store import Reader
from ledger.rules.exempting import INSTITUTION

TYPES: Final = frozenset(
    {
        "sale.opened",
        "match.completed",
        "match.acknowledged",
        "match.superseded",
        "match.withdrawn",
        "document.signed",
        "qualification.confirmed",
        "contract.completed",
        "payment.received",
        "visit.completed",
        "sale.effective",
        "sale.rescinded",
    }
)
"""Records that can be a step."""

_ALWAYS: Final = {
    "sale.opened": SaleStep.OPENED,
    "match.acknowledged": SaleStep.MATCHED,
    "match.completed": SaleStep.REOPENED,
    "match.superseded": SaleStep.REOPENED,
    "match.withdrawn": SaleStep.REOPENED,
    "qualification.confirmed": SaleStep.QUALIFIED,
    "contract.completed": SaleStep.COMPLETED,
    "payment.received": SaleStep.PAID,
    "sale.rescinded": SaleStep.RESCINDED,
}
_SIGNED: Final = {"risk_disclosure": SaleStep.DISCLOSED, "fund_contract": SaleStep.SIGNED}
_MAY_SKIP: Final = frozenset({SaleStep.SIGNED, SaleStep.VISITED, SaleStep.EFFECTIVE})
_ENDS: Final = frozenset({SaleStep.VISITED, SaleStep.EFFECTIVE, SaleStep.RESCINDED})


class SaleLaw(Protocol):
    """What the law says of cooling-off; `ledger.rules.Rules` has it."""

    def cooling_off(self, product: ProductState, at: datetime | None = None) -> timedelta:
        """Return its length."""
        ...

    def cooling_off_start(self, product: ProductState) -> str:
        """Return what begins it."""
        ...


def sale_steps(reader: Reader, law: SaleLaw, stream: str) -> tuple[tuple[int, SaleStepWrite], ...]:
    """Return (record index, step) of all steps of a sale; none if the key of its records was destroyed."""
    events = reader.events(stream)
    if any(event.withheld for event in events if event.type in TYPES):
        return ()
    opened = events[0]
    if opened.type != "sale.opened":
        return ()
    told = _Told(opened, lambda: _product(reader, opened), lambda at: _investor(reader, opened, at))
    return tuple(told.steps(events, law))


@dataclass(slots=True)
class _Told:
    """What was told so far. The fund and the investor are looked at only where a step depends on them."""

    opened: Event
    fund: Callable[[], ProductState]
    person: Callable[[Event], InvestorState]
    done: set[SaleStep] = field(default_factory=set)
    reopened: bool = False
    count: int = 0

    def steps(self, events: Sequence[Event], law: SaleLaw) -> Iterator[tuple[int, SaleStepWrite]]:
        for event in events:
            step = _step(event)
            if step is None or not self._new(step, event):
                continue
            self.count += 1
            self.done.add(step)
            self.reopened = step is SaleStep.REOPENED or (self.reopened and step is not SaleStep.MATCHED)
            yield (
                event.index,
                SaleStepWrite(
                    sale=event.stream,
                    leaf=event.leaf,
                    step=step,
                    number=self.count,
                    at=event.occurred_at,
                    terms=_terms(self.fund(), law, event.occurred_at) if step is SaleStep.OPENED else None,
                    exempt=_exempt(self.person(event), event.occurred_at) if step in _MAY_SKIP else Exempt.NOTHING,
                ),
            )

    def _new(self, step: SaleStep, event: Event) -> bool:
        if self.done & _ENDS:  # after the visit a match may still fall, before the sale takes effect
            return False
        match step:
            case SaleStep.MATCHED:
                return step not in self.done or self.reopened
            case SaleStep.REOPENED:
                return SaleStep.MATCHED in self.done and not self.reopened and self._unsettled(event)
            case _:
                return step not in self.done

    def _unsettled(self, event: Event) -> bool:
        """Tell whether a match has to be acknowledged again before anything else can come."""
        if event.type == "match.superseded":  # binds whoever is ordinary (130号 art. 21)
            return self.person(event).standing.at(event.occurred_at) is None
        return event.type == "match.withdrawn" or SaleStep.SIGNED not in self.done


def _step(event: Event) -> SaleStep | None:
    match event.type:
        case "document.signed":
            return _SIGNED.get(event.text("purpose"))
        case "visit.completed":
            return SaleStep.VISITED if event.flag("successful") else None
        case "sale.effective":  # after a visit it is the visit that ended the sale
            return SaleStep.EFFECTIVE if event.fields["visit"] is None else None
        case _:
            return _ALWAYS.get(event.type)


def _terms(fund: ProductState, law: SaleLaw, at: datetime) -> SaleTerms:
    hours = -(-law.cooling_off(fund, at) // timedelta(hours=1))
    return SaleTerms(hours, law.cooling_off_start(fund), fund.return_visit)


def _exempt(person: InvestorState, at: datetime) -> Exempt:
    known = person.exemption
    if known is None or not known.stands(at):
        return Exempt.NOTHING
    return Exempt.VISIT if known.basis == INSTITUTION else Exempt.QUALIFICATION


def _product(reader: Reader, opened: Event) -> ProductState:
    stream = opened.text("product")
    return product.fold(stream, [e for e in reader.events(stream) if e.index < opened.index])


def _investor(reader: Reader, opened: Event, at: Event) -> InvestorState:
    stream = opened.text("investor")
    return investor.fold(stream, [e for e in reader.events(stream) if e.index < at.index])
