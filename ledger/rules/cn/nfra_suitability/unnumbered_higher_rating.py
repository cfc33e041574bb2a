"""金融机构产品适当性管理办法: in bank channels the higher of differing product ratings is matched (孰高)."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import matching, nfra
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, not_applicable, ordinary_only, passed

KEY = "cn/nfra_suitability/unnumbered_higher_rating"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Both sets apply: the class must fit the higher of own and manager's rating, or the procedure be complete."""
    by, known, product = parameters.duties[KEY], assessment(facts.investor), facts.product
    if not nfra.bound(facts, parameters):
        return not_applicable(KEY, by, "the order does not bind this channel", "该办法不适用于本渠道")
    if (standing := facts.investor.standing.at(at)) is not None:
        return ordinary_only(KEY, by, standing)
    if known is None or product.risk_level is None:
        return matching.unrated(KEY, by)
    level = max(product.risk_level, product.manager_risk_level or product.risk_level)
    rests_on = (known.leaf, *leaf(product.leaves, "product.rated"))
    word = matching.cell(known.tolerance, known.lowest, level, parameters)
    if word == "buy" or (word == "special" and matching.lack(facts) is None):
        return passed(KEY, by, f"{known.tolerance} is matched with {level}", f"按孰高等级{level}匹配", rests_on)
    return failed(
        KEY,
        by,
        f"{known.tolerance} does not fit {level}, the higher of the ratings",
        f"{known.tolerance}与孰高风险等级{level}不匹配",
        rests_on=rests_on,
    )


RULE = Rule(
    KEY,
    "suitable_in_channel",
    (KEY, nfra.BOUND, matching.MATRIX),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
