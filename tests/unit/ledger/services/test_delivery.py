"""Messages go out: looked at again at that instant, tried a bounded number of times, delivered once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Ref
from ledger.errors import ConflictError
from ledger.services import delivery, links, messages, reminders, representatives
from ledger.services.messenger import Messenger
from tests.deciding import World, open_world
from tests.fakes import PowerCut
from tests.messaging import HOUR, LINK, TICK, Scene, delivered, open_scene, person


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = open_world(tmp_path_factory.mktemp("messages"))
    yield opened
    opened.parts.store.close()


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    with open_scene(world) as opened:
        yield opened


def test_the_service_reminds_of_itself_after_the_policys_time_and_once(scene: Scene) -> None:
    worker = Messenger(scene.ledger, sweep=0)
    worker.work()
    assert scene.events("message.queued") == []
    scene.pass_(48 * HOUR)
    worker.work()
    worker.work()
    (queued,) = scene.events("message.queued")
    assert (queued.actor.role, queued.fields["about"]) == (Role.SYSTEM, "match")
    assert len(scene.gateway.taken) >= 1
    scene.pass_(23 * HOUR)
    worker.work()
    assert len(scene.events("message.queued")) == 1
    assert scene.events("step.refused") == []  # what is not due is left, not refused


def test_an_institution_is_reminded_through_who_came_last_and_may_still_act(world: World) -> None:
    with open_scene(world, "institution") as scene:
        worker = Messenger(scene.ledger, sweep=0)
        scene.pass_(48 * HOUR)
        worker.work()
        assert scene.events("message.queued") == []  # nobody to turn to: staff invite somebody
        chief = named(scene, "legal_representative", "13911110000")
        came(scene, chief)
        scene.pass_(48 * HOUR)
        worker.work()
        assert len(scene.events("message.queued")) == 1
        assert delivered(scene.ledger) == []
        (text,) = list(scene.gateway.taken.values())[-1:]
        with world.reading() as reader:
            link = LINK.search(text)
            assert link is not None
            assert links.read(scene.ledger, link[1], scene.ledger.clock.now()).actor.person == chief
            assert scene.investor in reader.streams(Stream.INVESTOR, limit=1000)
        named(scene, "legal_representative", "13922220000")  # has not come yet, and the one before may not act
        scene.pass_(48 * HOUR)
        worker.work()
        assert len(scene.events("message.queued")) == 1


def named(scene: Scene, capacity: str, mobile: str) -> str:
    """Name somebody who acts for the institution."""
    person: dict[str, Any] = {"full_name": "x", "id_type": "resident_id", "id_number": "x", "mobile": mobile}
    told = scene.write(representatives.name, stream=scene.investor, capacity=capacity, **person)
    return str(told["representative"])


def came(scene: Scene, who: str) -> None:
    """Have somebody identify themselves."""
    now, actor = scene.ledger.clock.now(), Actor(scene.investor, Role.INVESTOR)
    whose = (Ref("authority", who),)
    verified = Draft("investor.identity_verified", scene.investor, scene.investor, actor, now, {"method": "x"}, whose)
    with scene.ledger.store.transaction() as tx:
        tx.append([verified], now)


def test_what_was_queued_before_cooling_off_is_not_delivered_within_it(scene: Scene) -> None:
    told = scene.remind()
    fresh = scene.invite(stream=scene.investor)
    scene.cool()
    assert delivered(scene.ledger) == ["barred", "barred"]
    assert scene.gateway.handed == []
    assert not scene.events("contact.made")
    (ended,) = scene.events("message.ended")
    assert (ended.fields["message"], ended.fields["outcome"]) == (told["message"], "barred")
    (barred,) = scene.events("invitation.ended", scene.investor)
    assert (barred.fields["message"], barred.fields["outcome"]) == (fresh["message"], "barred")
    refused = scene.events("step.refused")
    assert ["art29_contact_ban" in str(each.fields["findings"]) for each in refused] == [True, True]


def test_a_crash_between_sending_and_noting_it_delivers_once(scene: Scene) -> None:
    told = scene.remind()
    scene.gateway.cut = True
    with pytest.raises(PowerCut):
        delivery.deliver_next(scene.ledger)
    assert delivered(scene.ledger) == []  # whoever took it may still be at it
    scene.pass_(delivery.TERM)
    assert delivered(scene.ledger) == ["delivered"]
    assert scene.gateway.handed == [told["message"]] * 2
    assert list(scene.gateway.taken) == [told["message"]]
    assert len(scene.events("contact.made")) == len(scene.events("message.ended")) == 1


def test_a_gateway_that_is_away_is_tried_again_and_given_up(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.invite()
    scene.gateway.away = 99
    found = []
    for _ in range(20):
        found += delivered(scene.ledger)
        scene.pass_(HOUR)
    assert found == ["sending"] * delivery.ATTEMPTS + ["unconfirmed"]
    (ended,) = scene.events("message.ended")
    assert (ended.fields["outcome"], ended.fields["attempts"]) == ("unconfirmed", delivery.ATTEMPTS)
    assert "ConnectionError" in caplog.text
    assert "cannot reach" not in caplog.text  # the gateway's own words may hold the number


def test_after_a_short_absence_it_arrives(scene: Scene) -> None:
    scene.invite()
    scene.gateway.away = 1
    assert delivered(scene.ledger) == ["sending"]
    scene.pass_(delivery.TERM - TICK)
    assert delivered(scene.ledger) == []
    scene.pass_(TICK)
    assert delivered(scene.ledger) == ["delivered"]


def test_two_workers_at_once_end_a_message_once(scene: Scene) -> None:
    scene.invite()
    gateway = scene.gateway

    class Slow:
        stand_in = True

        def deliver(self, *given: Any) -> None:
            scene.pass_(delivery.TERM)  # so long that another worker takes it
            assert delivery.deliver_next(scene.ledger) == "delivered"
            gateway.deliver(*given)

    assert delivery.deliver_next(replace(scene.ledger, codes=cast(Any, Slow()))) == "delivered"
    assert len(gateway.taken) == 1
    assert len(scene.events("message.ended")) == 1


def test_whoever_was_quicker_is_not_reminded_and_a_link_that_is_over_is_not_sent(scene: Scene) -> None:
    scene.remind()
    scene.append("match.acknowledged", {"opinion_sha256": "x"}, by=person(scene.investor))
    assert delivered(scene.ledger) == ["needless"]


def test_a_sale_that_is_over_asks_for_nothing(scene: Scene) -> None:
    scene.invite()
    scene.append("sale.rescinded", {"reason": "x"}, by=person(scene.investor))
    assert delivered(scene.ledger) == ["needless"]
    for act in (scene.remind, scene.invite):
        with pytest.raises(ConflictError, match="the sale is over"):
            act()


def test_a_link_is_not_sent_after_its_end(scene: Scene) -> None:
    scene.invite()
    scene.pass_(links.LIFE)
    assert delivered(scene.ledger) == ["needless"]


def test_the_service_leaves_who_cools_off_alone(scene: Scene) -> None:
    scene.cool()
    scene.pass_(24 * HOUR)
    with scene.world.reading() as reader:
        assert messages.barred(scene.ledger, reader, scene.investor)
        assert not reminders._due(scene.ledger, reader, scene.sale)


def test_the_thread_works_and_outlives_what_goes_wrong(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    worker = Messenger(scene.ledger, pause=0.001)

    def work() -> int:
        seen.append("x")
        if len(seen) == 1:
            raise ConflictError("the database is away")
        if len(seen) == 2:
            raise RuntimeError("unforeseen")
        worker._stopped.set()
        return 0

    monkeypatch.setattr(worker, "work", work)
    worker.start()
    assert worker._thread is not None
    worker._thread.join(30)
    worker.stop()
    assert len(seen) == 3
