"""适当性指引: the investor is told the result of the assessment that counts."""

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import day_of
from ledger.domain.sale import Step
from ledger.rules import calendar
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.rule import INVESTOR, Rule, leaf, missing, ordinary_only, passed

KEY = "cn/amac_suitability/unnumbered_result_notice"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A notice from before the last assessment told another result."""
    by, investor = parameters.counts[KEY], facts.investor
    known = assessment(investor)
    if known is None and (standing := investor.standing.at(at)) is not None:
        return ordinary_only(KEY, by, standing)
    if known is None or investor.notified_at is None or investor.notified_at < known.completed_at:
        return missing(
            KEY,
            by,
            "the investor has not been told the result of the risk assessment",
            "风险测评结果尚未告知投资者",
            condition=(
                "show the result to the investor and have it acknowledged",
                "请向投资者告知风险测评结果并取得确认",
            ),
        )
    rests_on = leaf(investor.leaves, "assessment.notified")
    return passed(KEY, by, "the result was told to the investor", "测评结果已告知投资者", rests_on)


RULE = Rule(
    KEY,
    "result_notified",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.SHOW, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=INVESTOR,
)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The result is told within so many working days; a newer assessment before that takes its place."""
    del at
    for stream, investor in book.investors.items():
        known = sorted(investor.assessments, key=lambda a: (a.completed_at, a.leaf))
        for place, one in enumerate(known):
            after = known[place + 1] if place + 1 < len(known) else None
            parameters = law(one.completed_at)
            by = parameters.counts.in_force(KEY)
            if by is None:
                continue
            last, provisional = calendar.of(parameters).provisional(day_of(one.completed_at), by.number)
            acts = [(t, leaf) for t, leaf in investor.upkeep.notices if t >= one.completed_at]
            if after is not None:
                acts = [*[act for act in acts if act[0] < after.completed_at], (after.completed_at, after.leaf)]
            done_at, done_by = min(acts, default=(None, None))
            yield Obligation(
                "assessment_notice",
                by,
                stream,
                "investor",
                one.completed_at,
                calendar.ends(last),
                ("the investor is told the result", "将测评结果告知投资者"),
                done_at,
                done_by,
                (one.leaf,),
                provisional=provisional,
            )
