"""运作管理规定: at most two hundred investors in a collective plan, one in a single plan."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.rules import look_through
from ledger.rules.cn.order_105.art11_seats import others
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule, failed, leaf, passed
from ledger.rules.values import whole

KEY = "cn/am_plan_rules/unnumbered_head_count"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Seats of others plus this sale's own must not exceed the cap."""
    by, limit = parameters.lists[KEY], cap(facts.product, parameters)
    needed = others(facts) + look_through.seats(facts, parameters, at)
    rests_on = leaf(facts.product.leaves, "product.seats_reserved")
    if needed > limit:
        return failed(
            KEY,
            by,
            f"a {facts.product.legal_form} plan has at most {limit} investors, and this would be number {needed}",
            f"投资者人数超过上限{limit}人",
            rests_on=rests_on,
            condition=("wait until a seat is released", "请等待名额释放"),
        )
    return passed(KEY, by, f"seat {needed} of {limit}", f"投资者人数未超过上限{limit}人", rests_on)


def cap(product: ProductState, parameters: Parameters) -> int:
    """Return the cap of a plan; `FactsError` for a form that no plan has."""
    row = parameters.lists[KEY].by_key.get((product.legal_form,))
    if row is None:
        raise FactsError(f"a plan is collective or single, not {product.legal_form!r}", "资产管理计划须为集合或单一")
    return whole(row, "cap")


RULE = Rule(
    KEY,
    "seat_free",
    (KEY, look_through.DEPTH),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
