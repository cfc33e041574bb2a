"""Findings and decisions: what a rule says, and what they say together (`design.md` §7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from ledger.domain.actors import Actor
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.institution import Qualification
from ledger.domain.investor import Certification, InvestorState
from ledger.domain.keeping import Keeping
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState, Step

Condition: TypeAlias = tuple[str, str]
"""What would have to be done, in English and in Chinese."""


class Outcome(StrEnum):
    """A rule's answer. Missing evidence is neither pass nor fail."""

    PASS = "PASS"  # noqa: S105 - an outcome, not a password
    FAIL = "FAIL"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    NEEDS_EVIDENCE = "NEEDS_EVIDENCE"


class Answer(StrEnum):
    """A decision's answer."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the norm stands. ``status`` is ``confirmed`` or ``unconfirmed`` (no official text opened yet)."""

    norm: str
    article: str
    title: str
    url: str
    status: str

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        return {
            "norm": self.norm,
            "article": self.article,
            "title": self.title,
            "url": self.url,
            "status": self.status,
        }


def words_of(condition: Condition) -> dict[str, Value]:
    """Return the wire form."""
    en, zh = condition
    return {"en": en, "zh": zh}


class Finding(NamedTuple):  # a tuple: every decision makes dozens, and a frozen dataclass takes thrice as long
    """One rule's outcome with its reason in two languages and the leaves it rests on.

    ``condition`` says what would turn NEEDS_EVIDENCE or FAIL into PASS; ``changes_at`` is the first instant at
    which this outcome can change by time alone.
    """

    rule: str
    outcome: Outcome
    citation: Citation
    reason_en: str
    reason_zh: str
    rests_on: tuple[str, ...] = ()
    condition: Condition | None = None
    changes_at: datetime | None = None

    def as_json(self) -> dict[str, Value]:
        """Return the wire form; absent members are left out, so the bytes are canonical."""
        out: dict[str, Value] = {
            "rule": self.rule,
            "outcome": self.outcome.value,
            "citation": self.citation.as_json(),
            "reason": {"en": self.reason_en, "zh": self.reason_zh},
            "rests_on": list(self.rests_on),
        }
        if self.condition is not None:
            out["condition"] = words_of(self.condition)
        if self.changes_at is not None:
            out["changes_at"] = to_text(self.changes_at)
        return out


@dataclass(frozen=True, slots=True)
class Facts(Keeping):
    """Everything a rule may look at; folded from records, so the same records give the same facts."""

    investor: InvestorState
    product: ProductState
    sale: SaleState | None = None
    amount: Money | None = None
    fee: Money | None = None
    step: Step | None = None
    actor: Actor | None = None
    inputs: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def counting(self) -> dict[datetime, Certification | None]:
        """Which certification counts at an instant, as the rules have found out (`ledger.rules.facts`)."""
        return {}

    staff: Mapping[str, Qualification] = field(default_factory=lambda: MappingProxyType({}))


class Decision(NamedTuple):
    """All findings, in the order of the rules, and what follows from them.

    ``sale``, ``amount`` and ``fee`` are what was asked about, so that the facts can be gathered again; ``ruleset`` and
    ``engine`` are digests of the law's files and of the code that read them.
    """

    question: str
    investor: str
    product: str
    sale: str | None
    amount: Money | None
    fee: Money | None
    answer: Answer
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    at: datetime
    as_of: datetime
    known_at: datetime
    law_date: str
    ruleset: str
    engine: str
    changes_at: datetime | None
    unconfirmed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Value]:
        """Return the wire form that the receipt commits to."""
        return {
            "question": self.question,
            "investor": self.investor,
            "product": self.product,
            "sale": self.sale,
            "amount": None if self.amount is None else {**self.amount.as_json()},
            "fee": None if self.fee is None else {**self.fee.as_json()},
            "answer": self.answer.value,
            "findings": [f.as_json() for f in self.findings],
            "conditions": [words_of(c) for c in self.conditions],
            "at": to_text(self.at),
            "as_of": to_text(self.as_of),
            "known_at": to_text(self.known_at),
            "law_date": self.law_date,
            "ruleset": self.ruleset,
            "engine": self.engine,
            "changes_at": None if self.changes_at is None else to_text(self.changes_at),
            "unconfirmed": list(self.unconfirmed),
        }
