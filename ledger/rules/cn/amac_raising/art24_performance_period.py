"""募集行为办法 art. 24: performance of less than six months is not shown."""

from datetime import date, datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import months_after
from ledger.domain.sale import Step
from ledger.rules import wording
from ledger.rules.errors import FactsError
from ledger.rules.facts import day_from, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/amac_raising/art24_performance_period"
WORDS = "policy/performance_words"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A text that speaks of performance names the period of each performance it shows."""
    del at
    by, content = parameters.counts[KEY], text_in(facts.inputs, "text")
    periods = _periods(facts)
    if not periods:
        if content is not None and wording.mentions(content, parameters.lists[WORDS]):
            en, zh = "the text speaks of performance and names no period", "材料提及业绩但未说明业绩期间"
            return missing(
                KEY, by, en, zh, condition=("name the period of each performance shown", "请注明所展示各项业绩的期间")
            )
        return not_applicable(KEY, by, "no performance is shown", "未展示业绩")
    short = [f"{a.isoformat()} to {b.isoformat()}" for a, b in periods if b < months_after(a, by.number)]
    if short:
        return failed(
            KEY,
            by,
            f"performance of less than {by.number} months: {', '.join(short)}",
            f"展示的业绩期间不足{by.number}个月：{'、'.join(short)}",
            condition=(f"show performance of at least {by.number} months", f"请展示不少于{by.number}个月的业绩"),
        )
    return passed(KEY, by, f"every performance covers {by.number} months", f"业绩期间均不少于{by.number}个月")


def _periods(facts: Facts) -> list[tuple[date, date]]:
    given = facts.inputs.get("performance")
    found = []
    for period in given if isinstance(given, list) else []:
        if not isinstance(period, dict) or set(period) != {"from", "to"}:
            raise FactsError("a period of performance has from and to", "业绩期间须有起止日期")
        found.append((day_from(str(period["from"]), "from"), day_from(str(period["to"]), "to")))
    return found


RULE = Rule(KEY, "performance_period", (KEY, WORDS), judge, steps=frozenset({Step.PUBLISH}), reads_inputs=True)
