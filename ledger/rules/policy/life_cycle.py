"""Institution policy: the steps of a product's life come at their stages."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import OF_PRODUCT
from ledger.rules.errors import RulesetError
from ledger.rules.facts import step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, passed
from ledger.rules.values import text, texts

KEY = "policy/life_cycle"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Look the step's row up."""
    del at
    by, step, stage = parameters.lists[KEY], step_of(facts), facts.product.stage
    row = by.by_key.get((step.value,))
    if row is None:
        raise RulesetError(f"says nothing about the step {step.value}", file=f"{KEY}.toml", key="value.items")
    stages = texts(row, "stages")
    if stage.value not in stages:
        return failed(
            KEY,
            by,
            f"{text(row, 'en')} is not for a product that is {stage}",
            f"产品当前阶段（{_ZH[stage.value]}）不能进行{text(row, 'zh')}",
            rests_on=tuple(sorted(facts.product.leaves.values())),
            condition=(
                f"the product must be {' or '.join(stages)}",
                f"请在产品处于以下阶段时办理：{'、'.join(_ZH.get(s, s) for s in stages)}",
            ),
        )
    return passed(KEY, by, f"{text(row, 'en')} has its turn", f"可以进行{text(row, 'zh')}")


_ZH = {
    "introduced": "已引入",
    "rated": "已评级",
    "approved": "已审批",
    "listed": "已上架",
    "suspended": "已暂停",
    "closed": "已结束募集",
    "liquidated": "已清算",
}

RULE = Rule(KEY, "life_cycle", (KEY,), judge, steps=OF_PRODUCT)
