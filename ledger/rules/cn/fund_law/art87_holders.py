"""证券投资基金法 art. 87: never more than 200 investors in one fund, whatever its form."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import look_through
from ledger.rules.cn.order_105.art11_seats import others
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, passed

KEY = "cn/fund_law/art87_holders"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Seats of others plus those of this one."""
    limit = parameters.counts[KEY]
    rests_on = leaf(facts.product.leaves, "product.seats_reserved")
    if others(facts) + look_through.seats(facts, parameters, at) > limit.number:
        return failed(
            KEY,
            limit,
            f"the fund would have more than {limit.number} investors",
            f"合格投资者累计不得超过{limit.number}人",
            rests_on=rests_on,
            condition=("wait until a seat is released", "请等待名额释放"),
        )
    return passed(KEY, limit, f"at most {limit.number} investors", f"合格投资者累计未超过{limit.number}人", rests_on)


RULE = Rule(
    KEY,
    "holders",
    (KEY, look_through.DEPTH),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
