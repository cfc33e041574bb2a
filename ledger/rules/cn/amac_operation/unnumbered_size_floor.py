"""运作指引: subscription of a securities fund stops when it stays too small."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import PRODUCT, Rule, failed, not_applicable, passed

KEY = "cn/amac_operation/unnumbered_size_floor"
DAYS = "cn/amac_operation/unnumbered_size_days"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """By the manager's latest notice: the year's average, or the trading days in a row below the floor."""
    del at
    floor, most, product = parameters.limits[KEY], parameters.counts[DAYS], facts.product
    if product.fund_type != "securities":
        return not_applicable(KEY, floor, "the fund is not a securities fund", "不属于私募证券投资基金")
    size = product.size
    if size is None:
        return not_applicable(KEY, floor, "the manager has given no notice of the size", "管理人尚未报告基金规模")
    amount = f"{floor.money.amount:f}"
    if size.year_average is not None and not size.year_average.at_least(floor.money):
        en, zh = f"the year's average size is below {amount}", f"上一年度日均基金资产净值低于{amount}元"
    elif size.days_below is not None and size.days_below >= most.number:
        en = f"below {amount} for {size.days_below} trading days in a row"
        zh = f"连续{size.days_below}个交易日基金资产净值低于{amount}元"
    else:
        return passed(KEY, floor, "the size does not stop subscription", "基金规模未触发停止申购", (size.leaf,))
    condition = (
        "stop subscription until the manager reports a size that allows it",
        "请停止申购，直至管理人报告的基金规模符合要求",
    )
    return failed(KEY, floor, en, f"{zh}，应停止申购", rests_on=(size.leaf,), condition=condition)


RULE = Rule(
    KEY,
    "size_stop",
    (KEY, DAYS),
    judge,
    decides=True,
    steps=frozenset({Step.LIST, Step.PROMOTE, Step.OPEN, Step.SIGN_CONTRACT}),
    alone=PRODUCT,
)
