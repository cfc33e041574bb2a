"""条例 art. 20: nothing is sold to an investor who holds for others."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import INVESTOR, Rule, failed, leaf, missing, passed

KEY = "cn/regulation_762/art20_nominee"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The investor declares to buy for themselves."""
    del at
    by, investor = parameters.duties[KEY], facts.investor
    if investor.declared_at is None:
        en, zh = "no declaration of buying for oneself", "尚未声明为本人购买"
        return missing(
            KEY, by, en, zh, condition=("have the investor declare to buy for themselves", "请由投资者声明为本人购买")
        )
    rests_on = leaf(investor.leaves, "qualification.declared")
    if not investor.self_purchase_declared:
        return failed(KEY, by, "the investor buys for others", "投资者为他人代持", rests_on=rests_on)
    return passed(KEY, by, "the investor buys for themselves", "投资者声明为本人购买", rests_on)


RULE = Rule(
    KEY, "not_nominee", (KEY,), judge, decides=True, steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}), alone=INVESTOR
)
