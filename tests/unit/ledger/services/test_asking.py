"""A question without a receipt: the decision of the caller's own view, also where no view is opened for it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import decisions
from ledger.domain.decision import Answer, Decision
from ledger.domain.money import Money
from ledger.errors import CallerError, NotFoundError
from ledger.services import eligibility
from ledger.services.eligibility import Question
from ledger.storage.store import open_store
from tests.deciding import World, open_world
from tests.ledgers import MASTER

MILLION = Money.parse("1000000.00")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


def viewed(world: World, asked: Question) -> Decision:
    with world.reading() as reader:
        return eligibility.decide(world.ledger, reader, asked)


def unopened(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(world.ledger.store, "snapshot", lambda: pytest.fail("a view was opened"))


def test_the_second_question_opens_no_view_and_is_answered_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [world.investor(certified=n % 2 == 0) for n in range(4)]
    asked = [Question(stream, world.product, MILLION) for stream in people]
    first = [eligibility.ask(world.ledger, each) for each in asked]
    assert first == [viewed(world, each) for each in asked]
    unopened(monkeypatch, world)
    assert [eligibility.ask(world.ledger, each) for each in asked] == first


def test_a_revocation_by_another_process_counts_for_the_next_question(world: World, tmp_path: Path) -> None:
    asked = Question(world.investor(certified=True), world.product, MILLION)
    before = [eligibility.ask(world.ledger, asked) for _ in range(2)]
    here, world.parts.store = world.parts.store, open_store(tmp_path / "ledger.sqlite", master=MASTER)
    world.revoke(asked.investor)
    world.parts.store.close()
    world.parts.store = here
    after = eligibility.ask(world.ledger, asked)
    assert after == viewed(world, asked)
    assert after.answer is Answer.INELIGIBLE
    assert after.findings != before[0].findings == before[1].findings


def test_a_question_about_the_past_is_answered_as_of_then(world: World) -> None:
    asked = Question(world.investor(certified=True), world.product, MILLION)
    then = world.parts.clock.now()
    world.parts.clock.advance(days=1)
    world.revoke(asked.investor)
    past = Question(asked.investor, world.product, MILLION, at=then, known_at=then)
    for _ in range(2):
        assert eligibility.ask(world.ledger, asked).answer is Answer.INELIGIBLE
        assert eligibility.ask(world.ledger, past) == viewed(world, past)
        assert eligibility.ask(world.ledger, past).findings != eligibility.ask(world.ledger, asked).findings


def test_unknown_streams_and_the_future_are_refused_however_often(world: World) -> None:
    person, tomorrow = world.investor(), world.parts.clock.now().replace(year=2099)
    for _ in range(2):
        eligibility.ask(world.ledger, Question(person, world.product, MILLION))
        for wrong in (Question("0" * 64, world.product, MILLION), Question(person, person, MILLION)):
            with pytest.raises(NotFoundError):
                eligibility.ask(world.ledger, wrong)
        with pytest.raises(CallerError, match="future"):
            eligibility.ask(world.ledger, Question(person, world.product, MILLION, at=tomorrow))


def test_an_answer_is_the_decisions_wire_form_byte_for_byte(world: World) -> None:
    for certified in (True, False, True):
        found = eligibility.ask(world.ledger, Question(world.investor(certified=certified), world.product, MILLION))
        for _ in range(2):
            wire = json.dumps(found.as_json(), ensure_ascii=False, separators=(",", ":"))
            assert decisions.respond(found).body == wire.encode()
