"""运作管理规定: no loan, bond or other borrowed money is invested in a plan."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import own_money
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "cn/am_plan_rules/unnumbered_own_money"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The declaration is one of the words of the commitment."""
    del at
    condition = ("have the investor declare that the money is not borrowed", "请由投资者声明资金并非借贷等募集的资金")
    return own_money.judge(KEY, condition, facts, parameters)


RULE = Rule(
    KEY,
    "own_funds",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
