"""Looking through pools to the final investors: a walk over the declared graph, bounded in depth, cycles refused."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger.domain.decision import Facts
from ledger.domain.holders import POOLS, ROOT, Holder
from ledger.rules import deemed
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.values import text

BRANCH = "look_through"
DEPTH = "policy/look_through_depth"


@dataclass(frozen=True, slots=True)
class Walk:
    """``stops``: branches that nobody looks behind; ``depth``: the most layers of pools."""

    known: Mapping[str, Holder]
    stops: Collection[str]
    depth: int
    found: dict[str, Holder] = field(default_factory=dict)
    walked: dict[str, int] = field(default_factory=dict)

    def visit(self, holder: Holder, path: tuple[str, ...] = ()) -> None:
        """Collect the final investors behind a holder, going in once from each depth at most."""
        if holder.id in path:
            cycle = " → ".join((*path[path.index(holder.id) :], holder.id))
            raise FactsError(f"holders go round in a circle: {cycle}", "持有人之间存在循环持有")
        if holder.kind not in POOLS or holder.branch in self.stops:
            self.found[holder.id] = holder
            return
        if self.walked.get(holder.id, -1) >= len(path):
            return
        if len(path) >= self.depth:
            raise FactsError(
                f"{holder.id} lies behind more than {self.depth} layers of pools: such a sale is refused",
                f"穿透层级超过{self.depth}层",
            )
        if not holder.holders:
            raise FactsError(
                f"the pool {holder.id} names nobody behind it: list its holders",
                "非法人形式的持有人未列明其持有人",
            )
        for name in holder.holders:
            self.visit(self.known[name], (*path, holder.id))
        self.walked[holder.id] = len(path)


def final(holders: Iterable[Holder], stops: Collection[str], depth: int) -> tuple[Holder, ...]:
    """Return the final investors, each once, by id; `FactsError` for a cycle, too many layers, an empty pool."""
    walk = Walk({holder.id: holder for holder in holders}, stops, depth)
    walk.visit(walk.known[ROOT])
    return tuple(walk.found[name] for name in sorted(walk.found))


def investors(facts: Facts, parameters: Parameters, at: datetime) -> tuple[Holder, ...]:
    """Return the final investors behind a pool; none when the investor itself is the final one, or names nobody."""
    investor = facts.investor
    if investor.profile is None or investor.profile.form not in POOLS or not investor.holders:
        return ()
    known = deemed.stands(facts, parameters, at)
    if known is not None and known[1]["stops"] is True:
        return ()
    return final(investor.holders, stops(parameters, facts.product.regime), parameters.counts[DEPTH].number)


def seats(facts: Facts, parameters: Parameters, at: datetime) -> int:
    """Return how many investors this one counts for (合并计算投资者人数); whoever holds adds without another seat."""
    product, sale = facts.product, facts.sale
    if product.stream in facts.investor.holdings and (sale is None or not product.seats.get(sale.stream)):
        return 0
    return len(investors(facts, parameters, at)) or 1


@once_per_law
def stops(parameters: Parameters, regime: str) -> frozenset[str]:
    """Return the branches behind which nobody looks."""
    listings = [parameters.lists.in_force(key) for key in deemed.LISTS.get(regime, ())]
    return frozenset(
        text(row, "branch") for listing in listings if listing is not None for row in listing.items if row["stops"]
    )
