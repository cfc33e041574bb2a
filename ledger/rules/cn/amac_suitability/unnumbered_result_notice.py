"""适当性指引: the investor is told the result of the assessment that counts."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, leaves, missing, passed

KEY = "cn/amac_suitability/unnumbered_result_notice"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A notice from before the last assessment told another result."""
    del at
    by, investor = parameters.counts[KEY], facts.investor
    known = assessment(investor)
    if known is None or investor.notified_at is None or investor.notified_at < known.completed_at:
        return missing(
            KEY,
            by,
            "the investor has not been told the result of the risk assessment",
            "风险测评结果尚未告知投资者",
            condition="show the result to the investor and have it acknowledged",
        )
    rests_on = leaves(investor.leaves, "assessment.notified")
    return passed(KEY, by, "the result was told to the investor", "测评结果已告知投资者", rests_on)


RULE = Rule(
    KEY,
    "result_notified",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.SHOW, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
