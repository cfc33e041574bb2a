"""105号令 art. 12: net assets of a unit, or financial assets or three-year average income of the person alone."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import thresholds
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule

KEY = "cn/order_105/art12_qualified_investor"
ASSETS = "cn/order_105/art12_financial_assets"
INCOME = "cn/order_105/art12_income"
NET_ASSETS = "cn/order_105/art12_net_assets"
BRANCHES = {
    "natural_person": {"financial_assets": ASSETS, "income": INCOME},
    "institution": {"net_assets": NET_ASSETS},
}
WORDS = {
    ASSETS: ("personal financial assets", "个人金融资产"),
    INCOME: ("personal average annual income of three years", "最近三年个人年均收入"),
    NET_ASSETS: ("net assets", "净资产"),
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The certified amount must reach the threshold of its branch; a household's means are not the person's."""
    return thresholds.judge(KEY, BRANCHES.get(facts.investor.kind, {}), WORDS, facts, parameters, at)


RULE = Rule(
    KEY,
    "qualified_investor",
    (ASSETS, INCOME, NET_ASSETS),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
CANDIDATE = Rule(
    f"{KEY}_candidate", "qualified_investor", RULE.needs, judge, steps=frozenset({Step.CERTIFY}), reads_inputs=True
)
