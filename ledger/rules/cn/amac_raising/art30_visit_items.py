"""募集行为办法 art. 30: eight questions, every answer affirmative, none led; only then the visit succeeds."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.events import Value
from ledger.domain.sale import Step
from ledger.rules.cn.amac_raising.art29_cooling_off import length, start
from ledger.rules.errors import FactsError
from ledger.rules.facts import sale_of
from ledger.rules.law import Listing, Parameters
from ledger.rules.rule import Rule, failed, leaf, missing, not_applicable, passed
from ledger.rules.values import whole

KEY = "cn/amac_raising/art30_visit_items"
PERIOD = "cn/amac_raising/art29_cooling_off"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A visit may be recorded once all items are asked, whatever the answers are."""
    del at
    by, answers = parameters.lists[KEY], facts.inputs.get("answers")
    if not isinstance(answers, dict) or not isinstance(facts.inputs.get("leading"), bool):
        en, zh = "answers and `leading` are not given", "未提供回访答复"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("ask every item, and say whether any question was leading", "请逐项回访，并说明有无诱导性陈述"),
        )
    if absent := _unanswered(by, answers):
        return missing(
            KEY,
            by,
            f"items not asked: {absent}",
            f"尚未回访的确认项：{absent}",
            condition=(f"ask the items {absent}", f"请回访以下确认项：{absent}"),
        )
    return passed(KEY, by, "every item was asked", "回访确认项均已询问")


def outcome(answers: Mapping[str, Value], *, leading: bool, parameters: Parameters) -> Finding:
    """Tell whether a visit with these answers succeeds."""
    by = parameters.lists[KEY]
    if absent := _unanswered(by, answers):
        en, zh = f"items not asked: {absent}", f"尚未回访的确认项：{absent}"
        return missing(KEY, by, en, zh, condition=(f"ask the items {absent}", f"请回访以下确认项：{absent}"))
    if leading:
        en, zh = "a leading question makes the visit void", "回访存在诱导性陈述，确认无效"
        return failed(
            KEY, by, en, zh, condition=("visit again without leading questions", "请重新回访，不得有诱导性陈述")
        )
    if denied := ", ".join(sorted(n for n, answer in answers.items() if answer is False)):
        en, zh = f"not affirmed: {denied}", f"投资者未确认的事项：{denied}"
        return failed(KEY, by, en, zh, condition=("clear these matters up and visit again", "请核实上述事项后重新回访"))
    return passed(KEY, by, "all items are affirmed", "全部回访事项均已确认")


def judge_effect(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A sale takes effect by a successful visit after cooling-off, where the contract has the visit."""
    del at
    by, sale = parameters.lists[KEY], sale_of(facts)
    if not facts.product.return_visit:
        return not_applicable(KEY, by, "the fund contract has no return visit", "基金合同未约定回访确认")
    end, visit = sale.cooling_off_ends(length(facts.product, parameters), start(facts.product)), sale.visited
    if visit is None or end is None or visit.at <= end or visit.visitor in sale.sellers:
        en, zh = "there is no successful return visit after cooling-off", "尚无冷静期后的成功回访"
        return failed(KEY, by, en, zh, condition=("make the return visit", "请进行回访确认"))
    rests_on = leaf(sale.leaves, "visit.completed")
    return passed(KEY, by, "the return visit succeeded", "回访确认成功", rests_on)


def _unanswered(items: Listing, answers: Mapping[str, Value]) -> str:
    wanted = [str(whole(item, "n")) for item in items.items]
    if unknown := sorted(set(answers) - set(wanted)):
        raise FactsError(f"the visit has no item {unknown[0]!r}: they are {', '.join(wanted)}", "回访确认项编号有误")
    return ", ".join(n for n in wanted if not isinstance(answers.get(n), bool))


RULE = Rule(KEY, "visit_items", (KEY,), judge, steps=frozenset({Step.VISIT}), reads_inputs=True)
EFFECT = Rule(f"{KEY}_effect", "visit_success", (KEY, PERIOD), judge_effect, steps=frozenset({Step.MAKE_EFFECTIVE}))
