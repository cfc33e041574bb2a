"""运作管理规定: the least amount depends on the type of the plan, and on whether it holds non-standard assets."""

from datetime import datetime
from decimal import Decimal

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule, failed, missing, passed
from ledger.rules.values import whole

KEY = "cn/am_plan_rules/unnumbered_minimum"
NON_STANDARD = "cn/am_plan_rules/unnumbered_minimum_non_standard"
MARK = "non_standard_assets"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The amount without fee must reach the highest of type, non-standard assets and contract."""
    del at
    by, product = parameters.lists[KEY], facts.product
    row = by.by_key.get((product.fund_type,))
    if row is None:
        types = ", ".join(str(name) for (name,) in by.by_key)
        raise FactsError(f"plan type {product.fund_type!r} is none of {types}", "资产管理计划类型未知")
    if facts.amount is None:
        return missing(KEY, by, "no amount is named", "未说明参与金额", condition=("name the amount", "请填写参与金额"))
    if facts.amount.currency != "CNY":
        raise FactsError(f"the amount is in {facts.amount.currency}: ask in CNY", "参与金额须为人民币")
    floors = [Decimal(whole(row, "amount"))]
    if MARK in product.special_risks:
        floors.append(parameters.limits[NON_STANDARD].money.amount)
    if product.minimum is not None:
        floors.append(product.minimum.amount)
    floor, amount = max(floors), facts.amount.amount
    if amount < floor:
        return failed(
            KEY,
            by,
            f"{amount} CNY without fee is below the minimum of {floor} CNY",
            f"参与金额（不含费用）{amount}元低于最低{floor}元",
            condition=(
                f"invest at least {floor} CNY, fee not counted",
                f"请将参与金额（不含费用）提高至不低于{floor}元",
            ),
        )
    return passed(KEY, by, f"the amount without fee reaches {floor} CNY", f"参与金额不低于{floor}元")


RULE = Rule(
    KEY,
    "minimum_amount",
    (KEY, NON_STANDARD),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
