"""The stages of an investor's way (募集行为办法 arts. 15-31): order, whose turn each is, when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.actors import Role
from ledger.domain.investor import InvestorState
from ledger.domain.sale import SaleState, Step


@dataclass(frozen=True, slots=True)
class Where:
    """What the stages are judged by."""

    verified: bool
    investor: InvestorState
    sale: SaleState | None
    consents: frozenset[str]
    asked: bool
    cooled: bool
    read: bool
    owners: bool = True

    def in_sale(self, read: Callable[[SaleState], datetime | None]) -> datetime | None:
        """Read an instant of the sale, where there is one."""
        return None if self.sale is None else read(self.sale)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: whose turn it is, the record type whose article asks for it, and when it was done (if it was)."""

    key: str
    phase: str
    whose: Role
    record: str
    done: Callable[[Where], bool]
    step: Step | None = None


def _assessed(where: Where) -> bool:
    return where.investor.assessment is not None


def _notified(where: Where) -> bool:
    known, told = where.investor.assessment, where.investor.notified_at
    return known is not None and told is not None and told >= known.completed_at


def _proved(where: Where) -> bool:
    """A proof given after the risk disclosure was signed, or a confirmation that needed none."""
    if where.in_sale(lambda s: s.qualification_confirmed_at):
        return True
    signed = where.in_sale(lambda s: s.first_disclosed_at)
    return signed is not None and any(p.uploaded_at >= signed for p in where.investor.proofs)


def _of_sale(name: str) -> Callable[[Where], bool]:
    return lambda where: where.in_sale(lambda sale: getattr(sale, name)) is not None


def _acknowledged(where: Where) -> bool:
    """A match that was made again waits for its acknowledgement again."""
    if where.sale is None or where.sale.matched_at is None or where.sale.match_acknowledged_at is None:
        return False
    return where.sale.match_acknowledged_at >= where.sale.matched_at


def _shown(where: Where) -> bool:
    return where.sale is not None and where.sale.product in where.investor.shown


def _read(where: Where) -> bool:
    """Every page was on the screen; whoever has begun to confirm or has signed elsewhere is not sent back."""
    if where.sale is None or where.sale.disclosure_presented_at is None:
        return False  # not shown yet, or overtaken by a new match
    return where.read or bool(where.sale.items) or where.sale.disclosure_signed_at is not None


EXEMPT = {
    "items": "confirm_item",
    "proof": "certify",
    "review": "confirm_qualification",
    "cooling_off": "visit",
    "visit": "visit",
}
"""Stages that fall away where art. 32 lets an investor skip the step."""

_I, _S = Role.INVESTOR, Role.SALES
STAGES = (
    Stage("identity", "gate", _I, "investor.identity_verified", lambda w: w.verified),
    Stage("agreement", "gate", _I, "agreement.accepted", lambda w: w.investor.agreement_accepted_at is not None),
    Stage("declaration", "gate", _I, "qualification.declared", lambda w: w.investor.declared_active),
    Stage("owners", "gate", _I, "owners.confirmed", lambda w: w.owners),
    Stage("consents", "gate", _I, "consent.given", lambda w: not w.consents - set(w.investor.consents)),
    Stage("questionnaire", "gate", _I, "assessment.completed", _assessed),
    Stage("result", "gate", _I, "assessment.notified", _notified),
    Stage("offer", "product", _S, "match.completed", _of_sale("matched_at"), Step.MATCH),
    Stage("product", "product", _I, "product.shown", _shown),
    Stage("match", "product", _I, "match.acknowledged", _acknowledged, Step.ACKNOWLEDGE_MATCH),
    Stage("care", "product", _I, "care.acknowledged", _of_sale("care_acknowledged_at"), Step.ACKNOWLEDGE_CARE),
    Stage("disclosure", "risk", _I, "disclosure.presented", _read),
    Stage("items", "risk", _I, "disclosure.item_confirmed", lambda _: False, Step.CONFIRM_ITEM),
    Stage("sign_disclosure", "risk", _I, "document.signed", _of_sale("disclosure_signed_at"), Step.SIGN_DISCLOSURE),
    Stage("proof", "proof", _I, "proof.uploaded", _proved),
    Stage("review", "proof", Role.CERTIFIER, "qualification.confirmed", _of_sale("qualification_confirmed_at")),
    Stage("contract", "contract", _I, "document.signed", _of_sale("contract_signed_at"), Step.SIGN_CONTRACT),
    Stage("seal", "contract", Role.COMPLIANCE, "contract.completed", _of_sale("contract_completed_at")),
    Stage("payment", "contract", Role.COMPLIANCE, "payment.received", _of_sale("paid_at")),
    Stage("cooling_off", "visit", _I, "contract.completed", lambda w: w.cooled),
    Stage("visit", "visit", _I, "visit.completed", lambda w: w.asked),
    Stage("confirmation", "visit", Role.VISITOR, "visit.completed", _of_sale("effective_at"), Step.VISIT),
)
"""The way of an investor (募集行为办法 arts. 15-31) in its order; `owners` is an institution's alone."""
