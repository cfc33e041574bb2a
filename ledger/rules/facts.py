"""Which of several facts counts, and what makes facts unusable. Independent of the order they are given in."""

from collections.abc import Mapping
from datetime import date, datetime

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.domain.investor import Assessment, Certification, InvestorState, money_of
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState, Step
from ledger.rules.errors import FactsError

LEVELS = ("R1", "R2", "R3", "R4", "R5")


def check(facts: Facts, at: datetime) -> None:
    """Raise `FactsError` for facts of another sale, in another currency, or from after ``at``."""
    investor, product, sale = facts.investor, facts.product, facts.sale
    if sale is not None:
        if sale.investor and sale.investor != investor.stream:
            raise FactsError(
                "the sale is another investor's: fold the investor that the sale names", "认购不属于该投资者"
            )
        if sale.product and sale.product != product.stream:
            raise FactsError("the sale is of another product: fold the product that the sale names", "认购不属于该产品")
        _not_later(sale, at)
    _not_later(investor, at)
    _not_later(product, at)
    if product.risk_level is not None and product.risk_level not in LEVELS:
        raise FactsError(f"risk level {product.risk_level!r} is none of R1 to R5", "产品风险等级须为R1至R5")
    amount = facts.amount
    if amount is not None and facts.fee is not None and facts.fee.currency != amount.currency:
        raise FactsError("amount and fee are in different currencies", "金额与费用币种不一致")
    if amount is not None and product.minimum is not None and product.minimum.currency != amount.currency:
        raise FactsError(
            f"the amount is in {amount.currency}: ask in {product.minimum.currency}, as the product is",
            "金额币种与产品币种不一致",
        )


def assessment(investor: InvestorState) -> Assessment | None:
    """Return the assessment that counts: the one completed last."""
    return investor.assessment


def certification(facts: Facts, at: datetime) -> Certification | None:
    """Return the certification that counts for this product's regime.

    One named by the step or already bound to the sale counts as it is. Otherwise the one that stands longest at
    ``at``, or the last granted if none stands, so that the reason tells what became of it.
    """
    found = facts.counting  # half a dozen rules ask in every decision
    if at not in found:
        found[at] = _certification(facts, at)
    return found[at]


def _certification(facts: Facts, at: datetime) -> Certification | None:
    named = facts.inputs.get("certification")
    sale = facts.sale
    if named is None and sale is not None:
        named = sale.certification
    if named is not None:
        return next((c for c in facts.investor.certifications if c.leaf == named), None)
    if not facts.investor.certifications:
        return None
    regime = facts.product.regime
    known = [c for c in facts.investor.certifications if c.regime == regime and (sale is None or c.sale == sale.stream)]
    if len(known) < 2:  # noqa: PLR2004 - one or none needs no choice
        return known[0] if known else None
    standing = [c for c in known if c.valid_until > at and (c.revoked_at is None or c.revoked_at > at)]
    return max(standing or known, key=lambda c: (c.valid_until if standing else c.granted_at, c.granted_at, c.leaf))


def sale_of(facts: Facts) -> SaleState:
    """Return the sale; `FactsError` when the question has none."""
    if facts.sale is None:
        raise FactsError("this step belongs to a sale: open the sale first", "该步骤需先发起认购")
    return facts.sale


def actor_of(facts: Facts) -> Actor:
    """Return who acts; `FactsError` when nobody is named."""
    if facts.actor is None:
        raise FactsError("the actor is not named: ask with the person who does the step", "未说明操作人")
    return facts.actor


def step_of(facts: Facts) -> Step:
    """Return the step; `FactsError` when none is named."""
    if facts.step is None:
        raise FactsError("the step is not named", "未说明步骤")
    return facts.step


def money_in(inputs: Mapping[str, Value], name: str) -> Money | None:
    """Return a money input, or ``None`` when it was not given."""
    value = inputs.get(name)
    if value is None:
        return None
    try:
        return money_of(value)
    except (ValueError, ArithmeticError) as error:
        raise FactsError(f"{name} is not money: write {{amount, currency}}", f"{name} 金额格式有误") from error


def instant_in(inputs: Mapping[str, Value], name: str) -> datetime | None:
    """Return an instant input, or ``None`` when it was not given."""
    value = inputs.get(name)
    if value is None:
        return None
    try:
        return from_text(str(value))
    except ValueError as error:
        raise FactsError(
            f"{name} is not an instant: write YYYY-MM-DDThh:mm:ss.ffffffZ", f"{name} 时间格式有误"
        ) from error


def text_in(inputs: Mapping[str, Value], name: str) -> str | None:
    """Return a text input, or ``None`` when it was not given."""
    value = inputs.get(name)
    if value is not None and not isinstance(value, str):
        raise FactsError(f"{name} must be text", f"{name} 须为文本")
    return value


def day_from(text: str, what: str) -> date:
    """Read a calendar day; `FactsError` otherwise."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FactsError(
            f"{what} {text!r} is not a day: write YYYY-MM-DD", f"{what} 日期格式应为 YYYY-MM-DD"
        ) from error


def _not_later(state: InvestorState | ProductState | SaleState, at: datetime) -> None:
    found = state.latest
    if found is not None and found[0] > at:
        raise FactsError(
            f"{found[1]} is {to_text(found[0])}, after the instant asked about: fold the facts as of that instant",
            f"{found[1]} 晚于所询问的时间",
        )
