"""130号令 art. 27: an agent has the manager's data before it rates and sells; without them it refuses."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.papers import attached
from ledger.rules.rule import PRODUCT, Rule

KEY = "cn/order_130/art27_manager_data"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Own funds need no data from anybody else."""
    del at
    return attached(KEY, facts, parameters, "the manager's data are complete", "管理人提供的资料齐备")


RULE = Rule(
    KEY,
    "manager_data",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.RATE, Step.APPROVE, Step.LIST, Step.OPEN}),
    alone=PRODUCT,
)
