"""105号令 art. 12: at least RMB 1,000,000 into one fund; the subscription fee comes on top and does not count."""

from datetime import datetime
from decimal import Decimal

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import deemed
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.rule import Rule, failed, leaf, missing, not_applicable, passed
from ledger.rules.values import whole

KEY = "cn/order_105/art12_minimum"
NET = "cn/order_105/art12_net_of_fee"
EXEMPT = "cn/order_105/art13_no_minimum"
TOP_UP = "cn/order_105/art12_top_up"
BY_KIND = "cn/order_105/art12_minimum_by_kind"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The amount must reach the higher of the law's and the fund contract's minimum."""
    limit, net = parameters.limits[KEY], parameters.duties.in_force(NET)
    exempt = parameters.duties.in_force(EXEMPT)
    if exempt is not None and deemed.stands(facts, parameters, at) is not None:
        en, zh = "investors deemed qualified have no minimum", "视为合格投资者的，不受最低投资金额限制"
        return not_applicable(KEY, exempt, en, zh)
    if facts.amount is None:
        return missing(
            KEY, limit, "no amount is named", "未说明认购金额", condition=("name the amount", "请填写认购金额")
        )
    if facts.amount.currency != limit.money.currency:
        raise FactsError(
            f"the amount is in {facts.amount.currency}: ask in {limit.money.currency}, as the minimum is",
            "认购金额须为人民币",
        )
    invested, en, zh = facts.amount.amount, "without fee", "不含认购费"
    if net is None:
        invested, en, zh = invested + (0 if facts.fee is None else facts.fee.amount), "with fee", "含认购费"
    least = floor(facts, parameters)
    if facts.product.minimum is not None and facts.product.minimum.amount > least:
        least = facts.product.minimum.amount
    rests_on = leaf(facts.product.leaves, "product.introduced")
    if facts.sale is not None:
        rests_on = (*rests_on, *leaf(facts.sale.leaves, "sale.opened"))
    if invested < least and (found := _added(facts, parameters, least)) is not None:
        return found._replace(rests_on=(*found.rests_on, *rests_on))
    if invested < least:
        return failed(
            KEY,
            limit,
            f"{invested} CNY {en} is below the minimum of {least} CNY",
            f"认购金额（{zh}）{invested}元低于最低{least}元",
            rests_on=rests_on,
            condition=(f"invest at least {least} CNY {en}", f"请将认购金额（{zh}）提高至不低于{least}元"),
        )
    said = str(least)
    return passed(KEY, limit, f"the amount {en} reaches {said} CNY", f"认购金额（{zh}）不低于{said}元", rests_on)


def floor(facts: Facts, parameters: Parameters) -> Decimal:
    """Return the law's minimum for this fund and this kind of investor, in CNY."""
    return _floor(parameters, facts.product.marks, facts.investor.kind)


def _added(facts: Facts, parameters: Parameters, least: Decimal) -> Finding | None:
    """Let whoever holds the minimum add less; the first purchase is what the minimum is for."""
    held, by = facts.investor.holdings.get(facts.product.stream), parameters.duties.in_force(TOP_UP)
    if held is None or by is None or held.value.amount < least:
        return None
    en, zh = f"an addition to a holding that reaches {least} CNY", f"已持有不低于{least}元的投资者追加投资"
    return passed(KEY, by, en, zh, (held.leaf,))


@once_per_law
def _floor(parameters: Parameters, marks: frozenset[str], kind: str) -> Decimal:
    """Return the highest of the law's minimum and the amounts for a fund with such marks and such an investor."""
    drafted = parameters.lists.drafted(BY_KIND)
    items = () if drafted is None else drafted.items
    rows = [r for r in items if r["mark"] in marks and r["kind"] in ("any", kind)]
    return max([parameters.limits[KEY].money.amount, *(Decimal(whole(row, "amount")) for row in rows)])


RULE = Rule(
    KEY,
    "minimum_amount",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}),
    also=(NET, EXEMPT, TOP_UP, *deemed.LISTS["cn_private_fund"]),
    drafted=(BY_KIND,),
)
