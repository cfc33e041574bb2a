"""SEC staff letter of 12 March 2025: the least investment that, with written statements, stands for verification.

The investment of this sale is what counts, converted at a proven rate where the product is in another currency.
"""

from decimal import Decimal

from ledger.rules.foreign.conversion import converted, same
from ledger.rules.foreign.regime import Case, Lack, money, whole
from ledger.rules.law import Limit

BRANCHES = "us/staff_letter_2025/unnumbered_branches"
FEW = "us/staff_letter_2025/unnumbered_few_owners"
LIMITS = (
    "us/staff_letter_2025/unnumbered_minimum_natural",
    "us/staff_letter_2025/unnumbered_minimum_entity",
    "us/staff_letter_2025/unnumbered_minimum_owner",
    FEW,
)


def invested(case: Case, limit: Limit) -> tuple[Decimal | None, ...]:
    """Measure what was certified, and what is really invested in this sale."""
    return case.claim.amount.amount, _sale(case, limit)


def owner_by_owner(case: Case, limit: Limit) -> tuple[Decimal | None, ...]:
    """Measure the least that any owner puts in, and what was certified and is invested, divided among all of them."""
    owners, least, sale = (
        whole(case.claim, "natural_owners"),
        money(case.claim, "least_owner_investment"),
        _sale(case, limit),
    )
    each = None if least is None else same(least, limit.money.currency, "the least investment of an owner")
    if sale is None or not owners:
        return each, None
    return each, case.claim.amount.amount / owners, sale / owners


def few(case: Case) -> Lack | None:
    """Ask for fewer natural owners than the letter's number, and at least one."""
    owners, most = whole(case.claim, "natural_owners"), case.parameters.counts[FEW].number
    if owners is not None and 0 < owners < most:
        return None
    return f"{owners} natural owners are not 1 to {most - 1}", f"自然人所有者人数须为1至{most - 1}名"


def _sale(case: Case, limit: Limit) -> Decimal | None:
    amount = case.facts.amount
    to = limit.money.currency
    return None if amount is None else converted(amount, to, case.claim, case.facts.investor, "the investment")


MEASURES = {"minimum_investment": invested, "owners_minimum_investment": owner_by_owner}
CHECKS = {"owners_minimum_investment": few}
