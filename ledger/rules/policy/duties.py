"""Institution policy: which duty may do which step; an investor only ever acts in their own sale."""

from datetime import datetime

from ledger.domain.actors import Role
from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.errors import RulesetError
from ledger.rules.facts import actor_of, step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, passed
from ledger.rules.values import texts

KEY = "policy/duties"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Look the step's row up."""
    del at
    by, actor, step = parameters.lists[KEY], actor_of(facts), step_of(facts)
    row = by.by_key.get((step.value,))
    if row is None:
        raise RulesetError(f"says nothing about the step {step.value}", file=f"{KEY}.toml", key="value.items")
    roles = texts(row, "roles")
    if actor.role.value not in roles:
        return failed(
            KEY,
            by,
            f"{step.value} is not for {actor.role.value}",
            f"{_ZH[actor.role]}无权办理该步骤",
            condition=(
                f"have it done by {' or '.join(roles)}",
                f"请由以下职责的人员办理：{'、'.join(_ZH.get(role, role) for role in roles)}",
            ),
        )
    if actor.role is Role.INVESTOR and actor.id != facts.investor.stream:
        return failed(KEY, by, "this sale is another investor's", "不得代他人操作")
    return passed(KEY, by, f"{step.value} is for {actor.role.value}", "操作人职责相符")


_ZH = {
    "investor": "投资者",
    "sales": "销售人员",
    "certifier": "认定人员",
    "assessor": "评估人员",
    "visitor": "回访人员",
    "compliance": "合规人员",
    "auditor": "审计人员",
    "admin": "管理员",
    "system": "系统",
}

RULE = Rule(KEY, "duty", (KEY,), judge, steps=frozenset(Step))
