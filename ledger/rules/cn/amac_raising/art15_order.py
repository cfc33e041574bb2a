"""募集行为办法 art. 15 (with 29-31): the steps of a sale in their order; a finished sale takes no more."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import OF_SALE, SaleState, Step
from ledger.rules import exempting
from ledger.rules.errors import RulesetError
from ledger.rules.facts import instant_in, sale_of, step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, passed
from ledger.rules.values import Item, text, texts

KEY = "cn/amac_raising/art15_order"
DONE: Mapping[Step, Callable[[SaleState], bool]] = {
    Step.OPEN: lambda s: s.opened_at is not None,
    Step.MATCH: lambda s: s.matched_at is not None,
    Step.ACKNOWLEDGE_MATCH: lambda s: _after(s.match_acknowledged_at, s.matched_at),
    Step.PRESENT_CARE: lambda s: s.care_presented_at is not None,
    Step.ACKNOWLEDGE_CARE: lambda s: s.care_acknowledged_at is not None,
    Step.PRESENT_DISCLOSURE: lambda s: s.disclosure_presented_at is not None,
    Step.SIGN_DISCLOSURE: lambda s: s.disclosure_signed_at is not None,
    Step.CONFIRM_QUALIFICATION: lambda s: s.qualification_confirmed_at is not None,
    Step.SIGN_CONTRACT: lambda s: s.contract_signed_at is not None,
    Step.COMPLETE_CONTRACT: lambda s: s.contract_completed_at is not None,
    Step.RECEIVE_PAYMENT: lambda s: s.paid_at is not None,
    Step.VISIT: lambda s: s.visited is not None,
    Step.MAKE_EFFECTIVE: lambda s: s.effective_at is not None,
    Step.RESCIND: lambda s: s.rescinded_at is not None,
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Every step before this one is done, and none is done that closes it."""
    order, step = parameters.lists[KEY], step_of(facts)
    row = order.by_key.get((step.value,))
    if row is None:
        raise RulesetError(f"says nothing about the step {step.value}", file=f"{KEY}.toml", key="value.items")
    sale = SaleState("") if facts.sale is None and step is Step.OPEN else sale_of(facts)
    by = replace(order, citation=replace(order.citation, article=text(row, "article")))
    if closed := [s for s in _closing(row, step, sale) if DONE[s](sale)]:
        what = order.by_key[(closed[0].value,)]
        return failed(
            KEY,
            by,
            f"{text(row, 'en')}: too late, {text(what, 'en')} is done",
            f"{text(row, 'zh')}:{text(what, 'zh')}已完成,不得再进行",
            rests_on=_leaves(sale),
        )
    skipped = exempting.skipped(facts, parameters, at)
    absent = [order.by_key[(w,)] for w in texts(row, "requires") if w not in skipped and not DONE[Step(w)](sale)]
    if absent:
        return _too_early(facts, by.citation.article, order.by_key[(step.value,)], absent, parameters)
    arrived = instant_in(facts.inputs, "occurred_at") if step is Step.RECEIVE_PAYMENT else None
    if arrived is not None and sale.contract_signed_at is not None and arrived < sale.contract_signed_at:
        en, zh = "the money arrived before the contract was signed", "款项早于基金合同签署到账"
        return failed(
            KEY,
            by,
            en,
            zh,
            condition=("return the money and have it paid after signing", "请退回款项，并由投资者在签署基金合同后划付"),
        )
    return passed(KEY, by, f"{text(row, 'en')} is in order", f"{text(row, 'zh')}符合法定顺序", _leaves(sale))


def _closing(row: Item, step: Step, sale: SaleState) -> list[Step]:
    """Name the steps that close this one; a change for the worse reopens a match even after signature."""
    closing = [Step(word) for word in texts(row, "closed_by")]
    waits = sale.match_superseded_at is not None and sale.match_acknowledged_at is None
    reopened = sale.match_withdrawn_at is not None or waits
    if reopened and step in {Step.MATCH, Step.ACKNOWLEDGE_MATCH}:
        return [s for s in closing if s is not Step.SIGN_CONTRACT]
    return closing


def _too_early(facts: Facts, article: str, row: Item, absent: list[Item], parameters: Parameters) -> Finding:
    order = parameters.lists[KEY]
    by = replace(order, citation=replace(order.citation, article=article))
    en = ", ".join(text(item, "en") for item in absent)
    zh = "、".join(text(item, "zh") for item in absent)
    return failed(
        KEY,
        by,
        f"{text(row, 'en')} comes after: {en}",
        f"{text(row, 'zh')}须在以下步骤之后:{zh}",
        rests_on=() if facts.sale is None else _leaves(facts.sale),
        condition=(f"first: {en}", f"请先完成：{zh}"),
    )


def _after(moment: datetime | None, before: datetime | None) -> bool:
    return moment is not None and (before is None or moment >= before)


def _leaves(sale: SaleState) -> tuple[str, ...]:
    return tuple(sorted(sale.leaves.values()))


RULE = Rule(KEY, "order", (KEY,), judge, steps=OF_SALE - {Step.CONTACT}, also=(exempting.KEY,))
