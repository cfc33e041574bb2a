"""Who acted for an institution: each of its acts names an authority that stood then and covered it."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from verifier import record
from verifier.errors import VerificationError
from verifier.record import Record
from verifier.steps import seals
from verifier.steps.case import Case, Found, at, place
from verifier.steps.seals import Person

NAMED, GRANTED, REVOKED = "representative.named", "power.granted", "power.revoked"
INSTITUTION, CHIEF = "institution", "legal_representative"
_OPEN: Final = frozenset({"investor.identity_verified", "product.shown", "report.made"})
_GOVERNING: Final = frozenset({GRANTED, REVOKED})
_AFTER: Final = frozenset({"visit.answered", "sale.rescinded", "holding.redeemed"})
_SUBSCRIBING: Final = frozenset({"product.requested", "warning.acknowledged", "purchase.insisted"})
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Power:
    """A power of attorney. Instants are texts; ``end`` is the first at which it is over."""

    person: str
    scopes: frozenset[str]
    start: str
    end: str
    product: str | None
    most: tuple[Decimal, str] | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sale is about."""

    product: str
    amount: tuple[Decimal, str]


@dataclass(slots=True)
class Institution:
    """Who may act, as far as the records have told."""

    stream: str
    name: str
    people: dict[str, Person] = field(default_factory=dict)
    chief: str | None = None
    powers: dict[str, Power] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    acted: dict[str, str] = field(default_factory=dict)
    """Record (leaf) → person (leaf) of every act so far."""

    def act(self, now: Record, terms: Terms | None) -> Person:
        """Return who did this; `VerificationError` unless their authority stood and covered it."""
        leaves = [ref.leaf for ref in now.refs if ref.role == "authority"]
        if len(leaves) != 1:
            raise VerificationError("authority_missing", "an act for the institution names no authority, or several")
        (leaf,) = leaves
        if leaf in self.people:
            if leaf != self.chief:
                raise VerificationError("authority_ended", "whoever acted was not the legal representative then")
            return self.people[leaf]
        power = self.powers.get(leaf)
        if power is None:
            raise VerificationError("authority_unknown", "an act names an authority that was never given before it")
        if leaf in self.revoked:
            raise VerificationError("authority_ended", "the power of attorney had been revoked before the act")
        if not power.start <= now.recorded_at < power.end:
            raise VerificationError(
                "authority_not_valid",
                "the power of attorney was not in force at the act",
                valid_from=power.start,
                valid_until=power.end,
            )
        self._require_covered(now, power, terms)
        return self.people[power.person]

    def _require_covered(self, now: Record, power: Power, terms: Terms | None) -> None:
        scope = scope_of(now.type, in_sale=terms is not None)
        exceeded = scope is not None and scope not in power.scopes
        if terms is not None:
            exceeded |= power.product not in (None, terms.product)
            exceeded |= power.most is not None and not _within(terms.amount, power.most)
        if exceeded:
            raise VerificationError("authority_exceeded", "the power of attorney does not cover the act", scope=scope)


def scope_of(record_type: str, *, in_sale: bool) -> str | None:
    """Return what an act needs to be covered by (`docs/format.md` §11, step 20); none for proving who one is."""
    if record_type in _OPEN:
        return None
    if record_type in _GOVERNING:
        return "govern"
    if record_type in _AFTER:
        return "after_sale"
    return "subscribe" if in_sale or record_type in _SUBSCRIBING else "profile"


def authority(case: Case) -> Found:
    """Step 20."""
    institutions: dict[str, Institution] = {}
    sales: dict[str, tuple[str, Terms]] = {}
    for _, now in case.records:
        with at(place(now), leaf=now.leaf_sha256):
            if now.type == "investor.registered":
                _register(case, now, institutions)
            elif now.type == "sale.opened" and institutions:
                sales[now.stream] = _terms(case, now)
            whose, about = sales.get(now.stream, (now.stream, None))
            if whose in institutions:
                _follow(case, now, institutions[whose], about)
    acts = sum(len(each.acted) for each in institutions.values())
    if not institutions:
        return "no institution takes part as investor", {"acts": 0}
    people = len({person for each in institutions.values() for person in each.acted.values()})
    sentence = f"{acts} acts for the institution by {people} people, each under an authority that stood and covered it"
    return sentence, {"acts": acts, "people": people}


def _register(case: Case, now: Record, institutions: dict[str, Institution]) -> None:
    (kind,) = case.fields(now, "kind")
    if kind == INSTITUTION:
        (name,) = case.fields(now, "name")
        institutions[now.stream] = Institution(now.stream, _text(name))


def _follow(case: Case, now: Record, of: Institution, terms: Terms | None) -> None:
    """Hold one record of the institution's against what stood before it; then let it tell who may act."""
    if (now.actor_role, now.actor_id) == ("investor", of.stream):
        person = of.act(now, terms)
        of.acted[now.leaf_sha256] = person.leaf
        if now.type == "document.signed":
            seals.require(case, now, of.name, person, of.acted, _since(now, of))
    if now.stream != of.stream:
        return
    if now.type == NAMED:
        capacity, name = case.fields(now, "capacity", "name")
        of.people[now.leaf_sha256] = Person(now.leaf_sha256, _text(name), now.recorded_at)
        of.chief = now.leaf_sha256 if capacity == CHIEF else of.chief
    elif now.type == GRANTED:
        of.powers[now.leaf_sha256] = _power(case, now, of)
    elif now.type == REVOKED:
        of.revoked |= {ref.leaf for ref in now.refs if ref.role == "power"}


def _since(now: Record, of: Institution) -> str:
    """Return from when on the authority of an act stood."""
    leaf = next(ref.leaf for ref in now.refs if ref.role == "authority")
    return of.people[leaf].named_at if leaf in of.people else of.powers[leaf].start


def _power(case: Case, now: Record, of: Institution) -> Power:
    scopes, start, end = case.fields(now, "scopes", "valid_from", "valid_until")
    people = [ref.leaf for ref in now.refs if ref.role == "representative"]
    if len(people) != 1 or people[0] not in of.people:
        raise VerificationError("authority_unknown", "a power of attorney is for nobody who was named before it")
    if not isinstance(scopes, list) or "govern" in scopes:
        raise VerificationError("bad_member", "a power of attorney does not list what it may cover")
    record.instant(start, "valid_from")
    record.instant(end, "valid_until")
    limits = [case.fields(now, name)[0] if name in now.fields else None for name in ("product", "most")]
    product = None if limits[0] is None else _text(limits[0])
    most = None if limits[1] is None else _money(limits[1])
    return Power(people[0], frozenset(map(str, scopes)), max(start, now.recorded_at), end, product, most)


def _terms(case: Case, now: Record) -> tuple[str, Terms]:
    investor, product, amount = case.fields(now, "investor", "product", "amount")
    return _text(investor), Terms(_text(product), _money(amount))


def _within(amount: tuple[Decimal, str], most: tuple[Decimal, str]) -> bool:
    return amount[1] == most[1] and amount[0] <= most[0]


def _money(value: Any) -> tuple[Decimal, str]:
    match value:
        case {"amount": str(amount), "currency": str(currency)} if _AMOUNT.fullmatch(amount):
            return Decimal(amount), currency
    raise VerificationError("bad_member", "an amount is not written as money")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise VerificationError("bad_member", "a field is not text")
    return value
