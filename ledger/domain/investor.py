"""An investor as their own records tell it: a pure fold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from ledger.domain.events import Event, Value
from ledger.domain.instants import from_text
from ledger.domain.money import Money


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
    """A qualified-investor certification: granted on proof, expires, can be revoked."""

    leaf: str
    regime: str
    branch: str
    amount: Money
    granted_at: datetime
    valid_until: datetime
    granted_by: str
    sale: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InvestorState:
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
    proofs: tuple[Proof, ...] = ()
    certifications: tuple[Certification, ...] = ()
    leaves: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def assessment(self) -> Assessment | None:
        """The latest assessment, whatever its validity."""
        return self.assessments[-1] if self.assessments else None

    def certification(self, regime: str) -> Certification | None:
        """The latest certification under a regime, whatever its validity."""
        return next((c for c in reversed(self.certifications) if c.regime == regime), None)


def money_of(value: Value) -> Money:
    """Read a money field; ``ValueError`` when it is not one."""
    match value:
        case {"amount": str(amount), "currency": str(currency), **rest} if not rest:
            return Money.parse(amount, currency)
    msg = "money is written {amount, currency}, both strings"
    raise ValueError(msg)


def fold(stream: str, events: Iterable[Event]) -> InvestorState:
    """Fold an investor's ordered events. ``leaves`` maps each record type to its latest leaf."""
    state = InvestorState(stream)
    for event in events:
        leaves = MappingProxyType({**state.leaves, event.type: event.leaf})
        state = replace(state if event.withheld else _apply(state, event), leaves=leaves)
    return state


def _apply(state: InvestorState, event: Event) -> InvestorState:  # noqa: PLR0911 - one arm per record type
    at, fields = event.occurred_at, event.fields
    match event.type:
        case "investor.registered":
            return replace(state, registered_at=at, kind=event.text("kind"))
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
            return replace(state, notified_at=at)
        case "product.shown":
            product = event.text("product")
            return replace(state, shown=MappingProxyType({product: at, **state.shown}))
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
    )
