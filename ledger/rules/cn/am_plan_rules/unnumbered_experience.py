"""运作管理规定: a natural person has invested for two years, whatever the means are."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import experience
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "cn/am_plan_rules/unnumbered_experience"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The certification says since when the person invests, on proof."""
    return experience.judge(KEY, facts, parameters, at)


RULE = Rule(
    KEY,
    "experience",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.CERTIFY, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
