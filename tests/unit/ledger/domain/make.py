"""Events for the folds, as the store would give them back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import EVENT_TYPES
from ledger.domain.events import DocumentRef, Event, Ref, Value

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STREAM = "ab" * 32
CNY_1M: Value = {"amount": "1000000.00", "currency": "CNY"}


def at(minutes: int) -> datetime:
    """Return the instant so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def leaf(seq: int) -> str:
    """Return the leaf hash that the event at this position gets."""
    return f"{seq:064x}"


def actor(name: str, role: Role) -> Actor:
    """Return a pseudonymous actor."""
    return Actor(name, role)


def document(sha256: str, role: str) -> DocumentRef:
    """Return a document by its digest."""
    return DocumentRef(sha256, "0" * 64, 100, "application/pdf", role)


class Story:
    """A stream being written: every event a minute after the one before, written by a role that may."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(
        self,
        name: str,
        fields: Mapping[str, Value] | None = None,
        *,
        by: Actor | None = None,
        refs: tuple[Ref, ...] = (),
        documents: tuple[DocumentRef, ...] = (),
    ) -> Event:
        """Append one event; without ``by`` an actor of the first role allowed writes it."""
        seq = len(self.events)
        who = by or Actor("f" * 32, min(EVENT_TYPES[name].roles))
        event = Event(name, STREAM, seq, seq, leaf(seq), who, at(seq), at(seq), dict(fields or {}), refs, documents)
        self.events.append(event)
        return event
