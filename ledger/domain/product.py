"""A product as its own records tell it: what it is, its risk level, whether it is on sale, who holds a seat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from ledger.domain.events import Event
from ledger.domain.instants import from_text, latest
from ledger.domain.investor import money_of
from ledger.domain.keeping import Keeping
from ledger.domain.lifecycle import Attached, Mandate, Material, Size, Stage, attached, mandate, material, size
from ledger.domain.money import Money

_HAPPENED = ("introduced_at", "rated_at", "approved_at", "listed_at", "suspended_at", "closed_at", "liquidated_at")
"""Instants at which something happened, none of which may lie after the one asked about."""


@dataclass(frozen=True, slots=True)
class ProductState(Keeping):
    """``seats`` maps a sale to the looked-through number of investors it takes, ``materials`` a digest to its check.

    ``disclosed`` maps the disclosure duties done, as (duty, period), to when first and by which record.
    ``also_requires``: foreign regimes under which an investor must be certified as well.
    """

    stream: str
    name: str = ""
    code: str = ""
    regime: str = ""
    fund_type: str = ""
    legal_form: str = ""
    manager: str = ""
    filing_number: str = ""
    raising_account: str = ""
    minimum: Money | None = None
    cooling_off_hours: int = 0
    cooling_off_from: str = "signed_and_paid"
    return_visit: bool = True
    special_risks: tuple[str, ...] = ()
    also_requires: tuple[str, ...] = ()
    introduced_by: str | None = None
    introduced_at: datetime | None = None
    risk_level: str | None = None
    manager_risk_level: str | None = None
    rated_at: datetime | None = None
    rated_by: str | None = None
    rating_valid_until: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    listed_at: datetime | None = None
    listed_from: str | None = None
    suspended_at: datetime | None = None
    closed_at: datetime | None = None
    liquidated_at: datetime | None = None
    liquidated_on: str | None = None
    filed_at: datetime | None = None
    documents: tuple[Attached, ...] = ()
    mandate: Mandate | None = None
    size: Size | None = None
    materials: Mapping[str, Material] = field(default_factory=lambda: MappingProxyType({}))
    disclosed: Mapping[tuple[str, str], tuple[datetime, str]] = field(default_factory=lambda: MappingProxyType({}))
    seats: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    leaves: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def latest(self) -> tuple[datetime, str] | None:
        """The latest instant at which something happened, and what."""
        return latest(self, _HAPPENED)

    @cached_property
    def marks(self) -> frozenset[str]:
        """What the fund is, in words: its type, how it is sold, its special risks."""
        basis = () if self.mandate is None else (self.mandate.basis,)
        return frozenset((self.fund_type, *basis, *self.special_risks))

    @cached_property
    def papers(self) -> Mapping[str, str]:
        """The latest record that attached a paper of each kind."""
        return {paper.kind: paper.leaf for paper in self.documents}

    @cached_property
    def seats_taken(self) -> int:
        """Looked-through investors that hold or have reserved a seat."""
        return sum(self.seats.values())

    @property
    def approved(self) -> bool:
        """Whether the rating that counts has been approved; a new rating waits for a new approval."""
        return self.approved_at is not None and self.rated_at is not None and self.approved_at >= self.rated_at

    @property
    def stage(self) -> Stage:
        """Where the product stands in its life."""
        if self.liquidated_at is not None:
            return Stage.LIQUIDATED
        if self.closed_at is not None:
            return Stage.CLOSED
        if self.suspended_at is not None:
            return Stage.SUSPENDED
        if self.listed_at is not None:
            return Stage.LISTED
        if self.approved:
            return Stage.APPROVED
        return Stage.INTRODUCED if self.rated_at is None else Stage.RATED


def fold(stream: str, events: Iterable[Event]) -> ProductState:
    """Fold a product's ordered events."""
    state, leaves = ProductState(stream), dict[str, str]()
    for event in events:
        leaves[event.type] = event.leaf
        if not event.withheld:
            state = _apply(state, event)
    return replace(state, leaves=MappingProxyType(leaves))


def _apply(state: ProductState, event: Event) -> ProductState:  # noqa: PLR0911 - one arm per record type
    at = event.occurred_at
    match event.type:
        case "product.introduced":
            return _introduced(state, event)
        case "product.rated":
            return replace(
                state,
                risk_level=event.text("risk_level"),
                manager_risk_level=event.text("manager_risk_level"),
                rated_at=at,
                rated_by=event.actor.id,
                rating_valid_until=from_text(event.text("valid_until")),
            )
        case "product.approved":
            return replace(state, approved_at=at, approved_by=event.actor.id)
        case "product.listed":
            return replace(state, listed_at=at, listed_from=event.text("from_day"), suspended_at=None)
        case "product.suspended":
            return replace(state, suspended_at=at)
        case "product.closed":
            return replace(state, closed_at=at)
        case "product.liquidated":
            return replace(state, liquidated_at=at, liquidated_on=event.text("liquidated_on"))
        case "product.seats_reserved":
            taken = event.integer("seats")
            return replace(state, seats=MappingProxyType({**state.seats, event.text("sale"): taken}))
        case "product.seats_released":
            gone = event.text("sale")
            return replace(state, seats=MappingProxyType({k: v for k, v in state.seats.items() if k != gone}))
        case _:
            return _papers(state, event)


def _papers(state: ProductState, event: Event) -> ProductState:  # noqa: PLR0911 - one arm per record type
    match event.type:
        case "product.document_attached":
            return replace(state, documents=(*state.documents, attached(event)))
        case "product.mandate_recorded":
            return replace(state, mandate=mandate(event))
        case "product.size_reported":
            return replace(state, size=size(event))
        case "product.material_checked":
            checked = material(event)
            return replace(state, materials=MappingProxyType({**state.materials, checked.sha256: checked}))
        case "product.material_withdrawn":
            return _withdrawn(state, event)
        case "product.filed":
            return replace(state, filed_at=state.filed_at or event.occurred_at)
        case "product.disclosed":
            done = {(event.text("duty"), event.text("period")): (event.occurred_at, event.leaf)}
            return replace(state, disclosed=MappingProxyType({**done, **state.disclosed}))
        case _:
            return state


def _withdrawn(state: ProductState, event: Event) -> ProductState:
    gone = state.materials.get(event.text("sha256"))
    if gone is None:
        return state
    ended = replace(gone, withdrawn_at=event.occurred_at)
    return replace(state, materials=MappingProxyType({**state.materials, ended.sha256: ended}))


def _introduced(state: ProductState, event: Event) -> ProductState:
    return replace(
        state,
        name=event.text("name"),
        code=event.text("code"),
        regime=event.text("regime"),
        fund_type=event.text("fund_type"),
        legal_form=event.text("legal_form"),
        manager=event.text("manager"),
        filing_number=event.text("filing_number"),
        raising_account=event.text("raising_account"),
        minimum=money_of(event.fields["minimum"]),
        cooling_off_hours=event.integer("cooling_off_hours"),
        cooling_off_from=event.text("cooling_off_from") if "cooling_off_from" in event.fields else "signed_and_paid",
        return_visit=event.flag("return_visit"),
        special_risks=event.texts("special_risks"),
        also_requires=event.texts("also_requires") if "also_requires" in event.fields else (),
        introduced_by=event.actor.id,
        introduced_at=event.occurred_at,
    )
