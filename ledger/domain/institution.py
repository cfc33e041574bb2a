"""The institution's own people, as the staff register tells it: a pure fold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ledger.domain.events import Event
from ledger.domain.instants import from_text


@dataclass(frozen=True, slots=True)
class Qualification:
    """A staff member's fund qualification (募集 art. 4)."""

    leaf: str
    certificate: str
    valid_until: datetime


def fold(events: Iterable[Event]) -> Mapping[str, Qualification]:
    """Fold the staff register: each person's latest qualification."""
    known: dict[str, Qualification] = {}
    for event in events:
        if event.type == "staff.qualified" and not event.withheld:
            valid_until = from_text(event.text("valid_until"))
            known[event.text("staff")] = Qualification(event.leaf, event.text("certificate"), valid_until)
    return MappingProxyType(known)
