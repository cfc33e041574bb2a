"""运作管理规定: means of the household or income of the person, or net assets of a legal person at the year's end."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import thresholds
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "cn/am_plan_rules/unnumbered_qualified_investor"
HOUSEHOLD_NET = "cn/am_plan_rules/unnumbered_household_net_financial_assets"
HOUSEHOLD = "cn/am_plan_rules/unnumbered_household_financial_assets"
INCOME = "cn/am_plan_rules/unnumbered_income"
NET_ASSETS = "cn/am_plan_rules/unnumbered_net_assets"
BRANCHES = {
    "natural_person": {
        "household_net_financial_assets": HOUSEHOLD_NET,
        "household_financial_assets": HOUSEHOLD,
        "income": INCOME,
    },
    "institution": {"net_assets": NET_ASSETS},
}
WORDS = {
    HOUSEHOLD_NET: ("net financial assets of the household", "家庭金融净资产"),
    HOUSEHOLD: ("financial assets of the household", "家庭金融资产"),
    INCOME: ("the person's average annual income of three years", "近三年本人年均收入"),
    NET_ASSETS: ("net assets at the end of the last year", "最近一年末净资产"),
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """One of the three suffices; two years of investing come on top."""
    return thresholds.judge(KEY, BRANCHES.get(facts.investor.kind, {}), WORDS, facts, parameters, at)


RULE = Rule(
    KEY,
    "qualified_investor",
    tuple(WORDS),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    regimes=CN_AM_PLAN,
)
CANDIDATE = Rule(
    f"{KEY}_candidate",
    "qualified_investor",
    RULE.needs,
    judge,
    steps=frozenset({Step.CERTIFY}),
    reads_inputs=True,
    regimes=CN_AM_PLAN,
)
