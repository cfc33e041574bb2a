"""募集行为办法 art. 30: the return visit is made by staff who do not promote funds."""

from datetime import datetime

from ledger.domain.actors import Role
from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import actor_of, sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, passed

KEY = "cn/amac_raising/art30_visitor"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The visitor acts as visitor and has had no part in selling this sale."""
    del at
    by, sale, actor = parameters.duties[KEY], sale_of(facts), actor_of(facts)
    if actor.role is not Role.VISITOR or actor.id in sale.sellers:
        en, zh = "the return visit is made by someone outside sales", "回访须由从事销售推介业务以外的人员进行"
        return failed(
            KEY, by, en, zh, condition=("have a visitor outside sales make the visit", "请由募集人员以外的人员回访")
        )
    return passed(KEY, by, "the visitor is outside sales", "回访人员未参与销售推介")


RULE = Rule(KEY, "visitor", (KEY,), judge, steps=frozenset({Step.VISIT}))
