"""What customer due diligence found (反洗钱法 art. 29): not the file itself, which stays with who keeps it."""

from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events import Event


@dataclass(frozen=True, slots=True)
class DueDiligence:
    """One result. ``source_of_funds``: whether it was established; ``None`` where nobody had to ask."""

    leaf: str
    at: datetime
    beneficial_owners_known: bool
    risk: str
    source_of_funds: bool | None


def parse(event: Event) -> DueDiligence:
    """Read a ``cdd.completed``."""
    source = event.fields["source_of_funds"]
    return DueDiligence(
        event.leaf,
        event.occurred_at,
        event.flag("beneficial_owners_known"),
        event.text("risk"),
        None if source is None else event.flag("source_of_funds"),
    )
