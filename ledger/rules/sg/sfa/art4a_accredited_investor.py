"""SFA s. 4A: net personal assets with the main home capped, net financial assets, income, or a corporation's assets."""

from decimal import Decimal
from typing import Final

from ledger.rules.foreign import qualifying
from ledger.rules.foreign.conversion import same
from ledger.rules.foreign.regime import Case, Regime, money
from ledger.rules.law import Limit

KEY = "sg/sfa/art4a_accredited_investor"
HOME = "sg/sfa/art4a_home_cap"
LIMITS = (
    "sg/sfa/art4a_net_personal_assets",
    "sg/sfa/art4a_net_financial_assets",
    "sg/sfa/art4a_income",
    "sg/sfa/art4a_net_assets",
    HOME,
)


def with_home(case: Case, limit: Limit) -> tuple[Decimal | None, ...]:
    """Add the main home, net of its loan and up to the cap, to the other assets that were certified."""
    home, cap = money(case.claim, "home"), case.parameters.limits[HOME].money.amount
    counted = None if home is None else min(same(home, limit.money.currency, "the main home"), cap)
    return (None if counted is None else case.claim.amount.amount + counted,)


REGIME: Final = Regime(
    "sg_ai",
    "accredited investor under SFA s. 4A",
    "新加坡合格投资者",
    ("sg/sfa/art4a_branches",),
    measures={"net_personal_assets": with_home},
)
RULE, CANDIDATE = qualifying.rules(KEY, REGIME, (*REGIME.branches, *LIMITS))
