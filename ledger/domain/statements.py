"""Written acts that a foreign regime asks for: the investor's statements and the firm's notices, as a pure fold."""

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.events import Event

STATED, TOLD, WITHDRAWN = "regime.stated", "regime.told", "regime.withdrawn"
EVENTS = frozenset({STATED, TOLD, WITHDRAWN})
INVESTOR, FIRM = "investor", "firm"


@dataclass(frozen=True, slots=True)
class Statement:
    """One written act. ``by``: `INVESTOR` or `FIRM`; ``sale``: for which sale only, else empty."""

    leaf: str
    regime: str
    statement: str
    by: str
    at: datetime
    sale: str = ""
    withdrawn_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Tell whether it had been made and not been withdrawn at an instant."""
        return self.at <= at and (self.withdrawn_at is None or at < self.withdrawn_at)


def apply(known: tuple[Statement, ...], event: Event) -> tuple[Statement, ...]:
    """Return the statements after one of `EVENTS`."""
    regime, name, at = event.text("regime"), event.text("statement"), event.occurred_at
    if event.type == WITHDRAWN:
        return tuple(
            replace(s, withdrawn_at=at)
            if (s.regime, s.statement, s.withdrawn_at) == (regime, name, None) and s.by == INVESTOR
            else s
            for s in known
        )
    sale = event.text("sale") if "sale" in event.fields else ""
    by = INVESTOR if event.type == STATED else FIRM
    return (*known, Statement(event.leaf, regime, name, by, at, sale))
