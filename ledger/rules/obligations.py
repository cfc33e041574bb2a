"""Dated obligations: what the law asks for by when, from folded records alone. Pure; nothing here reads a clock.

Each kind has one file at its legal address with ``due(book, law, at)``; `KINDS` lists them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from ledger.domain.events import Value
from ledger.domain.instants import day_of, to_text
from ledger.domain.investor import InvestorState
from ledger.domain.oversight import Oversight
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState
from ledger.rules.law import Parameters, Provision

MOMENT = timedelta(microseconds=1)
Law: TypeAlias = Callable[[datetime], Parameters]
Words: TypeAlias = tuple[str, str]


class Status(StrEnum):
    """Where an obligation stands. A retention term that is over is done."""

    OPEN = "open"
    DONE = "done"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the obligations are computed from: folded states by stream."""

    oversight: Oversight
    investors: Mapping[str, InvestorState] = field(default_factory=lambda: MappingProxyType({}))
    products: Mapping[str, ProductState] = field(default_factory=lambda: MappingProxyType({}))
    sales: Mapping[str, SaleState] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Obligation:
    """One act owed. ``due`` is the first instant at which it is late; ``None`` while a term has not begun to run.

    ``satisfied_by`` says in English and Chinese what fulfils it. ``provisional``: the working days of a year that is
    not published were taken as Monday to Friday. ``keeps``: it is fulfilled by the term passing.
    """

    kind: str
    by: Provision
    subject: str
    subject_kind: str
    since: datetime
    due: datetime | None
    satisfied_by: Words
    done_at: datetime | None = None
    done_by: str | None = None
    rests_on: tuple[str, ...] = ()
    period: str | None = None
    provisional: bool = False
    keeps: bool = False
    detail: Words | None = None

    def status(self, at: datetime) -> Status:
        """Return where it stands at ``at``."""
        over = self.due is not None and at >= self.due
        if self.done_at is not None or (self.keeps and over):
            return Status.DONE
        return Status.OVERDUE if over else Status.OPEN

    def as_json(self, at: datetime) -> dict[str, Value]:
        """Return the wire form."""
        late = self.done_at is not None and self.due is not None and self.done_at >= self.due
        return {
            "kind": self.kind,
            "rule": self.by.key,
            "citation": self.by.citation.as_json(),
            "subject": self.subject,
            "subject_kind": self.subject_kind,
            "period": self.period,
            "since": to_text(self.since),
            "due": None if self.due is None else to_text(self.due),
            "last_day": None if self.due is None else day_of(self.due - MOMENT).isoformat(),
            "provisional": self.provisional,
            "status": self.status(at).value,
            "late": late,
            "satisfied_by": {"en": self.satisfied_by[0], "zh": self.satisfied_by[1]},
            "detail": None if self.detail is None else {"en": self.detail[0], "zh": self.detail[1]},
            "done_at": None if self.done_at is None else to_text(self.done_at),
            "done_by": self.done_by,
            "rests_on": list(self.rests_on),
            "unconfirmed": list(self.by.unconfirmed),
        }


Due: TypeAlias = Callable[[Book, Law, datetime], Iterator[Obligation]]


def order(found: Iterable[Obligation]) -> list[Obligation]:
    """Sort by due instant, those without one last; independent of the order in which they were found."""
    return sorted(
        found, key=lambda o: (o.due is None, o.due or o.since, o.kind, o.subject, o.period or "", o.since, o.rests_on)
    )
