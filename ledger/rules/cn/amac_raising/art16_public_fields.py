"""募集行为办法 art. 16: unspecified persons are shown what the article lists, and nothing else."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed
from ledger.rules.values import text

KEY = "cn/amac_raising/art16_public_fields"
AUDIENCES = ("public", "specific_persons")


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Material for specific persons is free in what it shows."""
    del at
    by, audience = parameters.lists[KEY], text_in(facts.inputs, "audience")
    if audience not in AUDIENCES:
        raise FactsError(f"audience must be one of {', '.join(AUDIENCES)}", "须说明宣传对象")
    if audience != "public":
        return not_applicable(KEY, by, "the material is for specific persons", "面向特定对象")
    shown = facts.inputs.get("fields")
    if not isinstance(shown, list) or not shown:
        en, zh = "what the public page shows is not listed", "未列明公开宣传的内容"
        return missing(KEY, by, en, zh, condition=("list the fields that the page shows", "请列明页面展示的内容"))
    if beyond := sorted({str(field) for field in shown if (field,) not in by.by_key}):
        return failed(
            KEY,
            by,
            f"not for the public: {', '.join(beyond)}",
            f"超出公开宣传范围：{'、'.join(beyond)}",
            condition=(
                f"show only {', '.join(str(field) for (field,) in by.by_key)}",
                f"请仅展示：{'、'.join(text(item, 'zh') for item in by.items)}",
            ),
        )
    return passed(KEY, by, "the page shows only what the article lists", "公开宣传内容在规定范围内")


RULE = Rule(KEY, "public_page", (KEY,), judge, steps=frozenset({Step.PUBLISH}), reads_inputs=True)
