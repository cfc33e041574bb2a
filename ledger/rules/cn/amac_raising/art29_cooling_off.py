"""募集行为办法 art. 29: at least 24 hours from the later of fully signed and paid; a visit inside them is void."""

from datetime import datetime, timedelta

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.rules.facts import sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, passed

KEY = "cn/amac_raising/art29_cooling_off"
TICK = timedelta(microseconds=1)
BOTH, SECURITIES = "signed_and_paid", "securities"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The period includes its last instant: a visit must come after it."""
    by, sale = parameters.periods[KEY], sale_of(facts)
    end = sale.cooling_off_ends(length(facts.product, parameters), start(facts.product))
    if end is None:
        en, zh = "cooling-off has not begun: it needs the complete contract and the payment", "冷静期尚未起算"
        return failed(
            KEY, by, en, zh, condition=("complete the contract and receive the payment", "请完成基金合同签署并收讫款项")
        )
    rests_on = leaves(sale.leaves, "contract.completed", "payment.received")
    if at <= end:
        return failed(
            KEY,
            by,
            f"cooling-off lasts until {to_text(end)}",
            "冷静期尚未届满，期间不得进行回访确认",
            rests_on=rests_on,
            condition=(f"wait until after {to_text(end)}", f"请等待至{to_text(end)}之后"),
            changes_at=end + TICK,
        )
    return passed(KEY, by, f"cooling-off ended at {to_text(end)}", "冷静期已届满", rests_on)


def start(product: ProductState) -> str:
    """Return what begins cooling-off: for securities funds the later of both, else what the contract says (art. 29)."""
    return BOTH if product.fund_type == SECURITIES else product.cooling_off_from


def length(product: ProductState, parameters: Parameters) -> timedelta:
    """Return the longer of the law's and the contract's period."""
    return max(parameters.periods[KEY].span(), timedelta(hours=product.cooling_off_hours))


RULE = Rule(KEY, "cooling_off_over", (KEY,), judge, steps=frozenset({Step.VISIT, Step.MAKE_EFFECTIVE}))
