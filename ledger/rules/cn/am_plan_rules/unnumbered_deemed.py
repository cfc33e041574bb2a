"""运作管理规定: who is qualified for a plan by what they are, on proof of the type."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.cn.order_105.art13_deemed import deem
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "cn/am_plan_rules/unnumbered_deemed"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The list is longer than that of order 105: supervised institutions are on it."""
    return deem(KEY, (KEY,), facts, parameters, at)


RULE = Rule(
    KEY,
    "qualified_investor",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
CANDIDATE = Rule(
    f"{KEY}_candidate",
    "qualified_investor",
    (KEY,),
    judge,
    steps=frozenset({Step.CERTIFY}),
    reads_inputs=True,
    regimes=CN_AM_PLAN,
)
