"""105号令 art. 11: the number of investors, looked through, stays within the cap of the fund's legal form."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.rules import look_through
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, passed
from ledger.rules.values import whole

KEY = "cn/order_105/art11_seats"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Seats of others plus this sale's own must not exceed the cap."""
    by, limit = parameters.lists[KEY], cap(facts.product, parameters)
    taken, own = others(facts), look_through.seats(facts, parameters, at)
    rests_on = leaf(facts.product.leaves, "product.seats_reserved")
    if taken + own > limit:
        return failed(
            KEY,
            by,
            f"{taken} of {limit} seats of this {facts.product.legal_form} are taken, {own} more are needed",
            f"投资者人数已达上限{limit}人",
            rests_on=rests_on,
            condition=("wait until a seat is released", "请等待名额释放"),
        )
    return passed(KEY, by, f"seat {taken + own} of {limit}", f"投资者人数未超过上限{limit}人", rests_on)


def cap(product: ProductState, parameters: Parameters) -> int:
    """Return the cap for a product's legal form; `FactsError` for a form the law does not name."""
    row = parameters.lists[KEY].by_key.get((product.legal_form,))
    if row is None:
        forms = ", ".join(str(form) for (form,) in parameters.lists[KEY].by_key)
        raise FactsError(f"legal form {product.legal_form!r} is none of {forms}", "产品法律形式未知")
    return whole(row, "cap")


def others(facts: Facts) -> int:
    """Count the looked-through investors of all other sales of the product."""
    product, sale = facts.product, facts.sale
    return product.seats_taken - (0 if sale is None else product.seats.get(sale.stream, 0))


RULE = Rule(
    KEY,
    "seat_free",
    (KEY, look_through.DEPTH),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
