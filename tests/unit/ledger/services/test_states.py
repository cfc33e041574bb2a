"""Folded states are those of the caller's own snapshot: never stale, in any process, after anything."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.domain import investor as domain
from ledger.domain.investor import InvestorState
from ledger.errors import NotFoundError
from ledger.ports.store import Reader
from ledger.services.states import States
from ledger.storage.store import open_store
from tests.deciding import World, open_world
from tests.ledgers import MASTER


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


def ask(world: World, states: States, *streams: str, reader: Reader | None = None) -> dict[str, InvestorState]:
    now = world.parts.clock.now()
    if reader is not None:
        return states.investors.of(reader, streams, as_of=now, known_at=now)
    with world.reading() as fresh:
        return states.investors.of(fresh, streams, as_of=now, known_at=now)


def revoked(state: InvestorState) -> bool:
    return state.certifications[-1].revoked_at is not None


def test_a_state_is_what_folding_gives_however_often_it_is_asked(world: World) -> None:
    states = States()
    people = [world.investor() for _ in range(5)]
    with world.reading() as reader:
        folded = {stream: domain.fold(stream, reader.events(stream)) for stream in people}
    for _ in range(3):
        assert ask(world, states, *people) == folded


def test_the_second_time_nothing_is_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    states, person = States(), world.investor()
    first = ask(world, states, person)
    with world.reading() as reader:
        monkeypatch.setattr(reader, "events", lambda _stream: pytest.fail("the records were opened again"))
        assert ask(world, states, person, reader=reader)[person] is first[person]


def test_a_revocation_counts_from_its_commit_on(world: World) -> None:
    states, person = States(), world.investor(certified=True)
    assert not revoked(ask(world, states, person)[person])
    world.revoke(person)
    assert revoked(ask(world, states, person)[person])


def test_a_revocation_by_another_process_counts_too(world: World, tmp_path: Path) -> None:
    states, person = States(), world.investor(certified=True)
    ask(world, states, person)
    other = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    here, world.parts.store = world.parts.store, other
    world.revoke(person)
    world.parts.store = here
    other.close()
    assert revoked(ask(world, states, person)[person])


def test_a_snapshot_that_is_older_than_what_is_kept_sees_its_own_past(world: World) -> None:
    states, person = States(), world.investor(certified=True)
    with world.reading() as old:
        assert old.size() > 0  # the view begins with its first query
        world.revoke(person)
        now = world.parts.clock.now()
        assert not revoked(states.investors.of(old, [person], as_of=now, known_at=now)[person])
    assert revoked(ask(world, states, person)[person])


def test_a_question_about_the_past_sees_fewer_records(world: World) -> None:
    states, person = States(), world.investor(certified=True)
    before = world.parts.clock.now()
    world.parts.clock.advance(days=1)
    world.revoke(person)
    assert revoked(ask(world, states, person)[person])
    with world.reading() as reader:
        past = states.investors.of(reader, [person], as_of=before, known_at=before)
        later = states.investors.of(reader, [person], as_of=world.parts.clock.now(), known_at=before)
    assert not revoked(past[person])
    assert not revoked(later[person])
    assert revoked(ask(world, states, person)[person])


def test_whoever_is_forgotten_is_forgotten_here_too(world: World) -> None:
    states, person = States(), world.investor(certified=True)
    assert ask(world, states, person)[person].certifications
    world.parts.store.destroy_subject_key(person)
    assert ask(world, states, person)[person].certifications == ()


def test_no_more_are_kept_than_the_capacity(world: World) -> None:
    states = States(capacity=2)
    people = [world.investor() for _ in range(5)]
    assert set(ask(world, states, *people)) == set(people)
    assert len(states.investors) == 2


def test_what_is_no_such_stream_is_named(world: World) -> None:
    states, person = States(), world.investor()
    unknown = [f"{n:064x}" for n in range(3)]
    with pytest.raises(NotFoundError, match=r"there is no investor 000000000000… \(and 2 more\)") as caught:
        ask(world, states, person, *unknown)
    assert caught.value.evidence["streams"] == unknown
    with pytest.raises(NotFoundError, match=f"there is no investor {world.product[:12]}…$"):
        ask(world, states, world.product)


def test_products_are_kept_in_the_same_way(world: World) -> None:
    states = States()
    now = world.parts.clock.now()
    with world.reading() as reader:
        first = states.products.of(reader, [world.product], as_of=now, known_at=now)[world.product]
    assert first.suspended_at is None
    world.parts.clock.advance(hours=1)
    later = world.parts.clock.now() + timedelta(hours=1)
    world.append("product.seats_reserved", world.product, {"sale": "1" * 64, "seats": 2})
    with world.reading() as reader:
        second = states.products.of(reader, [world.product], as_of=later, known_at=later)[world.product]
    assert (first.seats_taken, second.seats_taken) == (0, 2)
