"""105号令 art. 12: asks for no investing experience; a draft that does is tried out by this rule."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import experience
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, not_applicable

KEY = "cn/order_105/art12_experience"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Speaks only where a number of years is asked for."""
    by = parameters.periods[KEY]
    if by.number == 0:
        return not_applicable(KEY, by, "no experience is asked for", "未要求投资经历")
    return experience.judge(KEY, facts, parameters, at)


RULE = Rule(
    KEY,
    "experience",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.CERTIFY, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
