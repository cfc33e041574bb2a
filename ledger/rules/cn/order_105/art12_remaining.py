"""105号令 art. 12 (AMAC contract guideline no. 1): what remains after a redemption is nothing, or enough."""

from datetime import datetime
from decimal import Decimal

from ledger.domain.decision import Facts, Finding
from ledger.domain.holdings import Holding
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.rules import deemed
from ledger.rules.cn.order_105 import art12_minimum
from ledger.rules.errors import FactsError
from ledger.rules.facts import money_in
from ledger.rules.law import Parameters, Provision
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/order_105/art12_remaining"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A holder of more than the minimum may redeem in part while the minimum remains; of less, only all."""
    by, exempt = parameters.duties[KEY], parameters.duties.in_force(art12_minimum.EXEMPT)
    held, wanted = facts.investor.holdings.get(facts.product.stream), money_in(facts.inputs, "amount")
    if held is None:
        en, zh = "the investor holds nothing of this product, as far as is recorded", "未记录该投资者持有本产品份额"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("record the value that the registrar confirms", "请登记经份额登记机构确认的持有金额"),
        )
    rests_on = (held.leaf,)
    if wanted is None or not wanted.amount:
        en, zh = "no amount is named", "未说明赎回金额"
        return missing(KEY, by, en, zh, condition=("name the amount", "请填写赎回金额"), rests_on=rests_on)
    if wanted.currency != held.value.currency:
        raise FactsError(f"the amount is in {wanted.currency}: ask in {held.value.currency}", "赎回金额币种不一致")
    if wanted.amount < held.value.amount and exempt is not None and deemed.stands(facts, parameters, at) is not None:
        en, zh = "investors deemed qualified have no minimum", "视为合格投资者的，不受最低投资金额限制"
        return not_applicable(KEY, exempt, en, zh)
    return _remaining(by, held, wanted, art12_minimum.floor(facts, parameters))


def _remaining(by: Provision, held: Holding, wanted: Money, floor: Decimal) -> Finding:
    value, remaining = held.value.amount, held.value.amount - wanted.amount
    if remaining == 0:
        return passed(KEY, by, "all is redeemed", "全部赎回", (held.leaf,))
    if remaining >= floor:
        return passed(KEY, by, f"at least {floor} CNY remain", f"赎回后剩余不低于{floor}元", (held.leaf,))
    en, zh = f"{remaining} CNY would remain, less than {floor} CNY", f"赎回后剩余{remaining}元，低于{floor}元"
    if remaining < 0:
        en, zh = f"only {value} CNY are held", f"持有金额仅{value}元"
    most, most_zh = "", ""
    if value > floor:
        most, most_zh = f", or at most {value - floor} CNY", f"，或赎回不超过{value - floor}元"
    return failed(KEY, by, en, zh, rests_on=(held.leaf,), condition=(f"redeem all{most}", f"请全部赎回{most_zh}"))


RULE = Rule(
    KEY,
    "remaining",
    (KEY, art12_minimum.KEY),
    judge,
    steps=frozenset({Step.REDEEM}),
    reads_inputs=True,
    also=(art12_minimum.EXEMPT, *deemed.LISTS["cn_private_fund"]),
    drafted=(art12_minimum.BY_KIND,),
)
