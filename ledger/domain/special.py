"""A purchase above the investor's tolerance, as the investor's own records tell it (130号 art. 19): a pure fold.

Whether the acts came in the order of the law is a rule's business; this module only knows what has happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from ledger.domain.events import Event

EVENTS = frozenset(
    {
        "product.requested",
        "unsuitability.notified",
        "warning.given",
        "warning.acknowledged",
        "purchase.insisted",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice or warning: what it said the tolerance and the risk level are, and the digest of its words."""

    leaf: str
    at: datetime
    tolerance: str
    risk_level: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class SpecialPurchase:
    """The investor's own request for one named product, and what followed. ``unpromoted``: declared so."""

    product: str
    leaf: str
    requested_at: datetime
    unpromoted: bool
    notice: Told | None = None
    warning: Told | None = None
    acknowledged_at: datetime | None = None
    insisted_at: datetime | None = None
    leaves: tuple[str, ...] = ()


def apply(known: Mapping[str, SpecialPurchase], event: Event) -> Mapping[str, SpecialPurchase]:
    """Return the purchases after one of `EVENTS`; what follows no request changes nothing.

    A new notice or warning makes what came after the old one count no longer: it spoke of other facts.
    """
    product = event.text("product")
    if event.type == "product.requested":
        started = SpecialPurchase(
            product, event.leaf, event.occurred_at, event.flag("unpromoted"), leaves=(event.leaf,)
        )
        return MappingProxyType({**known, product: started})
    purchase = known.get(product)
    if purchase is None:
        return known
    purchase = replace(_after(purchase, event), leaves=(*purchase.leaves, event.leaf))
    return MappingProxyType({**known, product: purchase})


def _after(purchase: SpecialPurchase, event: Event) -> SpecialPurchase:
    match event.type:
        case "unsuitability.notified":
            return replace(purchase, notice=_told(event), warning=None, acknowledged_at=None, insisted_at=None)
        case "warning.given":
            return replace(purchase, warning=_told(event), acknowledged_at=None, insisted_at=None)
        case "warning.acknowledged":
            return replace(purchase, acknowledged_at=event.occurred_at, insisted_at=None)
        case _:
            return replace(purchase, insisted_at=event.occurred_at)


def _told(event: Event) -> Told:
    return Told(
        event.leaf,
        event.occurred_at,
        event.text("tolerance"),
        event.text("risk_level"),
        event.text("text_sha256"),
    )
