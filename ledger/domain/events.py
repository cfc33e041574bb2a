"""An event is a record as the domain sees it; a draft is one that is not yet recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from ledger.domain.actors import Actor

Value: TypeAlias = "bool | int | str | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """One document by both digests (lower-case hex); ``role`` says what it is to the record."""

    sha256: str
    sm3: str
    bytes: int
    media_type: str
    role: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A record this one rests on, by SHA-256 leaf hash (hex)."""

    role: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a service asks the log to append. ``subject`` is the stream whose key encrypts the disclosures."""

    type: str
    stream: str
    subject: str
    actor: Actor
    occurred_at: datetime
    fields: Mapping[str, Value] = field(default_factory=dict)
    refs: tuple[Ref, ...] = ()
    documents: tuple[DocumentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded fact with its opened fields. ``leaf`` is the SHA-256 leaf hash (hex), the record's name.

    ``withheld``: the subject's key was destroyed, so that it happened is known and its fields (empty) are not.
    """

    type: str
    stream: str
    seq: int
    index: int
    leaf: str
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    fields: Mapping[str, Value]
    refs: tuple[Ref, ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    withheld: bool = False

    def ref(self, role: str) -> Ref:
        """Name this event in another record."""
        return Ref(role, self.leaf)

    def text(self, name: str) -> str:
        """Return a field that must be a string; ``TypeError`` names the record and the field."""
        value = self.fields[name]
        if not isinstance(value, str):
            raise self._wrong(name, "a string")
        return value

    def integer(self, name: str) -> int:
        """Return a field that must be an integer; ``TypeError`` as in `text`."""
        value = self.fields[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "an integer")
        return value

    def flag(self, name: str) -> bool:
        """Return a field that must be true or false; ``TypeError`` as in `text`."""
        value = self.fields[name]
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that must be a list of strings; ``TypeError`` as in `text`."""
        value = self.fields[name]
        items = value if isinstance(value, list) else [None]
        texts = tuple(item for item in items if isinstance(item, str))
        if len(texts) != len(items):
            raise self._wrong(name, "a list of strings")
        return texts

    def mapping(self, name: str) -> dict[str, Value]:
        """Return a field that must be names with values; ``TypeError`` as in `text`."""
        value = self.fields[name]
        if not isinstance(value, dict):
            raise self._wrong(name, "names with values")
        return value

    def _wrong(self, name: str, form: str) -> TypeError:
        return TypeError(f"{self.type} at {self.stream[:8]}…/{self.seq}: field {name} is not {form}")


def seen(events: Iterable[Event], *, as_of: datetime, known_at: datetime) -> tuple[Event, ...]:
    """Return what had happened by ``as_of``, as far as it was recorded by ``known_at`` (bitemporal view)."""
    return tuple([e for e in events if e.occurred_at <= as_of and e.recorded_at <= known_at])
