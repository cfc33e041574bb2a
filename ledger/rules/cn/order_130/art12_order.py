"""130号令 art. 12: application and statement, explanation and warning, test, decision, notice, in this order."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.professional import Conversion
from ledger.domain.sale import Step
from ledger.rules.facts import step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, passed
from ledger.rules.values import text, texts

KEY = "cn/order_130/art12_order"
DONE: Mapping[str, Callable[[Conversion], bool]] = {
    Step.APPLY_PROFESSIONAL: lambda _: True,
    Step.EXPLAIN_PROFESSIONAL: lambda c: c.explained_at is not None,
    Step.TEST_PROFESSIONAL: lambda c: c.tested_at is not None,
    Step.DECIDE_PROFESSIONAL: lambda c: c.decided_at is not None,
    Step.NOTIFY_PROFESSIONAL: lambda c: c.notified_at is not None,
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A new application begins anew; whoever is professional needs none."""
    by, step, known = parameters.lists[KEY], step_of(facts), facts.investor.standing.conversion
    row = by.by_key[(step.value,)]
    rests_on = leaves(facts.investor.leaves, "professional.applied", "professional.decided")
    if step is Step.APPLY_PROFESSIONAL and facts.investor.standing.at(at) is not None:
        en, zh = "the investor is professional already", "投资者已是专业投资者"
        return failed(KEY, by, en, zh, rests_on=rests_on)
    if known is None:
        absent = list(texts(row, "requires"))
    else:
        if closed := [w for w in texts(row, "closed_by") if DONE[w](known)]:
            what = by.by_key[(closed[0],)]
            en = f"{text(row, 'en')}: too late, {text(what, 'en')} is done; a new application begins anew"
            return failed(KEY, by, en, f"{text(what, 'zh')}已完成，须重新申请", rests_on=rests_on)
        absent = [w for w in texts(row, "requires") if not DONE[w](known)]
    if absent:
        rows = [by.by_key[(w,)] for w in absent]
        en, zh = ", ".join(text(r, "en") for r in rows), "、".join(text(r, "zh") for r in rows)
        return failed(
            KEY,
            by,
            f"{text(row, 'en')} comes after: {en}",
            f"{text(row, 'zh')}须在以下步骤之后：{zh}",
            condition=(f"first: {en}", f"请先完成：{zh}"),
        )
    return passed(KEY, by, f"{text(row, 'en')} is in order", f"{text(row, 'zh')}符合法定顺序", rests_on)


RULE = Rule(KEY, "conversion_order", (KEY,), judge, steps=frozenset(Step(word) for word in DONE))
