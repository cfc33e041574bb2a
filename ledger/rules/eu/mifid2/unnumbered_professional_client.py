"""MiFID II, annex II: two of three criteria on request, or two of three sizes of a large undertaking."""

from typing import Final

from ledger.rules.foreign import qualifying
from ledger.rules.foreign.conversion import same
from ledger.rules.foreign.regime import Case, Lack, Regime, money, whole

KEY = "eu/mifid2/unnumbered_professional_client"
PORTFOLIO = "eu/mifid2/unnumbered_portfolio"
TRADES = "eu/mifid2/unnumbered_trades_per_quarter"
QUARTERS = "eu/mifid2/unnumbered_quarters"
POST = "eu/mifid2/unnumbered_post_years"
LIMBS = "eu/mifid2/unnumbered_limbs"
SIZES = {
    "balance_sheet": "eu/mifid2/unnumbered_balance_sheet",
    "net_turnover": "eu/mifid2/unnumbered_turnover",
    "own_funds": "eu/mifid2/unnumbered_own_funds",
}


def elective(case: Case) -> Lack | None:
    """Count the criteria: trades on average over the quarters, a larger portfolio, years in a relevant post."""
    law, claim = case.parameters, case.claim
    portfolio, trades, years = law.limits[PORTFOLIO].money, whole(claim, "trades"), whole(claim, "post_years")
    met = (
        trades is not None and trades >= law.counts[TRADES].number * law.counts[QUARTERS].number,
        same(claim.amount, portfolio.currency, "the certified portfolio") > portfolio.amount,
        years is not None and years >= law.counts[POST].number,
    )
    return _enough(case, sum(met), ("trades", "portfolio", "post"), met)


def large(case: Case) -> Lack | None:
    """Count the sizes that reach their limits; one that is not said is not met."""
    met = []
    for name, key in SIZES.items():
        limit, size = case.parameters.limits[key].money, money(case.claim, name)
        met.append(size is not None and same(size, limit.currency, name) >= limit.amount)
    return _enough(case, sum(met), tuple(SIZES), tuple(met))


def _enough(case: Case, count: int, names: tuple[str, ...], met: tuple[bool, ...]) -> Lack | None:
    wanted = case.parameters.counts[LIMBS].number
    if count >= wanted:
        return None
    shown = ", ".join(name for name, is_met in zip(names, met, strict=True) if is_met) or "none"
    return f"{count} of three is met ({shown}), not {wanted}", f"三项中仅满足{count}项，未达{wanted}项"


REGIME: Final = Regime(
    "eu_elective_professional",
    "professional client under MiFID II, annex II",
    "欧盟专业客户",
    ("eu/mifid2/unnumbered_branches",),
    checks={"elective": elective, "large_undertaking": large},
)
RULE, CANDIDATE = qualifying.rules(
    KEY, REGIME, (*REGIME.branches, PORTFOLIO, TRADES, QUARTERS, POST, LIMBS, *SIZES.values())
)
