"""A foreign regime of qualification: what a product may require beside the regime under which it is sold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from ledger.domain.decision import Facts
from ledger.domain.events import Value
from ledger.domain.investor import Certification
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.facts import money_in, text_in
from ledger.rules.law import Limit, Listing, Parameters
from ledger.rules.values import Item


@dataclass(frozen=True, slots=True)
class Claim:
    """By what the investor is, or is about to be, certified. ``particulars``: what it says beside the amount."""

    branch: str
    amount: Money
    particulars: Mapping[str, Value]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What a measure or a check may look at."""

    facts: Facts
    parameters: Parameters
    claim: Claim
    listing: Listing
    row: Item


Lack: TypeAlias = tuple[str, str]
Measure: TypeAlias = Callable[[Case, Limit], tuple[Decimal | None, ...]]
Check: TypeAlias = Callable[[Case], Lack | None]


@dataclass(frozen=True, slots=True)
class Regime:
    """``branches``: its listings. ``measures``: what is compared with a branch's limit, where not just the amount.

    ``checks``: what else a branch asks for; each returns what is lacking, in English and Chinese.
    """

    name: str
    en: str
    zh: str
    branches: tuple[str, ...]
    measures: Mapping[str, Measure] = field(default_factory=lambda: MappingProxyType({}))
    checks: Mapping[str, Check] = field(default_factory=lambda: MappingProxyType({}))

    def row(self, branch: str, kind: str, parameters: Parameters) -> tuple[Listing, Item] | None:
        """Return the row of a branch for a kind of investor, with the listing in force that has it."""
        for key in self.branches:
            listing = parameters.lists.in_force(key)
            found = None if listing is None else listing.by_key.get((branch, kind))
            if listing is not None and found is not None:
                return listing, found
        return None

    def open_to(self, kind: str, parameters: Parameters) -> tuple[str, ...]:
        """Name the branches in force for a kind of investor."""
        listings = [found for key in self.branches if (found := parameters.lists.in_force(key)) is not None]
        return tuple(str(row["branch"]) for listing in listings for row in listing.items if row["kind"] == kind)


def held(facts: Facts, regime: str, at: datetime) -> Certification | None:
    """Return the certification under a regime for this sale that stands longest, else the last granted."""
    sale = facts.sale
    known = [c for c in facts.investor.certifications if c.regime == regime and (sale is None or c.sale == sale.stream)]
    standing = [c for c in known if c.valid_until > at and (c.revoked_at is None or c.revoked_at > at)]
    order = (lambda c: (c.valid_until, c.granted_at, c.leaf)) if standing else (lambda c: (c.granted_at, c.leaf))
    return max(standing or known, key=order, default=None)


def claimed(facts: Facts, regime: str, at: datetime) -> Claim | None:
    """Return what is being certified, or what has been."""
    if facts.step is Step.CERTIFY:
        branch, amount = text_in(facts.inputs, "branch"), money_in(facts.inputs, "amount")
        if branch is None or amount is None:
            return None
        proof = text_in(facts.inputs, "proof")
        return Claim(branch, amount, _particulars(facts.inputs), (proof,) if proof else ())
    known = held(facts, regime, at)
    return None if known is None else Claim(known.branch, known.amount, known.particulars, (known.leaf,))


def _particulars(inputs: Mapping[str, Value]) -> Mapping[str, Value]:
    given = inputs.get("particulars")
    if given is not None and not isinstance(given, dict):
        raise FactsError("particulars must be names with values", "particulars 须为键值对")
    return given or {}


def whole(claim: Claim, name: str) -> int | None:
    """Return a particular that counts something, or ``None``; `FactsError` for anything else."""
    value = claim.particulars.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise FactsError(f"{name} must be a whole number", f"{name} 须为非负整数")
    return value


def money(claim: Claim, name: str) -> Money | None:
    """Return a particular that is money, or ``None``; `FactsError` for anything else."""
    return money_in(claim.particulars, name)


def word(claim: Claim, name: str) -> str | None:
    """Return a particular that is a word, or ``None``; `FactsError` for anything else."""
    return text_in(claim.particulars, name)
