"""Cap. 571D: portfolio alone or with spouse or child, total assets, or assets of trusts; each at least the limit."""

from typing import Final

from ledger.rules.foreign import qualifying
from ledger.rules.foreign.regime import Case, Lack, Regime, word

KEY = "hk/cap_571d/unnumbered_professional_investor"
ASSOCIATES = "hk/cap_571d/unnumbered_associates"
LIMITS = (
    "hk/cap_571d/unnumbered_portfolio",
    "hk/cap_571d/unnumbered_total_assets",
    "hk/cap_571d/unnumbered_trust_assets",
)


def with_associate(case: Case) -> Lack | None:
    """Count a joint portfolio whole only with those whom the rules name."""
    known, given = case.parameters.lists[ASSOCIATES].by_key, word(case.claim, "associate")
    if (given,) in known:
        return None
    return f"{given} is none of {', '.join(str(key[0]) for key in known)}", "联名人不是投资者的配偶或子女"


REGIME: Final = Regime(
    "hk_pi",
    "professional investor under Cap. 571D",
    "香港专业投资者",
    ("hk/cap_571d/unnumbered_branches",),
    checks={"joint_portfolio": with_associate},
)
RULE, CANDIDATE = qualifying.rules(KEY, REGIME, (*REGIME.branches, *LIMITS, ASSOCIATES))
