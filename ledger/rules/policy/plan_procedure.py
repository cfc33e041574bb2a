"""Institution policy: asset-management plans are sold by the same procedure as private funds.

Their own rules set the thresholds, and order 130 the suitability; they leave order, cooling-off and visit to the
contract. So each rule of private-fund sale is adopted: same question, same judgement, the policy as its authority.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule

KEY = "policy/plan_procedure"
OF_THEIR_OWN = ("cn/order_130/", "cn/nfra_suitability/", "cn/aml_law/", "cn/pipl/art29", "policy/")
"""Rules of suitability, of money laundering and consent, and of the institution bind plans by themselves."""

NOT_FOR_PLANS = frozenset(
    {
        "cn/amac_operation/unnumbered_size_floor",
        "cn/order_105/art11_seats",
        "cn/order_105/art12_minimum",
        "cn/order_105/art12_qualified_investor",
        "cn/order_105/art12_qualified_investor_candidate",
        "cn/order_105/art12_experience",
        "cn/order_105/art12_remaining",
        "cn/order_105/art13_deemed",
        "cn/order_105/art13_deemed_candidate",
        "cn/order_105/art13_look_through",
        "cn/order_175/unnumbered_own_funds",
        "cn/fund_law/art87_holders",
    }
)
"""Plans have thresholds, caps and words on own money of their own; the size floor is for private securities funds."""


def adopt(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules with plans taken in: widened where they bind by themselves, else with an adopted twin."""
    adopted: list[Rule] = []
    for rule in rules:
        if rule.key in NOT_FOR_PLANS or "cn_private_fund" not in rule.regimes:
            adopted.append(rule)
        elif rule.key.startswith(OF_THEIR_OWN):
            adopted.append(replace(rule, regimes=rule.regimes | CN_AM_PLAN))
        else:
            adopted += [rule, _twin(rule)]
    return tuple(adopted)


def _twin(rule: Rule) -> Rule:
    key = f"{KEY}/{rule.key.removeprefix('cn/')}"

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        finding = rule.judge(facts, parameters, at)
        return finding._replace(rule=key, citation=parameters.duties[KEY].citation)

    return replace(rule, key=key, judge=judge, needs=(*rule.needs, KEY), regimes=CN_AM_PLAN)
