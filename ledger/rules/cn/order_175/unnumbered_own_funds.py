"""175号令: the investor confirms to invest own money."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import own_money
from ledger.rules.law import Parameters
from ledger.rules.rule import INVESTOR, Rule

KEY = "cn/order_175/unnumbered_own_funds"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The declaration is one of the words of the commitment."""
    del at
    condition = ("have the investor declare that the money is their own", "请由投资者声明资金为自有资金")
    return own_money.judge(KEY, condition, facts, parameters)


RULE = Rule(
    KEY, "own_funds", (KEY,), judge, decides=True, steps=frozenset({Step.OPEN, Step.SIGN_CONTRACT}), alone=INVESTOR
)
