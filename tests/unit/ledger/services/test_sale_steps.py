"""The steps of a sale for the chain, told from its records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text
from ledger.ports.anchor import Exempt, SaleStepWrite, SaleTerms
from ledger.ports.store import Reader
from ledger.rules import load
from ledger.services.sale_steps import sale_steps
from tests.fakes import START

LAW = load()
SALE, INVESTOR, PRODUCT = "1" * 64, "2" * 64, "3" * 64
HOUR = timedelta(hours=1)
ACTOR = Actor("0" * 32, Role.SYSTEM)
MATCH: Mapping[str, Value] = {"tolerance": "C4", "lowest": False, "risk_level": "R3", "outcome": "match"}
FIELDS: dict[str, Mapping[str, Value]] = {
    "sale.opened": {"investor": INVESTOR, "product": PRODUCT},
    "match.completed": MATCH,
    "match.superseded": MATCH,
    "match.withdrawn": MATCH,
    "sign:risk_disclosure": {"purpose": "risk_disclosure"},
    "sign:fund_contract": {"purpose": "fund_contract"},
    "sign:other": {"purpose": "other"},
    "visit:failed": {"successful": False},
    "visit:done": {"successful": True},
    "effective:visited": {"visit": "f" * 64},
    "effective:alone": {"visit": None},
}
TYPES = {"sign": "document.signed", "visit": "visit.completed", "effective": "sale.effective"}
INTRODUCED: Mapping[str, Value] = {
    "name": "n",
    "code": "c",
    "manager": "m",
    "regime": "cn_private_fund",
    "fund_type": "equity",
    "legal_form": "contractual",
    "filing_number": "f",
    "raising_account": "a",
    "minimum": {"amount": "1000000", "currency": "CNY"},
    "cooling_off_hours": 0,
    "cooling_off_from": "paid",
    "return_visit": False,
    "special_risks": [],
}
TO_PAID = (
    "sale.opened match.completed match.acknowledged disclosure.presented sign:risk_disclosure"
    " qualification.confirmed sign:fund_contract contract.completed payment.received"
)
BY_NOW = "opened matched disclosed qualified signed completed paid"


@dataclass
class Records:
    """The one question that the mapping asks."""

    streams: dict[str, list[Event]] = field(default_factory=dict)
    index: int = 0

    def add(self, stream: str, kind: str, fields: Mapping[str, Value]) -> Event:
        at = START + self.index * HOUR
        kept = self.streams.setdefault(stream, [])
        event = Event(kind, stream, len(kept), self.index, f"{self.index:064x}", ACTOR, at, at, fields)
        kept.append(event)
        self.index += 1
        return event

    def tell(self, words: str) -> "Records":
        for word in words.split():
            self.add(SALE, TYPES.get(word.partition(":")[0], word), FIELDS.get(word, {}))
        return self

    def events(self, stream: str) -> tuple[Event, ...]:
        return tuple(self.streams[stream])

    def steps(self) -> list[SaleStepWrite]:
        told = sale_steps(cast(Reader, self), LAW, SALE)
        assert [self.events(SALE)[index - self.events(SALE)[0].index].leaf for index, _ in told] == [
            write.leaf for _, write in told
        ]
        return [write for _, write in told]

    def names(self) -> str:
        return " ".join(write.step.value for write in self.steps())


@pytest.fixture
def records() -> Records:
    made = Records()
    made.add(PRODUCT, "product.introduced", INTRODUCED)
    made.add(INVESTOR, "investor.registered", {"kind": "institution", "channel": "web"})
    return made


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        (TO_PAID, BY_NOW),
        (f"{TO_PAID} visit:failed visit:done effective:visited", f"{BY_NOW} visited"),
        (f"{TO_PAID} effective:alone", f"{BY_NOW} effective"),
        (f"{TO_PAID} sale.rescinded", f"{BY_NOW} rescinded"),
        ("sale.opened match.completed sale.rescinded", "opened rescinded"),
        # said twice is done once
        ("sale.opened match.completed match.acknowledged match.acknowledged", "opened matched"),
        (f"{TO_PAID} sign:other qualification.confirmed visit:done effective:alone", f"{BY_NOW} visited"),
        # a match that fell before it was acknowledged was none
        ("sale.opened match.completed match.withdrawn match.completed match.acknowledged", "opened matched"),
        ("sale.opened match.completed match.acknowledged match.completed", "opened matched reopened"),
        (
            "sale.opened match.completed match.acknowledged match.withdrawn match.completed match.acknowledged",
            "opened matched reopened matched",
        ),
        (f"{TO_PAID} match.superseded match.acknowledged visit:done", f"{BY_NOW} reopened matched visited"),
        (f"{TO_PAID} match.completed match.acknowledged visit:done", f"{BY_NOW} visited"),
        (f"{TO_PAID} match.withdrawn match.withdrawn sale.rescinded", f"{BY_NOW} reopened rescinded"),
        # to the contract the visit is the end, also where the match falls before the sale takes effect
        (f"{TO_PAID} visit:done match.withdrawn match.completed match.acknowledged", f"{BY_NOW} visited"),
    ],
)
def test_only_what_the_law_orders_is_told_and_once(records: Records, told: str, steps: str) -> None:
    records.tell(told)
    assert records.names() == steps
    assert [write.number for write in records.steps()] == list(range(1, len(steps.split()) + 1))


def test_a_sale_is_opened_on_the_terms_of_its_product_and_never_below_the_law(records: Records) -> None:
    first, *others = records.tell(TO_PAID).steps()
    assert first.terms == SaleTerms(24, "paid", visit_due=False)
    assert {write.terms for write in others} == {None}
    longer: dict[str, Value] = {**INTRODUCED, "fund_type": "securities", "cooling_off_hours": 72, "return_visit": True}
    records.streams[PRODUCT] = [replace(records.streams[PRODUCT][0], fields=longer)]
    assert records.steps()[0].terms == SaleTerms(72, "signed_and_paid", visit_due=True)


@pytest.mark.parametrize(
    ("basis", "told"), [("professional_institution", Exempt.VISIT), ("pension", Exempt.QUALIFICATION)]
)
def test_an_exemption_is_told_while_it_stands(records: Records, basis: str, told: Exempt) -> None:
    until = to_text(START + 9 * HOUR)
    records.add(INVESTOR, "exemption.granted", {"basis": basis, "valid_until": until})
    steps = records.tell(f"{TO_PAID.replace('qualification.confirmed ', '')} effective:alone").steps()
    exempt = {write.step.value: write.exempt for write in steps}
    assert exempt["signed"] == told
    assert {exempt[name] for name in ("opened", "matched", "disclosed", "completed", "paid")} == {Exempt.NOTHING}
    assert exempt["effective"] == Exempt.NOTHING, "it had ended by then"


def test_an_exemption_from_after_the_step_does_not_help_it(records: Records) -> None:
    records.tell(TO_PAID)
    records.add(INVESTOR, "exemption.granted", {"basis": "pension", "valid_until": to_text(START + 99 * HOUR)})
    assert {write.exempt for write in records.steps()} == {Exempt.NOTHING}


def test_a_professional_need_not_acknowledge_a_new_match(records: Records) -> None:
    recognised: Any = {"ground": "institution", "valid_until": to_text(START + 99 * HOUR), "claims": []}
    records.add(INVESTOR, "professional.recognised", recognised)
    assert records.tell(f"{TO_PAID} match.superseded visit:done").names() == f"{BY_NOW} visited"


def test_a_sale_whose_key_was_destroyed_tells_nothing(records: Records) -> None:
    records.tell(TO_PAID)
    kept = records.streams[SALE]
    records.streams[SALE] = [*kept[:-1], replace(kept[-1], fields={}, withheld=True)]
    assert sale_steps(cast(Reader, records), LAW, SALE) == ()


def test_records_that_no_opening_precedes_are_no_sale(records: Records) -> None:
    records.tell("match.acknowledged")
    assert sale_steps(cast(Reader, records), LAW, SALE) == ()
