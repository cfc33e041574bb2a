"""运作管理规定: pools without legal personality are looked through by the thresholds of plans."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import deemed, look_through
from ledger.rules.cn.am_plan_rules.unnumbered_qualified_investor import BRANCHES, WORDS
from ledger.rules.cn.order_105.art13_look_through import look
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "cn/am_plan_rules/unnumbered_look_through"
HOLDERS = {"natural_person": BRANCHES["natural_person"], "legal_person": BRANCHES["institution"]}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Experience of the final investors is the certifier's to see; the list of holders does not carry it."""
    return look(KEY, HOLDERS, facts, parameters, at)


RULE = Rule(
    KEY,
    "final_investors",
    (KEY, look_through.DEPTH, *WORDS),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.CERTIFY, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
    also=deemed.LISTS["cn_am_plan"],
)
