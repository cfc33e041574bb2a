"""Rule 501(a): accredited by means, income, licence, or by the least investment of the staff letter of 2025."""

from decimal import Decimal
from typing import Final

from ledger.rules.foreign import qualifying
from ledger.rules.foreign.conversion import same
from ledger.rules.foreign.regime import Case, Lack, Regime, money, word
from ledger.rules.law import Limit
from ledger.rules.us.staff_letter_2025 import unnumbered_minimum_investment as least

KEY = "us/reg_d/art501_accredited_investor"
LICENCES = "us/reg_d/art501_licences"
LIMITS = (
    "us/reg_d/art501_net_worth",
    "us/reg_d/art501_income",
    "us/reg_d/art501_joint_income",
    "us/reg_d/art501_entity_assets",
)


def two_years(case: Case, limit: Limit) -> tuple[Decimal | None, ...]:
    """Measure the income of the last year and of the year before: each must exceed the limit."""
    before, currency = money(case.claim, "year_before"), limit.money.currency
    return case.claim.amount.amount, None if before is None else same(before, currency, "the income of the year before")


def licensed(case: Case) -> Lack | None:
    """Ask for one of the licences that the rule names."""
    known, given = case.parameters.lists[LICENCES].by_key, word(case.claim, "licence")
    if (given,) in known:
        return None
    return f"{given} is none of {', '.join(str(key[0]) for key in known)}", "所持资格不属于规则所列从业资格"


REGIME: Final = Regime(
    "us_reg_d_506c",
    "accredited investor under Regulation D, rule 506(c)",
    "美国D条例506(c)合格投资者",
    ("us/reg_d/art501_branches", least.BRANCHES),
    measures={"income": two_years, "joint_income": two_years, **least.MEASURES},
    checks={"licence": licensed, **least.CHECKS},
)
RULE, CANDIDATE = qualifying.rules(
    KEY, REGIME, (REGIME.branches[0], *LIMITS, LICENCES), (least.BRANCHES, *least.LIMITS)
)
