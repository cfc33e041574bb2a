"""运作管理规定: no loan, bond or other borrowed money is invested in a plan."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule, failed, leaf, missing, passed

KEY = "cn/am_plan_rules/unnumbered_own_money"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The declaration is one of the words of the commitment."""
    del at
    by, investor = parameters.duties[KEY], facts.investor
    if investor.declared_at is None:
        en, zh = "no declaration of own money", "尚未声明自有资金"
        return missing(KEY, by, en, zh, condition="have the investor declare that the money is not borrowed")
    rests_on = leaf(investor.leaves, "qualification.declared")
    if not investor.own_funds_declared:
        return failed(KEY, by, "the money is not the investor's own", "投资资金非自有资金", rests_on=rests_on)
    return passed(KEY, by, "the investor declares own money", "投资者声明资金为自有资金", rests_on)


RULE = Rule(
    KEY,
    "own_funds",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
