"""募集行为办法 art. 31: the investor may rescind until the return visit has succeeded."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, passed

KEY = "cn/amac_raising/art31_rescission"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The end of cooling-off does not end the right."""
    del at
    by, sale = parameters.duties[KEY], sale_of(facts)
    if sale.visited is not None:
        en, zh = "the return visit has succeeded: the right to rescind is over", "回访确认成功后不得再行使解除权"
        return failed(KEY, by, en, zh, rests_on=leaf(sale.leaves, "visit.completed"))
    return passed(KEY, by, "the investor may rescind", "投资者有权解除合同")


RULE = Rule(KEY, "rescission_open", (KEY,), judge, steps=frozenset({Step.RESCIND}))
