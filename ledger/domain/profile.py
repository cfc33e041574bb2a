"""What is recorded about an investor beyond identity: legal form, filing, finances at year end, exemptions."""

from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events import Event
from ledger.domain.instants import from_text
from ledger.domain.money import Money, money_of

FORMS = ("natural_person", "legal_person", "partnership", "contract")


@dataclass(frozen=True, slots=True)
class Profile:
    """An institution or product. ``year_end`` is the day its finances are of; ``filing_number`` may be empty."""

    leaf: str
    form: str
    at: datetime
    filing_number: str = ""
    year_end: str | None = None
    net_assets: Money | None = None
    financial_assets: Money | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """The basis on which steps are skipped (募集 art. 32). ``manager``: whose own funds it is for, else empty."""

    leaf: str
    basis: str
    at: datetime
    valid_until: datetime
    manager: str = ""
    revoked_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Tell whether it may be relied on at an instant."""
        return self.at <= at < self.valid_until and (self.revoked_at is None or self.revoked_at > at)


def profile(event: Event) -> Profile:
    """Read ``investor.profiled``."""
    fields = event.fields
    return Profile(
        event.leaf,
        event.text("form"),
        event.occurred_at,
        event.text("filing_number") if "filing_number" in fields else "",
        event.text("year_end") if "year_end" in fields else None,
        money_of(fields["net_assets"]) if "net_assets" in fields else None,
        money_of(fields["financial_assets"]) if "financial_assets" in fields else None,
    )


def exemption(event: Event) -> Exemption:
    """Read ``exemption.granted``."""
    manager = event.text("manager") if "manager" in event.fields else ""
    return Exemption(event.leaf, event.text("basis"), event.occurred_at, from_text(event.text("valid_until")), manager)
