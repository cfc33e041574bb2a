"""130号令 arts. 13, 21: after a material change of the investor's circumstances the assessment no longer holds."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.investor import Assessment, InvestorState
from ledger.domain.sale import Step
from ledger.domain.upkeep import Change
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import INVESTOR, Rule, failed, not_applicable, passed
from ledger.rules.values import text

KEY = "cn/order_130/art13_material_changes"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A change at the very instant of the assessment came after its answers, so it counts."""
    del at
    by, known = parameters.lists[KEY], assessment(facts.investor)
    if known is None:
        return not_applicable(KEY, by, "there is no risk assessment yet", "尚无风险测评")
    change = first(facts.investor, known, parameters)
    if change is None:
        return passed(KEY, by, "no material change since the assessment", "测评后未发生重要变化", (known.leaf,))
    rows = [by.by_key[what,] for what in change.what if (what,) in by.by_key]
    return failed(
        KEY,
        by,
        f"the investor's circumstances changed after the assessment: {', '.join(text(r, 'en') for r in rows)}",
        f"测评后投资者信息发生重要变化：{'、'.join(text(r, 'zh') for r in rows)}，须重新测评",
        rests_on=(known.leaf, change.leaf),
        condition=("complete the risk questionnaire again", "请重新进行风险测评"),
    )


def first(investor: InvestorState, since: Assessment, parameters: Parameters) -> Change | None:
    """Return the first material change not before ``since`` was completed, if there is one."""
    if not investor.upkeep.changes:
        return None
    by = parameters.lists.in_force(KEY)
    if by is None:
        return None
    known = [
        c for c in investor.upkeep.changes if c.at >= since.completed_at and any((w,) in by.by_key for w in c.what)
    ]
    return min(known, key=lambda c: (c.at, c.leaf), default=None)


RULE = Rule(
    KEY,
    "assessment_unchanged",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.SHOW, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=INVESTOR,
)
