"""130号令 art. 22: to the lowest class nothing above its level is sold at all; no warning and no signature mends it."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import BEFORE_SALE, Step
from ledger.rules import matching
from ledger.rules.errors import FactsError
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, not_applicable, ordinary_only, passed

KEY = "cn/order_130/art22_lowest_class"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Speaks about investors with the lowest-class flag only."""
    by, known, level = parameters.duties[KEY], assessment(facts.investor), facts.product.risk_level
    if (standing := facts.investor.standing.at(at)) is not None:
        return ordinary_only(KEY, by, standing)
    if known is None or level is None:
        return matching.unrated(KEY, by)
    if not known.lowest:
        return not_applicable(KEY, by, "the investor is not in the lowest class", "投资者不属于风险承受能力最低类别")
    rests_on = (known.leaf, *leaf(facts.product.leaves, "product.rated"))
    row = parameters.lists[matching.MATRIX].by_key.get((known.tolerance, True))
    if row is None:
        raise FactsError(f"the lowest class lies inside C1, not {known.tolerance!r}", "最低类别须属于C1")
    if row[level] != "buy":
        en, zh = f"the lowest class may not buy {level}", f"风险承受能力最低类别的投资者不得购买{level}产品"
        return failed(KEY, by, en, zh, rests_on=rests_on)
    return passed(KEY, by, f"the lowest class may buy {level}", f"最低类别投资者可购买{level}产品", rests_on)


RULE = Rule(
    KEY,
    "lowest_class",
    (KEY, matching.MATRIX),
    judge,
    decides=True,
    steps=BEFORE_SALE | {Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT},
)
