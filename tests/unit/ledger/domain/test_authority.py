from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.domain import authority
from ledger.domain.actors import Role
from ledger.domain.authority import AUTHORITY, DELEGABLE, Act, Lack, LackingError, Representation, Scope, scope_of
from ledger.domain.catalogue import EVENT_TYPES, Stream
from ledger.domain.events import Event, Ref, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from tests.unit.ledger.domain.make import Story, at

FUND, OTHER = "f0" * 32, "f1" * 32
SIGN = Act(Scope.SUBSCRIBE, FUND, Money.parse("1000000.00"))
LOOK = Act(None)


class Company(Story):
    """An institution with its legal representative at leaf 0."""

    def __init__(self) -> None:
        super().__init__()
        self.chief = self.name("legal_representative")

    def name(self, capacity: str) -> Event:
        who = {"capacity": capacity, "name": "王", "id_type": "x", "id_number": "1", "mobile": "2"}
        return self.tell("representative.named", who)

    def signatory(self) -> Event:
        return self.name("signatory")

    def identify(self, leaf: str) -> None:
        self.tell("investor.identity_verified", {"method": "code"}, refs=(Ref(AUTHORITY, leaf),))

    def grant(self, person: Event, **terms: Any) -> Event:
        fields: Mapping[str, Value] = {
            "scopes": ["subscribe"],
            "signed_on": "2026-03-02",
            "valid_from": to_text(at(10)),
            "valid_until": to_text(at(20)),
            **terms,
        }
        refs = (Ref("representative", person.leaf), Ref("signed_by", self.chief.leaf))
        return self.tell("power.granted", fields, refs=refs)

    @property
    def fold(self) -> Representation:
        return authority.fold(self.events)

    def lack(self, person: Event, act: Act, minute: int) -> Lack | None:
        try:
            self.fold.authority(person.leaf, act, at(minute))
        except LackingError as error:
            return error.lack
        return None


def agent(**terms: Any) -> tuple[Company, Event, Event]:
    """Return a company, its signatory, who is identified, and that one's power."""
    company = Company()
    person = company.signatory()
    power = company.grant(person, **terms)
    company.identify(power.leaf)
    return company, person, power


def test_the_legal_representative_acts_without_a_power() -> None:
    company = Company()
    assert company.lack(company.chief, LOOK, 1) is None
    assert company.lack(company.chief, SIGN, 1) is Lack.IDENTITY
    company.identify(company.chief.leaf)
    for scope in Scope:
        assert company.fold.authority(company.chief.leaf, Act(scope), at(2)) == company.chief.leaf


def test_a_new_legal_representative_takes_the_place_at_that_instant() -> None:
    company = Company()
    company.identify(company.chief.leaf)
    other = company.name("legal_representative")
    assert other.occurred_at == at(2)
    before, of = company.chief, company.fold
    assert of.authority(before.leaf, SIGN, at(1)) == before.leaf
    assert company.lack(before, SIGN, 2) is Lack.SUCCEEDED
    assert company.lack(other, LOOK, 2) is None
    assert company.lack(other, LOOK, 1) is Lack.SUCCEEDED  # not in place yet
    assert of.legal_representative(at(1)) == of.people[before.leaf]
    assert of.legal_representative(at(2)) == of.people[other.leaf]
    third = company.name("legal_representative")
    assert company.fold.people[before.leaf].succeeded_at == at(2)
    assert company.fold.people[other.leaf].succeeded_at == third.occurred_at


@pytest.mark.parametrize(("minute", "lack"), [(9, Lack.NOT_YET), (10, None), (19, None), (20, Lack.EXPIRED)])
def test_a_power_covers_from_its_first_instant_to_before_its_last(minute: int, lack: Lack | None) -> None:
    company, person, power = agent()
    assert company.lack(person, SIGN, minute) is lack
    if lack is None:
        assert company.fold.authority(person.leaf, SIGN, at(minute)) == power.leaf


def test_a_power_does_not_reach_back_before_it_was_recorded() -> None:
    company, person, _ = agent(valid_from=to_text(at(0)))
    assert company.lack(person, SIGN, 1) is Lack.NOT_YET
    assert company.lack(person, SIGN, 2) is None


def test_revocation_ends_the_next_act_and_no_past_one() -> None:
    company, person, power = agent(valid_from=to_text(at(0)))
    end = company.tell("power.revoked", {"reason": "离职"}, refs=(Ref("power", power.leaf), Ref("power", "9" * 64)))
    assert company.lack(person, SIGN, 3) is None
    assert end.occurred_at == at(4)
    assert company.lack(person, SIGN, 4) is Lack.REVOKED
    company.tell("power.revoked", {"reason": "again"}, refs=(Ref("power", power.leaf),))
    assert company.fold.powers[power.leaf].revoked_at == at(4)


def test_a_power_covers_what_it_names_and_no_more() -> None:
    company, person, _ = agent(scopes=["profile", "after_sale"])
    assert company.lack(person, SIGN, 15) is Lack.SCOPE
    assert company.lack(person, Act(Scope.PROFILE), 15) is None
    assert company.lack(person, Act(Scope.GOVERN), 15) is Lack.SCOPE
    assert company.lack(person, LOOK, 15) is None


@pytest.mark.parametrize(
    ("act", "lack"),
    [
        (SIGN, None),
        (replace(SIGN, product=OTHER), Lack.PRODUCT),
        (replace(SIGN, product=None), None),
        (replace(SIGN, amount=Money.parse("1000000.01")), Lack.AMOUNT),
        (replace(SIGN, amount=Money.parse("999999.99")), None),
        (replace(SIGN, amount=Money.parse("1.00", "USD")), Lack.AMOUNT),
        (replace(SIGN, amount=None), None),
    ],
)
def test_a_power_may_be_for_one_product_up_to_an_amount(act: Act, lack: Lack | None) -> None:
    company, person, _ = agent(product=FUND, most={"amount": "1000000.00", "currency": "CNY"})
    assert company.lack(person, act, 15) is lack


def test_the_first_power_that_covers_counts_and_else_the_last_ones_lack_is_told() -> None:
    company, person, first = agent()
    second = company.grant(person, scopes=["profile"], valid_until=to_text(at(30)))
    assert company.fold.authority(person.leaf, SIGN, at(15)) == first.leaf
    assert company.fold.authority(person.leaf, Act(Scope.PROFILE), at(15)) == second.leaf
    assert company.lack(person, SIGN, 25) is Lack.SCOPE
    assert (company.fold.person_of(first.leaf), company.fold.person_of(person.leaf)) == (person.leaf, person.leaf)


def test_who_was_never_named_or_given_a_power_does_nothing() -> None:
    company = Company()
    person = company.signatory()
    assert company.lack(person, LOOK, 5) is Lack.NO_POWER
    assert company.lack(replace(person, leaf="9" * 64), LOOK, 5) is Lack.UNKNOWN
    assert company.fold.person_of("9" * 64) is None


def test_identity_counts_for_the_person_whose_authority_it_names() -> None:
    company, person, _ = agent()
    company.identify("9" * 64)
    company.tell("investor.identity_verified", {"method": "code"})
    company.tell("agreement.accepted", {"agreement": "a", "version": "1"})
    assert company.fold.people[person.leaf].identified_at == at(3)
    assert company.fold.people[company.chief.leaf].identified_at is None


def test_what_is_withheld_gives_no_authority() -> None:
    company, _, power = agent()
    hidden = [replace(e, withheld=True, fields={}) if e.leaf == power.leaf else e for e in company.events]
    assert not authority.fold(hidden).powers


def test_every_act_of_an_investor_has_its_scope() -> None:
    own = {name: row for name, row in EVENT_TYPES.items() if Role.INVESTOR in row.roles}
    scopes = {name: scope_of(name, in_sale=row.stream is Stream.SALE) for name, row in own.items()}
    assert {n for n, s in scopes.items() if s is None} == authority.OPEN
    assert {n for n, s in scopes.items() if s is Scope.GOVERN} == {"power.granted", "power.revoked"}
    assert scopes["document.signed"] is scopes["warning.acknowledged"] is Scope.SUBSCRIBE
    assert scopes["sale.rescinded"] is scopes["holding.redeemed"] is Scope.AFTER_SALE
    assert scopes["questionnaire.submitted"] is scopes["credential.registered"] is Scope.PROFILE
    assert Scope.GOVERN not in DELEGABLE
