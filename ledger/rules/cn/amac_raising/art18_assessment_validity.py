"""募集行为办法 art. 18: a risk assessment holds for three years at most; policy may shorten that."""

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules import nfra
from ledger.rules.cn.order_130 import art13_material_changes
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.rule import INVESTOR, Rule, failed, missing, passed

KEY = "cn/amac_raising/art18_assessment_validity"
CHANNEL = "cn/nfra_suitability/unnumbered_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The last assessment counts, until the earlier of its own end and the longest validity allowed."""
    longest = parameters.periods[KEY]
    known = assessment(facts.investor)
    if known is None:
        return missing(
            KEY,
            longest,
            "there is no risk assessment",
            "尚无风险测评",
            condition=("complete the risk questionnaire", "请完成风险测评"),
        )
    end = min(known.valid_until, longest.after(known.completed_at))
    if at >= end:
        return failed(
            KEY,
            longest,
            f"the risk assessment expired at {to_text(end)}",
            "风险测评已过有效期，须重新测评",
            rests_on=(known.leaf,),
            condition=("complete the risk questionnaire again", "请重新进行风险测评"),
        )
    return passed(KEY, longest, "the risk assessment is valid", "风险测评在有效期内", (known.leaf,), end)


RULE = Rule(
    KEY,
    "assessment_current",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.PROMOTE, Step.SHOW, Step.REQUEST, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=INVESTOR,
)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The assessment that counts is renewed before it ends, by its term or by a material change."""
    for stream, investor in book.investors.items():
        known = assessment(investor)
        longest = None if known is None else law(known.completed_at).periods.in_force(KEY)
        if known is None or longest is None:
            continue
        end = min(known.valid_until, longest.after(known.completed_at))
        channel = law(at).periods.in_force(CHANNEL)
        if channel is not None and (investor.channel,) in law(at).lists[nfra.BOUND].by_key:
            end = min(end, channel.after(known.completed_at))
        change = art13_material_changes.first(investor, known, law(at))
        early = change is not None and change.at < end
        yield Obligation(
            "assessment_renewal",
            longest,
            stream,
            "investor",
            known.completed_at,
            change.at if change is not None and early else end,
            ("the investor completes the questionnaire again", "投资者重新测评"),
            rests_on=(known.leaf, change.leaf) if change is not None and early else (known.leaf,),
            detail=("ended early by a material change", "因重要变化提前失效") if early else None,
        )
