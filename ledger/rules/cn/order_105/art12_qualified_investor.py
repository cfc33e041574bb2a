"""105号令 art. 12: net assets of a unit, or financial assets or three-year average income of the person alone."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import thresholds
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.rule import Rule
from ledger.rules.values import text

KEY = "cn/order_105/art12_qualified_investor"
TESTS = "cn/order_105/art12_tests"
ASSETS = "cn/order_105/art12_financial_assets"
INCOME = "cn/order_105/art12_income"
NET_ASSETS = "cn/order_105/art12_net_assets"
WORDS = {NET_ASSETS: ("net assets", "净资产")}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The certified amount must reach the threshold of its branch; a household's means are not the person's."""
    kind = facts.investor.kind
    return thresholds.judge(KEY, branches(parameters, kind), words(parameters, kind), facts, parameters, at)


@once_per_law
def words(parameters: Parameters, kind: str) -> Mapping[str, tuple[str, str]]:
    """Return what each limit is called, in English and Chinese."""
    if kind != "natural_person":
        return WORDS
    return {text(row, "limit"): (text(row, "en"), text(row, "zh")) for row in parameters.lists[TESTS].items}


@once_per_law
def branches(parameters: Parameters, kind: str) -> Mapping[str, str]:
    """Return the branches open to a kind of investor or holder, each with its limit."""
    match kind:
        case "natural_person":
            return {text(row, "branch"): text(row, "limit") for row in parameters.lists[TESTS].items}
        case "institution" | "legal_person":
            return {"net_assets": NET_ASSETS}
        case _:
            return {}


RULE = Rule(
    KEY,
    "qualified_investor",
    (TESTS, ASSETS, INCOME, NET_ASSETS),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
CANDIDATE = Rule(
    f"{KEY}_candidate", "qualified_investor", RULE.needs, judge, steps=frozenset({Step.CERTIFY}), reads_inputs=True
)
