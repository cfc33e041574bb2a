"""募集行为办法 art. 18: a risk assessment holds for three years at most; policy may shorten that."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "cn/amac_raising/art18_assessment_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The last assessment counts, until the earlier of its own end and the longest validity allowed."""
    longest = parameters.periods[KEY]
    known = assessment(facts.investor)
    if known is None:
        return missing(
            KEY, longest, "there is no risk assessment", "尚无风险测评", condition="complete the risk questionnaire"
        )
    end = min(known.valid_until, longest.after(known.completed_at))
    if at >= end:
        return failed(
            KEY,
            longest,
            f"the risk assessment expired at {to_text(end)}",
            "风险测评已过有效期，须重新测评",
            rests_on=(known.leaf,),
            condition="complete the risk questionnaire again",
        )
    return passed(KEY, longest, "the risk assessment is valid", "风险测评在有效期内", (known.leaf,), end)


RULE = Rule(
    KEY,
    "assessment_current",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.SHOW, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
