"""130号令 art. 16: a risk rating looks at every factor that the order names."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, missing, passed
from ledger.rules.values import text

KEY = "cn/order_130/art16_rating_factors"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Further factors may be there."""
    del at
    by, given = parameters.lists[KEY], facts.inputs.get("factors")
    known = given if isinstance(given, dict) else {}
    absent = [item for item in by.items if known.get(text(item, "factor")) in {None, ""}]
    if absent:
        en, zh = ", ".join(text(i, "en") for i in absent), "、".join(text(i, "zh") for i in absent)
        names = ", ".join(text(i, "factor") for i in absent)
        return missing(
            KEY,
            by,
            f"the rating does not look at: {en}",
            f"评级未考虑：{zh}",
            condition=(f"add the factors {names}", f"请补充评级因素：{zh}"),
        )
    return passed(KEY, by, "every factor is looked at", "已综合考虑各项因素")


RULE = Rule(KEY, "rating_factors", (KEY,), judge, steps=frozenset({Step.RATE}), reads_inputs=True)
