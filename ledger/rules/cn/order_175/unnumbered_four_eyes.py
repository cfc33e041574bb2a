"""175号令: whoever introduced or rated a product does not approve it."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import actor_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, passed

KEY = "cn/order_175/unnumbered_four_eyes"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """By person, whatever the duty in which they act now."""
    del at
    by, product = parameters.duties[KEY], facts.product
    if actor_of(facts).id in {product.introduced_by, product.rated_by}:
        return failed(
            KEY,
            by,
            "whoever introduced or rated a product may not approve it",
            "引入人或评级人不得审批，请由另一人审批",
            rests_on=leaves(product.leaves, "product.introduced", "product.rated"),
            condition=("have a second person approve", "请由另一人审批"),
        )
    return passed(KEY, by, "a second person approves", "由另一人审批")


RULE = Rule(KEY, "four_eyes", (KEY,), judge, steps=frozenset({Step.APPROVE}), reads_inputs=True)
