"""A batch answers as the single question does, for each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.errors import CallerError, NotFoundError
from ledger.services import eligibility
from ledger.services.batches import LIMIT, decide_batch
from tests import population
from tests.deciding import World, open_world

MILLION, NOTHING = Money.parse("1000000.00"), Money.parse("0")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


def batch(world: World, people: list[str], **other: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"product_stream": world.product, "amount": MILLION, "fee": NOTHING, **other}
    with world.reading() as reader:
        return decide_batch(world.ledger, reader, investor_streams=people, **asked)


def test_every_item_is_what_the_single_question_gives(world: World) -> None:
    people = [world.investor() for _ in range(20)]
    found = batch(world, people)
    assert [item["investor"] for item in found["items"]] == people
    unconfirmed: set[str] = set()
    with world.reading() as reader:
        for item in found["items"]:
            single = eligibility.decide(
                world.ledger, reader, eligibility.Question(item["investor"], world.product, MILLION, NOTHING)
            ).as_json()
            assert {k: item[k] for k in ("answer", "conditions", "changes_at")} == {
                k: single[k] for k in ("answer", "conditions", "changes_at")
            }
            findings = single["findings"]
            assert isinstance(findings, list)
            assert item["findings"] == [
                f for f in findings if isinstance(f, dict) and f["outcome"] in {"FAIL", "NEEDS_EVIDENCE"}
            ]
            unconfirmed |= {str(key) for key in single["unconfirmed"]}  # type: ignore[union-attr] # a list, as its schema says
    assert set(found["unconfirmed"]) == unconfirmed
    assert sum(found["counts"].values()) == 20
    assert len({item["answer"] for item in found["items"]}) > 1


def test_a_revocation_is_seen_at_once(world: World) -> None:
    person = world.investor(tolerance="C5", certified=True)
    before = batch(world, [person])["items"][0]
    world.revoke(person)
    after = batch(world, [person])["items"][0]
    assert after["answer"] == "ineligible"
    assert {f["rule"] for f in after["findings"]} - {f["rule"] for f in before["findings"]} == {
        "cn/amac_raising/art27_certification_standing"
    }


def test_whom_the_rules_cannot_judge_is_told_apart(world: World) -> None:
    good, odd = world.investor(tolerance="C5", certified=True), world.investor(tolerance="C5", certified=False)
    granted: dict[str, Value] = {
        "regime": "cn_private_fund",
        "branch": "financial_assets",
        "amount": {"amount": "900000.00", "currency": "USD"},
        "valid_until": to_text(world.parts.clock.now() + timedelta(days=9)),
        "sale": "0" * 64,
    }
    world.append("certification.granted", odd, granted, by=population.CERTIFIER)
    found = batch(world, [odd, good])
    assert [item["investor"] for item in found["items"]] == [good]
    (left,) = found["undecided"]
    assert (left["investor"], left["code"]) == (odd, "facts_error")
    assert "convert to CNY" in left["detail"]
    assert left["zh"]
    assert found["counts"]["undecided"] == 1


def test_a_question_about_the_past(world: World) -> None:
    person = world.investor(tolerance="C5", certified=True)
    then = world.parts.clock.now()
    world.parts.clock.advance(days=1)
    world.revoke(person)
    assert batch(world, [person], at=then, known_at=then)["items"][0] != batch(world, [person])["items"][0]


def test_the_list_is_bounded_and_names_each_once(world: World) -> None:
    person = world.investor()
    with pytest.raises(CallerError, match=f"1 to {LIMIT} investors"):
        batch(world, [])
    with pytest.raises(CallerError, match=f"1 to {LIMIT} investors"):
        batch(world, [f"{n:064x}" for n in range(LIMIT + 1)])
    with pytest.raises(CallerError, match=f"{person[:12]}… is in the list twice"):
        batch(world, [person, world.investor(), person])


def test_the_future_and_the_unknown_are_refused(world: World) -> None:
    person = world.investor()
    ahead = world.parts.clock.now() + timedelta(microseconds=1)
    for when in ({"at": ahead}, {"known_at": ahead}):
        with pytest.raises(CallerError, match="may not lie in the future"):
            batch(world, [person], **when)
    with pytest.raises(NotFoundError, match="there is no investor"):
        batch(world, [person, "f" * 64])
    with pytest.raises(NotFoundError, match="there is no product"):
        batch(world, [person], product_stream=person)


def test_another_currency_than_the_products_is_told_for_each(world: World) -> None:
    found = batch(world, [world.investor()], amount=Money.parse("1000000.00", "USD"), fee=Money.parse("0", "USD"))
    assert (found["items"], found["undecided"][0]["code"]) == ([], "facts_error")
