"""An investor as their own records tell it: a pure fold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from ledger.domain import (
    consents,
    due_diligence,
    holders,
    holdings,
    professional,
    profile,
    reviews,
    special,
    statements,
    upkeep,
)
from ledger.domain.consents import Consents
from ledger.domain.due_diligence import DueDiligence
from ledger.domain.events import Event, Value
from ledger.domain.holders import Holder
from ledger.domain.holdings import Holding
from ledger.domain.instants import from_text, latest
from ledger.domain.keeping import Keeping
from ledger.domain.money import Money
from ledger.domain.money import money_of as money_of  # noqa: PLC0414 - folds have always found it here
from ledger.domain.professional import Standing
from ledger.domain.profile import Exemption, Profile
from ledger.domain.reviews import Review
from ledger.domain.special import SpecialPurchase
from ledger.domain.statements import Statement
from ledger.domain.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Assessment:
    """A risk assessment's outcome. ``lowest`` is the flag inside C1 (风险承受能力最低类别)."""

    leaf: str
    tolerance: str
    lowest: bool
    score: int
    questionnaire: str
    version: str
    completed_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence of assets or income, before anybody certified it."""

    leaf: str
    kind: str
    amount: Money
    as_of: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Certification:
    """A qualified-investor certification: granted on proof, expires, can be revoked.

    ``experience_since``: the day since which investing was proven; ``manager``: whose own funds it is for (art. 13);
    ``particulars``: what a foreign regime asks for beside the amount.
    """

    leaf: str
    regime: str
    branch: str
    amount: Money
    granted_at: datetime
    valid_until: datetime
    granted_by: str
    sale: str
    revoked_at: datetime | None = None
    experience_since: str | None = None
    manager: str | None = None
    particulars: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


_HAPPENED = (
    "registered_at",
    "identity_verified_at",
    "agreement_accepted_at",
    "declared_at",
    "notified_at",
)
"""Instants at which something happened, none of which may lie after the one asked about."""


@dataclass(frozen=True, slots=True)
class InvestorState(Keeping):
    """Everything the rules may ask about an investor."""

    stream: str
    kind: str = "natural_person"
    registered_at: datetime | None = None
    code_digest: str | None = None
    code_expires_at: datetime | None = None
    identity_verified_at: datetime | None = None
    agreement_accepted_at: datetime | None = None
    declared_at: datetime | None = None
    declared_branch: str | None = None
    declared_active: bool = False
    own_funds_declared: bool = False
    self_purchase_declared: bool = False
    assessments: tuple[Assessment, ...] = ()
    notified_at: datetime | None = None
    shown: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    promoted: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    special: Mapping[str, SpecialPurchase] = field(default_factory=lambda: MappingProxyType({}))
    proofs: tuple[Proof, ...] = ()
    certifications: tuple[Certification, ...] = ()
    channel: str = ""
    profile: Profile | None = None
    holders: tuple[Holder, ...] = ()
    holders_at: datetime | None = None
    holdings: Mapping[str, Holding] = field(default_factory=lambda: holdings.NONE)
    exemption: Exemption | None = None
    standing: Standing = field(default_factory=Standing)
    statements: tuple[Statement, ...] = ()
    upkeep: Upkeep = field(default_factory=Upkeep)
    diligence: DueDiligence | None = None
    reviews: tuple[Review, ...] = ()
    consents: Consents = field(default_factory=lambda: consents.NONE)
    leaves: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def assessment(self) -> Assessment | None:
        """The assessment that counts: the one completed last, whatever its validity and the order of the records."""
        return max(self.assessments, key=lambda a: (a.completed_at, a.leaf), default=None)

    @cached_property
    def latest(self) -> tuple[datetime, str] | None:
        """The latest instant at which something happened, and what."""
        return latest(self, _HAPPENED)

    def exposed_at(self, product: str) -> datetime | None:
        """When the product was first shown or promoted to the investor."""
        moments = [at for at in (self.shown.get(product), self.promoted.get(product)) if at is not None]
        return min(moments, default=None)

    def certification(self, regime: str) -> Certification | None:
        """The latest certification under a regime, whatever its validity."""
        return next((c for c in reversed(self.certifications) if c.regime == regime), None)


def fold(stream: str, events: Iterable[Event]) -> InvestorState:
    """Fold an investor's ordered events. ``leaves`` maps each record type to its latest leaf."""
    state, leaves = InvestorState(stream), dict[str, str]()
    for event in events:
        leaves[event.type] = event.leaf
        if not event.withheld:
            state = _apply(state, event)
    return replace(state, leaves=MappingProxyType(leaves))


def _apply(state: InvestorState, event: Event) -> InvestorState:  # noqa: C901, PLR0911, PLR0912 - one arm per record type
    at, fields = event.occurred_at, event.fields
    match event.type:
        case "investor.registered":
            channel = event.text("channel") if "channel" in fields else ""
            return replace(state, registered_at=at, kind=event.text("kind"), channel=channel)
        case "investor.code_sent":
            return replace(
                state, code_digest=event.text("code_digest"), code_expires_at=from_text(event.text("expires_at"))
            )
        case "investor.identity_verified":
            return replace(state, identity_verified_at=at)
        case "agreement.accepted":
            return replace(state, agreement_accepted_at=at)
        case "qualification.declared":
            return replace(
                state,
                declared_at=at,
                declared_branch=event.text("branch"),
                declared_active=event.flag("active"),
                own_funds_declared=event.flag("own_funds"),
                self_purchase_declared=event.flag("self_purchase"),
            )
        case "assessment.completed":
            return replace(state, assessments=(*state.assessments, _assessment(event)))
        case "assessment.notified":
            return replace(state, notified_at=at, upkeep=upkeep.apply(state.upkeep, event))
        case "product.shown":
            product = event.text("product")
            return replace(state, shown=MappingProxyType({product: at, **state.shown}))
        case "product.promoted":
            promoted = event.text("product")
            return replace(state, promoted=MappingProxyType({promoted: at, **state.promoted}))
        case name if name in special.EVENTS:
            return replace(state, special=special.apply(state.special, event))
        case "proof.uploaded":
            proof = Proof(event.leaf, event.text("kind"), money_of(fields["amount"]), event.text("as_of"), at)
            return replace(state, proofs=(*state.proofs, proof))
        case "certification.granted":
            return replace(state, certifications=(*state.certifications, _certification(event)))
        case "certification.revoked":
            revoked = event.text("certification")
            return replace(
                state,
                certifications=tuple(
                    replace(c, revoked_at=at) if c.leaf == revoked and c.revoked_at is None else c
                    for c in state.certifications
                ),
            )
        case name if name in professional.EVENTS:
            return replace(state, standing=professional.apply(state.standing, event))
        case name if name in statements.EVENTS:
            return replace(state, statements=statements.apply(state.statements, event))
        case name if name in upkeep.EVENTS:
            return replace(state, upkeep=upkeep.apply(state.upkeep, event))
        case _:
            return _described(state, event)


def _described(state: InvestorState, event: Event) -> InvestorState:  # noqa: PLR0911 - one arm per record type
    match event.type:
        case "investor.profiled":
            return replace(state, profile=profile.profile(event))
        case "investor.holders_declared":
            return replace(state, holders=holders.parse(event.fields["holders"]), holders_at=event.occurred_at)
        case name if name in holdings.EVENTS:
            return replace(state, holdings=holdings.apply(state.holdings, event))
        case name if name in consents.EVENTS:
            return replace(state, consents=consents.apply(state.consents, event))
        case name if name in reviews.EVENTS:
            return replace(state, reviews=reviews.apply(state.reviews, event))
        case "cdd.completed":
            return replace(state, diligence=due_diligence.parse(event))
        case "exemption.granted":
            return replace(state, exemption=profile.exemption(event))
        case "exemption.revoked":
            known = state.exemption
            ended = None if known is None else replace(known, revoked_at=known.revoked_at or event.occurred_at)
            return replace(state, exemption=ended)
        case _:
            return state


def _assessment(event: Event) -> Assessment:
    return Assessment(
        leaf=event.leaf,
        tolerance=event.text("tolerance"),
        lowest=event.flag("lowest"),
        score=event.integer("score"),
        questionnaire=event.text("questionnaire"),
        version=event.text("version"),
        completed_at=event.occurred_at,
        valid_until=from_text(event.text("valid_until")),
    )


def _certification(event: Event) -> Certification:
    return Certification(
        leaf=event.leaf,
        regime=event.text("regime"),
        branch=event.text("branch"),
        amount=money_of(event.fields["amount"]),
        granted_at=event.occurred_at,
        valid_until=from_text(event.text("valid_until")),
        granted_by=event.actor.id,
        sale=event.text("sale"),
        experience_since=event.text("experience_since") if "experience_since" in event.fields else None,
        manager=event.text("manager") if "manager" in event.fields else None,
        particulars=MappingProxyType(event.mapping("particulars") if "particulars" in event.fields else {}),
    )
