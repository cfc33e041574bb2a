"""130号令 art. 29: evaluation and sale are separate: whoever sold neither certifies nor confirms."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import actor_of, certification, sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, passed

KEY = "cn/order_130/art29_separation"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Separation is by person, whatever the role in which they act now."""
    by, sale, actor = parameters.duties[KEY], sale_of(facts), actor_of(facts)
    known = None if facts.step is Step.CERTIFY else certification(facts, at)
    if actor.id in sale.sellers or (known is not None and known.granted_by in sale.sellers):
        en, zh = "whoever sold may not certify or confirm the qualification", "销售人员不得办理本笔认购的合格投资者认定"
        return failed(
            KEY, by, en, zh, condition=("have a second person certify and confirm", "请由另一人进行认定与确认")
        )
    return passed(KEY, by, "certifier and seller are different persons", "认定人员与销售人员相互独立")


RULE = Rule(KEY, "separation", (KEY,), judge, steps=frozenset({Step.CERTIFY, Step.CONFIRM_QUALIFICATION}))
