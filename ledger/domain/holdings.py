"""What an investor holds of each product, as their own records tell it: subscribed, valued, redeemed. A pure fold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from ledger.domain.events import Event
from ledger.domain.money import Money, money_of

EVENTS = frozenset({"holding.confirmed", "holding.valued", "holding.redeemed"})


@dataclass(frozen=True, slots=True)
class Holding:
    """The value held by the last record; ``sales``: those it came from."""

    leaf: str
    at: datetime
    value: Money
    sales: tuple[str, ...] = ()


NONE: Mapping[str, Holding] = MappingProxyType({})


def apply(known: Mapping[str, Holding], event: Event) -> Mapping[str, Holding]:
    """Return the holdings, by product, after one of `EVENTS`. Whoever has redeemed all holds nothing."""
    product, fields = event.text("product"), event.fields
    before = known.get(product)
    sales = () if before is None else before.sales
    match event.type:
        case "holding.confirmed":
            added, held = money_of(fields["amount"]), Decimal(0) if before is None else before.value.amount
            value, sales = Money(held + added.amount, added.currency), (*sales, event.text("sale"))
        case "holding.valued":
            value = money_of(fields["value"])
        case _:
            value = money_of(fields["remaining"])
            if value.amount == Decimal(0):
                return MappingProxyType({name: held for name, held in known.items() if name != product})
    return MappingProxyType({**known, product: Holding(event.leaf, event.occurred_at, value, sales)})
