"""募集行为办法 art. 4: whoever sells holds the fund qualification."""

from datetime import datetime

from ledger.domain.actors import Role
from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.facts import actor_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/amac_raising/art4_staff"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """About persons who sell; ``facts.staff`` holds what is recorded of them."""
    by, actor = parameters.duties[KEY], actor_of(facts)
    if actor.role is not Role.SALES:
        return not_applicable(KEY, by, "the actor does not sell", "操作人不从事销售")
    known = facts.staff.get(actor.id)
    if known is None:
        en, zh = "the seller's fund qualification is not recorded", "未登记该销售人员的基金从业资格"
        return missing(
            KEY, by, en, zh, condition=("have an administrator record the qualification", "请由管理员登记从业资格")
        )
    if at >= known.valid_until:
        en = f"the seller's fund qualification ended at {to_text(known.valid_until)}"
        zh = "该销售人员的基金从业资格已失效"
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=(known.leaf,),
            condition=("record the renewed qualification", "请登记续期后的从业资格"),
        )
    return passed(KEY, by, "the seller is qualified", "销售人员具有基金从业资格", (known.leaf,), known.valid_until)


RULE = Rule(
    KEY,
    "staff_qualified",
    (KEY,),
    judge,
    steps=frozenset({Step.PROMOTE, Step.NOTIFY_UNSUITABLE, Step.OPEN, Step.MATCH, Step.PRESENT_CARE}),
    reads_inputs=True,
)
