"""The sale procedure as a pure fold (`design.md` §8; 募集行为办法 arts. 15, 29-31).

State comes from the ordered records, never from a status column. Whether a step is *allowed* is a rule's business
(`ledger/rules/procedure.py`); this module only knows what has happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from ledger.domain.actors import Role
from ledger.domain.events import Event
from ledger.domain.instants import latest
from ledger.domain.investor import money_of
from ledger.domain.keeping import Keeping
from ledger.domain.money import Money


class Step(StrEnum):
    """What can be asked: of an investor alone or before a sale, of a sale in its order, of a product in its life."""

    PROMOTE = "promote"
    REQUEST = "request"
    NOTIFY_UNSUITABLE = "notify_unsuitable"
    WARN = "warn"
    ACKNOWLEDGE_WARNING = "acknowledge_warning"
    INSIST = "insist"
    SHOW = "show"
    OPEN = "open"
    MATCH = "match"
    ACKNOWLEDGE_MATCH = "acknowledge_match"
    PRESENT_DISCLOSURE = "present_disclosure"
    CONFIRM_ITEM = "confirm_item"
    SIGN_DISCLOSURE = "sign_disclosure"
    CONFIRM_QUALIFICATION = "confirm_qualification"
    SIGN_CONTRACT = "sign_contract"
    COMPLETE_CONTRACT = "complete_contract"
    RECEIVE_PAYMENT = "receive_payment"
    VISIT = "visit"
    MAKE_EFFECTIVE = "make_effective"
    RESCIND = "rescind"
    CONTACT = "contact"
    CERTIFY = "certify"
    PRESENT_CARE = "present_care"
    ACKNOWLEDGE_CARE = "acknowledge_care"
    MANDATE = "mandate"
    ATTACH = "attach"
    RATE = "rate"
    APPROVE = "approve"
    LIST = "list"
    SUSPEND = "suspend"
    REPORT_SIZE = "report_size"
    PUBLISH = "publish"
    CLOSE = "close"
    LIQUIDATE = "liquidate"
    RECOGNISE_PROFESSIONAL = "recognise_professional"
    APPLY_PROFESSIONAL = "apply_professional"
    EXPLAIN_PROFESSIONAL = "explain_professional"
    TEST_PROFESSIONAL = "test_professional"
    DECIDE_PROFESSIONAL = "decide_professional"
    NOTIFY_PROFESSIONAL = "notify_professional"
    RENOUNCE_PROFESSIONAL = "renounce_professional"
    EXEMPT = "exempt"
    REDEEM = "redeem"


BEFORE_SALE = frozenset(
    {
        Step.PROMOTE,
        Step.REQUEST,
        Step.NOTIFY_UNSUITABLE,
        Step.WARN,
        Step.ACKNOWLEDGE_WARNING,
        Step.INSIST,
        Step.SHOW,
    }
)
"""Asked about an investor and a product."""

OF_PRODUCT = frozenset(
    {
        Step.MANDATE,
        Step.ATTACH,
        Step.RATE,
        Step.APPROVE,
        Step.LIST,
        Step.SUSPEND,
        Step.REPORT_SIZE,
        Step.PUBLISH,
        Step.CLOSE,
        Step.LIQUIDATE,
    }
)
"""Asked about a product alone."""

OF_INVESTOR = frozenset(
    {
        Step.RECOGNISE_PROFESSIONAL,
        Step.APPLY_PROFESSIONAL,
        Step.EXPLAIN_PROFESSIONAL,
        Step.TEST_PROFESSIONAL,
        Step.DECIDE_PROFESSIONAL,
        Step.NOTIFY_PROFESSIONAL,
        Step.RENOUNCE_PROFESSIONAL,
        Step.EXEMPT,
    }
)
"""Asked about an investor alone."""

OF_HOLDER = frozenset({Step.REDEEM})
"""Asked about an investor and a product they hold."""

OF_SALE = frozenset(Step) - BEFORE_SALE - OF_PRODUCT - OF_INVESTOR - OF_HOLDER
"""Asked about a sale; opening it begins one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One return visit. ``successful`` = eight affirmative answers, not led (art. 30)."""

    leaf: str
    at: datetime
    visitor: str
    successful: bool


@dataclass(frozen=True, slots=True)
class SampleVisit:
    """One suitability visit of a sample (130号 art. 29); not the return visit of the raising."""

    leaf: str
    period: str
    at: datetime


_HAPPENED = (
    "opened_at",
    "matched_at",
    "match_acknowledged_at",
    "match_superseded_at",
    "match_withdrawn_at",
    "care_presented_at",
    "care_acknowledged_at",
    "disclosure_presented_at",
    "disclosure_signed_at",
    "qualification_confirmed_at",
    "contract_signed_at",
    "contract_completed_at",
    "paid_at",
    "effective_at",
    "rescinded_at",
)
"""Instants at which something happened, none of which may lie after the one asked about."""


@dataclass(frozen=True, slots=True)
class SaleState(Keeping):
    """What has happened in a sale, and when."""

    stream: str
    investor: str = ""
    product: str = ""
    amount: Money | None = None
    fee: Money | None = None
    opened_at: datetime | None = None
    sellers: frozenset[str] = frozenset()
    own_request: bool = False
    channel: str = ""
    matched_at: datetime | None = None
    match_outcome: str | None = None
    match_tolerance: str | None = None
    match_lowest: bool = False
    match_risk_level: str | None = None
    match_acknowledged_at: datetime | None = None
    match_superseded_at: datetime | None = None
    match_withdrawn_at: datetime | None = None
    care_presented_at: datetime | None = None
    care_acknowledged_at: datetime | None = None
    disclosure_presented_at: datetime | None = None
    items: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))
    disclosure_signed_at: datetime | None = None
    disclosure_overtaken_at: datetime | None = None
    """When the first signed risk disclosure was signed, if the match was made again after it."""
    qualification_confirmed_at: datetime | None = None
    certification: str | None = None
    contract_signed_at: datetime | None = None
    contract_completed_at: datetime | None = None
    paid_at: datetime | None = None
    paid: Money | None = None
    payer_is_investor: bool = False
    paid_into: str | None = None
    contacts: tuple[datetime, ...] = ()
    visits: tuple[Visit, ...] = ()
    sample_visits: tuple[SampleVisit, ...] = ()
    effective_at: datetime | None = None
    rescinded_at: datetime | None = None
    leaves: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def latest(self) -> tuple[datetime, str] | None:
        """The latest instant at which something happened, and what."""
        return latest(self, _HAPPENED)

    @property
    def cooling_off_starts(self) -> datetime | None:
        """The later of *fully signed* and *paid* (art. 29, securities funds); ``None`` until both are there."""
        if self.contract_completed_at is None or self.paid_at is None:
            return None
        return max(self.contract_completed_at, self.paid_at)

    def cooling_off_started(self, by: str) -> datetime | None:
        """When cooling-off began by ``signed``, ``paid`` or the later of both; ``None`` until then."""
        match by:
            case "signed":
                return self.contract_completed_at
            case "paid":
                return self.paid_at
            case _:
                return self.cooling_off_starts

    def cooling_off_ends(self, length: timedelta, by: str = "signed_and_paid") -> datetime | None:
        """The instant at which cooling-off is over; ``None`` until it has started."""
        start = self.cooling_off_started(by)
        return None if start is None else start + length

    @property
    def first_disclosed_at(self) -> datetime | None:
        """When a risk disclosure was signed first; what rests on proof comes after it (art. 27)."""
        return self.disclosure_overtaken_at or self.disclosure_signed_at

    @property
    def visited(self) -> Visit | None:
        """The successful return visit, if there is one."""
        return next((v for v in self.visits if v.successful), None)


def fold(stream: str, events: Iterable[Event]) -> SaleState:
    """Fold a sale's ordered events. ``leaves`` maps each record type to its latest leaf."""
    state, leaves, sellers = SaleState(stream), dict[str, str](), set[str]()
    for event in events:
        leaves[_key(event)] = event.leaf
        if event.actor.role is Role.SALES:
            sellers.add(event.actor.id)
        if not event.withheld:
            state = _apply(state, event)
    return replace(state, leaves=MappingProxyType(leaves), sellers=frozenset(sellers))


def _key(event: Event) -> str:
    signed = event.type == "document.signed" and not event.withheld
    return f"{event.type}:{event.text('purpose')}" if signed else event.type


def _apply(state: SaleState, event: Event) -> SaleState:  # noqa: C901, PLR0911, PLR0912 - one arm per record type
    at, fields = event.occurred_at, event.fields
    match event.type:
        case "sale.opened":
            return replace(
                state,
                investor=event.text("investor"),
                product=event.text("product"),
                amount=money_of(fields["amount"]),
                fee=money_of(fields["fee"]),
                opened_at=at,
                own_request="own_request" in fields and event.flag("own_request"),
                channel=event.text("channel") if "channel" in fields else "",
            )
        case "match.completed" | "match.superseded" | "match.withdrawn":
            return _matched(state, event)
        case "match.acknowledged":
            return replace(state, match_acknowledged_at=at)
        case "care.presented":
            return replace(state, care_presented_at=at, care_acknowledged_at=None)
        case "care.acknowledged":
            return replace(state, care_acknowledged_at=at)
        case "disclosure.presented":
            # what was confirmed was confirmed of the paper shown before: a new one starts over
            return replace(state, disclosure_presented_at=at, items=MappingProxyType({}))
        case "disclosure.item_confirmed":
            return replace(state, items=MappingProxyType({**state.items, event.integer("item"): at}))
        case "document.signed":
            return _signed(state, event)
        case "qualification.confirmed":
            return replace(state, qualification_confirmed_at=at, certification=event.text("certification"))
        case "contract.completed":
            return replace(state, contract_completed_at=at)
        case "payment.received":
            return replace(
                state,
                paid_at=at,
                paid=money_of(fields["amount"]),
                payer_is_investor=event.flag("payer_is_investor"),
                paid_into=event.text("account"),
            )
        case "contact.made":
            return replace(state, contacts=(*state.contacts, at))
        case "visit.completed":
            visit = Visit(event.leaf, at, event.actor.id, event.flag("successful"))
            return replace(state, visits=(*state.visits, visit))
        case "sample.visited":
            sampled = SampleVisit(event.leaf, event.text("period"), at)
            return replace(state, sample_visits=(*state.sample_visits, sampled))
        case "sale.effective":
            return replace(state, effective_at=at)
        case "sale.rescinded":
            return replace(state, rescinded_at=at)
        case _:
            return state


def _matched(state: SaleState, event: Event) -> SaleState:
    """A superseded match is a new one that waits for its acknowledgement; a withdrawn one is none (130号 art. 21).

    So does one that is made again while such a one waits, or after one was withdrawn.
    """
    state = _overtaken(state, event)
    at, withdrawn = event.occurred_at, event.type == "match.withdrawn"
    waited = state.match_superseded_at is not None and state.match_acknowledged_at is None
    again = event.type == "match.superseded" or (not withdrawn and (waited or state.match_withdrawn_at is not None))
    return replace(
        state,
        matched_at=None if withdrawn else at,
        match_outcome=event.text("outcome"),
        match_tolerance=event.text("tolerance"),
        match_lowest=event.flag("lowest"),
        match_risk_level=event.text("risk_level"),
        match_acknowledged_at=None,
        match_superseded_at=at if again else None,
        match_withdrawn_at=at if withdrawn else None,
    )


def _overtaken(state: SaleState, event: Event) -> SaleState:
    """Papers that name another class or level than the new match are presented again, until the contract is signed.

    What was signed before stays on record; a signed contract stands, and its new match opinion is acknowledged.
    """
    told = (event.text("tolerance"), event.flag("lowest"), event.text("risk_level"))
    before = (state.match_tolerance, state.match_lowest, state.match_risk_level)
    if state.contract_signed_at is not None or before in {told, (None, False, None)}:
        return state
    if event.text("risk_level") != state.match_risk_level:
        state = replace(state, care_presented_at=None, care_acknowledged_at=None)
    return replace(
        state,
        disclosure_presented_at=None,
        items=MappingProxyType({}),
        disclosure_signed_at=None,
        disclosure_overtaken_at=state.first_disclosed_at,
    )


def _signed(state: SaleState, event: Event) -> SaleState:
    match event.text("purpose"):
        case "risk_disclosure":
            return replace(state, disclosure_signed_at=event.occurred_at)
        case "fund_contract":
            return replace(state, contract_signed_at=event.occurred_at)
        case _:
            return state
