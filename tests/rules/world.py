"""A sale in which everything is in order, to be changed one fact at a time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ledger.domain.consents import Consent
from ledger.domain.decision import Facts
from ledger.domain.due_diligence import DueDiligence
from ledger.domain.holdings import Holding
from ledger.domain.institution import Qualification
from ledger.domain.investor import Assessment, Certification, InvestorState, Proof
from ledger.domain.lifecycle import Attached, Mandate
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.professional import Conversion, Professional
from ledger.domain.profile import Exemption, Profile
from ledger.domain.sale import SaleState, Visit
from ledger.domain.special import SpecialPurchase, Told

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
INVESTOR, PRODUCT, SALE = "a" * 64, "b" * 64, "c" * 64
SELLER, CERTIFIER, VISITOR, COMPLIANCE = "1" * 32, "2" * 32, "3" * 32, "4" * 32
HOUR = timedelta(hours=1)
# what has happened in the sale, in order, and how many hours before NOW
HOURS = {
    "opened_at": 60,
    "matched_at": 59,
    "match_acknowledged_at": 58,
    "disclosure_presented_at": 57,
    "disclosure_signed_at": 55,
    "qualification_confirmed_at": 50,
    "contract_signed_at": 40,
    "contract_completed_at": 30,
    "paid_at": 26,
}


PAPERS = (
    "manager_registration",
    "offering",
    "contract_template",
    "manager_rating",
    "sales_agreement",
    "agreement_annex",
)
ACTS = ("requested", "notified", "warned", "acknowledged", "insisted")


def _begun() -> Mapping[str, Any]:
    """What a scenario that speaks of a profile, an exemption or a standing begins with."""
    start, end = NOW - timedelta(days=20), NOW + timedelta(days=90)
    return {
        "profile": Profile(leaf("profile"), "legal_person", start),
        "exemption": Exemption(leaf("exemption"), "pension", start, end),
        "professional": Professional(leaf("professional"), "8_5", start, end),
        "conversion": Conversion(leaf("conversion"), start),
    }


def leaf(name: str) -> str:
    """Return a leaf-like name."""
    return name.encode().hex().ljust(64, "0")[:64]


def leaves(*types: str) -> Mapping[str, str]:
    """Return the map from record type to leaf."""
    return MappingProxyType({name: leaf(name) for name in types})


def investor() -> InvestorState:
    """Through the gate, C4, certified with the very threshold of financial assets."""
    start = NOW - timedelta(days=30)
    return InvestorState(
        INVESTOR,
        registered_at=start,
        identity_verified_at=start,
        agreement_accepted_at=start,
        declared_at=start,
        declared_branch="financial_assets",
        declared_active=True,
        own_funds_declared=True,
        self_purchase_declared=True,
        assessments=(
            Assessment(
                leaf("assessment"),
                tolerance="C4",
                lowest=False,
                score=60,
                questionnaire="natural_person",
                version="2024-01-01",
                completed_at=start,
                valid_until=start + timedelta(days=365),
            ),
        ),
        notified_at=start,
        proofs=(Proof(leaf("proof"), "bank_statement", Money(Decimal(3_000_000)), "2026-02-20", NOW - 54 * HOUR),),
        certifications=(
            Certification(
                leaf("certification"),
                "cn_private_fund",
                "financial_assets",
                Money(Decimal(3_000_000)),
                NOW - 52 * HOUR,
                NOW + timedelta(days=90),
                CERTIFIER,
                SALE,
            ),
        ),
        consents=consents("financial_account", "sharing"),
        diligence=DueDiligence(
            leaf("diligence"), start, beneficial_owners_known=True, risk="low", source_of_funds=None
        ),
        leaves=leaves(
            "investor.registered",
            "investor.identity_verified",
            "agreement.accepted",
            "qualification.declared",
            "assessment.completed",
            "assessment.notified",
        ),
    )


def consents(*purposes: str) -> Mapping[str, Consent]:
    """Return consents to these purposes."""
    at = NOW - timedelta(days=30)
    return MappingProxyType({name: Consent(leaf(f"consent {name}"), at, leaf(f"text {name}")) for name in purposes})


def holding(value: str) -> Mapping[str, Holding]:
    """Return a holding of the product worth so much."""
    return MappingProxyType({PRODUCT: Holding(leaf("holding"), NOW, Money(Decimal(value)), (SALE,))})


def product() -> ProductState:
    """R3, approved by a second person, listed, contract fund with one seat taken by the sale itself."""
    start = NOW - timedelta(days=100)
    return ProductState(
        PRODUCT,
        name="稳健一号",
        regime="cn_private_fund",
        fund_type="securities",
        legal_form="contract",
        manager="d" * 64,
        filing_number="SXX001",
        raising_account="6222-raising",
        minimum=Money(Decimal(1_000_000)),
        cooling_off_hours=24,
        introduced_by=COMPLIANCE,
        introduced_at=start,
        risk_level="R3",
        manager_risk_level="R3",
        rated_at=start,
        rating_valid_until=start + timedelta(days=360),
        approved_at=start,
        approved_by="5" * 32,
        listed_at=start,
        listed_from="2025-12-01",
        mandate=Mandate(leaf("mandate"), "agency", "LICENCE-1", "MEMBER-1", "2025-11-01", NOW + timedelta(days=300)),
        documents=tuple(paper(kind) for kind in PAPERS),
        seats=MappingProxyType({SALE: 1}),
        leaves=leaves(
            "product.introduced", "product.rated", "product.approved", "product.listed", "product.seats_reserved"
        ),
    )


def sale(done: str = "paid_at") -> SaleState:
    """A sale done up to and including one step of `HOURS`."""
    names = list(HOURS)
    state = SaleState(
        SALE,
        investor=INVESTOR,
        product=PRODUCT,
        amount=Money(Decimal(1_000_000)),
        fee=Money(Decimal(10_000)),
        sellers=frozenset({SELLER}),
        payer_is_investor=True,
        leaves=leaves("sale.opened"),
    )
    for name in names[: names.index(done) + 1]:
        moment: Any = NOW - HOURS[name] * HOUR
        state = replace(state, **{name: moment})
    if state.matched_at is not None:
        state = replace(state, match_outcome="match", match_tolerance="C4", match_risk_level="R3")
    if state.disclosure_signed_at is not None:
        items = {n: NOW - 56 * HOUR + timedelta(minutes=n) for n in range(1, 14)}
        state = replace(state, items=MappingProxyType(items))
    if state.qualification_confirmed_at is not None:
        state = replace(state, certification=leaf("certification"))
    if state.paid_at is not None:
        state = replace(state, paid=Money(Decimal(1_010_000)), paid_into="6222-raising")
    return state


def paper(kind: str) -> Attached:
    """Return an attached document."""
    return Attached(leaf(kind), kind, kind, leaf(f"sha256 {kind}"), NOW - timedelta(days=101))


def special(done: str, tolerance: str, level: str) -> SpecialPurchase:
    """Return an over-tolerance purchase, done up to and including one of `ACTS`, an hour apart."""
    far = ACTS.index(done)
    start = NOW - timedelta(days=5)
    told = [Told(leaf(f"told {n}"), start + n * HOUR, tolerance, level, leaf(f"text {n}")) for n in (1, 2)]
    return SpecialPurchase(
        PRODUCT,
        leaf("request"),
        start,
        unpromoted=True,
        notice=told[0] if far >= 1 else None,
        warning=told[1] if far >= 2 else None,
        acknowledged_at=start + 3 * HOUR if far >= 3 else None,
        insisted_at=start + 4 * HOUR if far >= 4 else None,
        leaves=tuple(leaf(f"act {n}") for n in range(far + 1)),
    )


def visited(state: SaleState, at: datetime = NOW) -> SaleState:
    """Add a successful visit."""
    return replace(state, visits=(Visit(leaf("visit"), at, VISITOR, successful=True),))


def facts(done: str | None = "paid_at") -> Facts:
    """Return the facts of the sale, or of the question without a sale."""
    return Facts(
        investor(),
        product(),
        None if done is None else sale(done),
        amount=Money(Decimal(1_000_000)),
        fee=Money(Decimal(10_000)),
        staff=MappingProxyType({SELLER: Qualification(leaf("qualified"), "A1", NOW + timedelta(days=365))}),
    )


BEGUN = _begun()
