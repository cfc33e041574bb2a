"""What belongs to a product over its life: stages, documents, mandate, size, marketing material. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.domain.events import Event
from ledger.domain.instants import from_text
from ledger.domain.investor import money_of
from ledger.domain.money import Money


class Stage(StrEnum):
    """Where a product stands. A product that is suspended may be listed again; the last two end it."""

    INTRODUCED = "introduced"
    RATED = "rated"
    APPROVED = "approved"
    LISTED = "listed"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    LIQUIDATED = "liquidated"


@dataclass(frozen=True, slots=True)
class Attached:
    """A document of the product, by digest. ``kind`` is a row of `cn/order_130/art27_manager_data` or another word."""

    leaf: str
    kind: str
    title: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mandate:
    """By what right we sell: ``manager`` (our own fund) or ``agency`` (licence and membership, under an agreement)."""

    leaf: str
    basis: str
    licence: str | None = None
    membership: str | None = None
    agreement_signed_on: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """The manager's latest notice of the fund's size. ``days_below``: trading days in a row below the floor."""

    leaf: str
    as_of: str
    net_assets: Money
    year_average: Money | None = None
    days_below: int | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Marketing material that passed the check; ``sha256`` names the bytes, ``wording`` the lists it passed."""

    leaf: str
    sha256: str
    audience: str
    checked_at: datetime
    wording: str
    withdrawn_at: datetime | None = None


def attached(event: Event) -> Attached:
    """Read ``product.document_attached``."""
    (document,) = event.documents
    return Attached(event.leaf, event.text("kind"), event.text("title"), document.sha256, event.occurred_at)


def mandate(event: Event) -> Mandate:
    """Read ``product.mandate_recorded``."""
    until = _text(event, "valid_until")
    return Mandate(
        event.leaf,
        event.text("basis"),
        _text(event, "licence"),
        _text(event, "membership"),
        _text(event, "agreement_signed_on"),
        None if until is None else from_text(until),
    )


def size(event: Event) -> Size:
    """Read ``product.size_reported``."""
    fields = event.fields
    return Size(
        event.leaf,
        event.text("as_of"),
        money_of(fields["net_assets"]),
        money_of(fields["year_average"]) if "year_average" in fields else None,
        event.integer("days_below") if "days_below" in fields else None,
    )


def material(event: Event) -> Material:
    """Read ``product.material_checked``."""
    (document,) = event.documents
    return Material(event.leaf, document.sha256, event.text("audience"), event.occurred_at, event.text("wording"))


def _text(event: Event, name: str) -> str | None:
    return event.text(name) if name in event.fields else None
