"""募集行为办法 art. 26: each statement item of the risk disclosure is confirmed on its own before the signature."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.facts import sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, leaves, missing, passed
from ledger.rules.values import whole

KEY = "cn/amac_raising/art26_statement_items"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """All items confirmed since the disclosure was last presented."""
    del at
    by, sale = parameters.lists[KEY], sale_of(facts)
    presented = sale.disclosure_presented_at
    numbers = [whole(item, "n") for item in by.items]
    done = {n for n, when in sale.items.items() if presented is not None and when >= presented}
    if absent := [n for n in numbers if n not in done]:
        listed = ", ".join(str(n) for n in absent)
        return missing(
            KEY,
            by,
            f"statement items not yet confirmed: {listed}",
            f"尚未逐项确认的声明项：{listed}",
            condition=(f"have the investor confirm each of: {listed}", f"请由投资者逐项确认声明项：{listed}"),
        )
    rests_on = leaves(sale.leaves, "disclosure.presented", "disclosure.item_confirmed")
    return passed(KEY, by, f"all {len(numbers)} items are confirmed", f"{len(numbers)}项声明均已逐项确认", rests_on)


def judge_item(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The item to be confirmed is one of the statement."""
    del at
    by, number = parameters.lists[KEY], facts.inputs.get("item")
    if number is None:
        en, zh = "no item is named", "未说明声明项编号"
        return missing(KEY, by, en, zh, condition=("name the item", "请填写声明项编号"))
    if (number,) not in by.by_key or isinstance(number, bool):
        raise FactsError(f"the statement has items 1 to {len(by.items)}", f"声明项编号为1至{len(by.items)}")
    return passed(KEY, by, f"item {number} is one of the statement", f"第{number}项属于声明项")


RULE = Rule(KEY, "items_confirmed", (KEY,), judge, steps=frozenset({Step.SIGN_DISCLOSURE}))
ITEM = Rule(f"{KEY}_item", "item_known", (KEY,), judge_item, steps=frozenset({Step.CONFIRM_ITEM}), reads_inputs=True)
