"""Written acts under foreign regimes: made, told, withdrawn; products that require regimes; particulars."""

import pytest

from ledger.domain import investor, product
from ledger.domain.events import Value
from ledger.domain.statements import FIRM, INVESTOR
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at
from tests.unit.ledger.domain.test_product import INTRODUCED

GRANTED: dict[str, Value] = {
    "regime": "sg_ai",
    "branch": "income",
    "amount": CNY_1M,
    "valid_until": "2026-06-02T01:00:00.000000Z",
    "sale": "c" * 64,
}


def act(statement: str, **more: Value) -> dict[str, Value]:
    return {"regime": "sg_ai", "statement": statement, "text": "…", "text_en": "…", "text_sha256": "0" * 64, **more}


def test_statements_know_who_made_them_for_which_sale_and_when() -> None:
    story = Story()
    story.tell("regime.told", act("notice"))
    story.tell("regime.stated", act("opt_in", sale="c" * 64))
    made = investor.fold(STREAM, story.events).statements
    assert [(s.statement, s.by, s.sale, s.at) for s in made] == [
        ("notice", FIRM, "", at(0)),
        ("opt_in", INVESTOR, "c" * 64, at(1)),
    ]
    assert not made[1].stands(at(0))
    assert made[1].stands(at(1))


def test_a_withdrawal_ends_only_that_statement_from_then_on() -> None:
    story = Story()
    story.tell("regime.stated", act("opt_in"))
    story.tell("regime.stated", {**act("opt_in"), "regime": "eu_elective_professional"})
    story.tell("regime.told", act("opt_in"))  # the firm's words are not the investor's to withdraw
    story.tell("regime.withdrawn", {"regime": "sg_ai", "statement": "opt_in"})
    story.tell("regime.stated", act("opt_in"))
    story.tell("regime.withdrawn", {"regime": "sg_ai", "statement": "opt_in"})
    first, other, told, again = investor.fold(STREAM, story.events).statements
    assert (first.withdrawn_at, other.withdrawn_at, told.withdrawn_at, again.withdrawn_at) == (at(3), None, None, at(5))
    assert first.stands(at(2))
    assert not first.stands(at(3))


def test_a_certification_may_carry_particulars() -> None:
    story = Story()
    story.tell("certification.granted", GRANTED)
    story.tell("certification.granted", {**GRANTED, "particulars": {"home": CNY_1M, "trades": 40}})
    plain, full = investor.fold(STREAM, story.events).certifications
    assert (plain.particulars, full.particulars) == ({}, {"home": CNY_1M, "trades": 40})


def test_particulars_that_are_no_names_with_values_are_an_error() -> None:
    story = Story()
    story.tell("certification.granted", {**GRANTED, "particulars": ["home"]})
    with pytest.raises(TypeError, match="particulars is not names with values"):
        investor.fold(STREAM, story.events)


def test_a_product_may_require_foreign_regimes_and_old_ones_require_none() -> None:
    story = Story()
    story.tell("product.introduced", INTRODUCED)
    assert product.fold(STREAM, story.events).also_requires == ()
    story.tell("product.introduced", {**INTRODUCED, "also_requires": ["hk_pi", "sg_ai"]})
    assert product.fold(STREAM, story.events).also_requires == ("hk_pi", "sg_ai")
