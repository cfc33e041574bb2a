"""Who may act for an institution: its legal representative, or a signatory with a power of attorney (授权委托书).

A pure fold over the institution's stream. An act names its authority in its record (``refs``, role `AUTHORITY`): the
leaf of the `NAMED` record of the legal representative, or of the `GRANTED` record of the power. Revoking a power ends
the next act, never a past one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ledger.domain.events import Event
from ledger.domain.instants import from_text
from ledger.domain.money import Money, money_of

NAMED, GRANTED, REVOKED = "representative.named", "power.granted", "power.revoked"
AUTHORITY = "authority"
"""Role of the reference by which a record says under which authority its actor acted."""


class Capacity(StrEnum):
    """As what a person acts. ``LEGAL_REPRESENTATIVE`` is 法定代表人, or who is registered in that place (负责人)."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    SIGNATORY = "signatory"


class Scope(StrEnum):
    """What a power may cover. ``GOVERN`` (giving and taking powers) is never delegated."""

    PROFILE = "profile"
    SUBSCRIBE = "subscribe"
    AFTER_SALE = "after_sale"
    GOVERN = "govern"


DELEGABLE = (Scope.PROFILE, Scope.SUBSCRIBE, Scope.AFTER_SALE)
OPEN = frozenset({"investor.identity_verified", "product.shown", "report.made"})
"""To prove who one is and to look: under any authority that stands."""
_GOVERNING = frozenset({GRANTED, REVOKED})
_AFTER = frozenset({"visit.answered", "sale.rescinded", "holding.redeemed"})
_SUBSCRIBING = frozenset({"product.requested", "warning.acknowledged", "purchase.insisted"})


def scope_of(record_type: str, *, in_sale: bool) -> Scope | None:
    """Return what an act needs: told by its record's type and by whether it is in a sale's stream; none for `OPEN`."""
    if record_type in OPEN:
        return None
    if record_type in _GOVERNING:
        return Scope.GOVERN
    if record_type in _AFTER:
        return Scope.AFTER_SALE
    return Scope.SUBSCRIBE if in_sale or record_type in _SUBSCRIBING else Scope.PROFILE


class Lack(StrEnum):
    """Why somebody may not act now."""

    UNKNOWN = "unknown_person"
    SUCCEEDED = "succeeded"
    NO_POWER = "no_power"
    NOT_YET = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SCOPE = "outside_scope"
    PRODUCT = "other_product"
    AMOUNT = "above_amount"
    IDENTITY = "not_identified"


class LackingError(Exception):
    """Nothing that stands covers the act; ``lack`` says why."""

    def __init__(self, lack: Lack) -> None:
        """Keep the reason."""
        super().__init__(lack.value)
        self.lack = lack


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named to act; ``leaf`` of the naming is their pseudonym. ``succeeded_at``: another took the place."""

    leaf: str
    capacity: Capacity
    named_at: datetime
    succeeded_at: datetime | None = None
    identified_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Tell whether the place was theirs at an instant."""
        return self.named_at <= at and (self.succeeded_at is None or at < self.succeeded_at)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done: ``scope`` is none for `OPEN` acts; product and amount where it is about a sale."""

    scope: Scope | None
    product: str | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Power:
    """A power of attorney: from ``valid_from`` on, no longer at ``valid_until``; ``product`` and ``most`` limit it."""

    leaf: str
    person: str
    scopes: frozenset[str]
    granted_at: datetime
    valid_from: datetime
    valid_until: datetime
    product: str | None = None
    most: Money | None = None
    revoked_at: datetime | None = None

    def lack(self, act: Act, at: datetime) -> Lack | None:
        """Say why this power does not cover an act at an instant; none when it does."""
        against = (
            (self.revoked_at is not None and self.revoked_at <= at, Lack.REVOKED),
            (at < max(self.valid_from, self.granted_at), Lack.NOT_YET),
            (at >= self.valid_until, Lack.EXPIRED),
            (act.scope is not None and act.scope not in self.scopes, Lack.SCOPE),
            (self.product is not None and act.product not in (None, self.product), Lack.PRODUCT),
            (self._too_much(act.amount), Lack.AMOUNT),
        )
        return next((lack for holds, lack in against if holds), None)

    def _too_much(self, amount: Money | None) -> bool:
        """Compare with the limit; another currency than the limit's is not covered."""
        if self.most is None or amount is None:
            return False
        return self.most.currency != amount.currency or not self.most.at_least(amount)


@dataclass(frozen=True, slots=True)
class Representation:
    """Everybody named and every power given, in the order of their records."""

    people: Mapping[str, Person] = field(default_factory=dict)
    powers: Mapping[str, Power] = field(default_factory=dict)

    def person_of(self, authority: str) -> str | None:
        """Return the person (leaf) who acts under an authority."""
        if authority in self.people:
            return authority
        power = self.powers.get(authority)
        return None if power is None else power.person

    def legal_representative(self, at: datetime) -> Person | None:
        """Return whose place it is at an instant."""
        in_place = (p for p in self.people.values() if p.capacity is Capacity.LEGAL_REPRESENTATIVE and p.stands(at))
        return next(in_place, None)

    def authority(self, person: str, act: Act, at: datetime) -> str:
        """Return the leaf of the authority under which a person may do this now; `LackingError` says why not."""
        known = self.people.get(person)
        if known is None:
            raise LackingError(Lack.UNKNOWN)
        if act.scope is not None and known.identified_at is None:
            raise LackingError(Lack.IDENTITY)
        if known.capacity is Capacity.LEGAL_REPRESENTATIVE:
            if not known.stands(at):
                raise LackingError(Lack.SUCCEEDED)
            return person
        lacks: list[Lack] = []
        for power in (p for p in self.powers.values() if p.person == person):
            lack = power.lack(act, at)
            if lack is None:
                return power.leaf
            lacks.append(lack)
        raise LackingError(lacks[-1] if lacks else Lack.NO_POWER)


def fold(events: Iterable[Event]) -> Representation:
    """Fold an institution's ordered events; what is withheld gives no authority."""
    people: dict[str, Person] = {}
    powers: dict[str, Power] = {}
    for event in events:
        if event.withheld:
            continue
        if event.type == NAMED:
            _name(people, event)
        elif event.type == GRANTED:
            powers[event.leaf] = _power(event)
        elif event.type == REVOKED:
            for leaf in {ref.leaf for ref in event.refs if ref.role == "power"} & powers.keys():
                powers[leaf] = replace(powers[leaf], revoked_at=powers[leaf].revoked_at or event.occurred_at)
        elif event.type == "investor.identity_verified":
            here = Representation(people, powers)
            for person in [here.person_of(ref.leaf) for ref in event.refs if ref.role == AUTHORITY]:
                if person is not None:
                    people[person] = replace(people[person], identified_at=event.occurred_at)
    return Representation(people, powers)


def _name(people: dict[str, Person], event: Event) -> None:
    capacity = Capacity(event.text("capacity"))
    if capacity is Capacity.LEGAL_REPRESENTATIVE:
        for leaf, person in people.items():
            if person.capacity is capacity and person.succeeded_at is None:
                people[leaf] = replace(person, succeeded_at=event.occurred_at)
    people[event.leaf] = Person(event.leaf, capacity, event.occurred_at)


def _power(event: Event) -> Power:
    person = next(ref.leaf for ref in event.refs if ref.role == "representative")
    return Power(
        leaf=event.leaf,
        person=person,
        scopes=frozenset(event.texts("scopes")),
        granted_at=event.occurred_at,
        valid_from=from_text(event.text("valid_from")),
        valid_until=from_text(event.text("valid_until")),
        product=event.text("product") if "product" in event.fields else None,
        most=money_of(event.fields["most"]) if "most" in event.fields else None,
    )
