"""Messages are decided on: rare, about what waits, without personal data, and never during cooling-off."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ledger.domain.actors import Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConflictError, ForbiddenError, NotFoundError, RefusedError
from ledger.ports.messages import Queued
from ledger.services import links, messages, reminders
from ledger.services.ledger import SYSTEM
from ledger.services.message_words import TOPICS, words
from ledger.services.stages import STAGES
from tests import population
from tests.deciding import World, open_world
from tests.messaging import DAY, HOUR, LINK, SALES, TICK, VISITOR, Scene, delivered, open_scene, person


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = open_world(tmp_path_factory.mktemp("messages"))
    yield opened
    opened.parts.store.close()


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    with open_scene(world) as opened:
        yield opened


def test_an_invitation_takes_the_link_to_the_client_and_leaves_none_behind(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    terms = links.Terms("wechat", "fundapp://back?x=1", "s-1", ("fundapp:",))
    told = scene.invite(terms=terms)
    assert delivered(scene.ledger) == ["delivered"]
    (text,) = scene.gateway.taken.values()
    token = LINK.findall(text)[0]
    opened = links.read(scene.ledger, token, scene.ledger.clock.now())
    assert (opened.actor.id, opened.channel, opened.return_to, opened.state) == (
        scene.investor,
        "wechat",
        "fundapp://back?x=1",
        "s-1",
    )
    (queued,), (made,), (ended,) = map(scene.events, ("message.queued", "contact.made", "message.ended"))
    assert queued.fields["channel"] == "wechat"
    assert {made.fields["message"], ended.fields["message"]} == {told["message"]}
    assert made.refs[0].leaf == ended.refs[0].leaf == queued.leaf == told["record"]
    assert (ended.fields["outcome"], ended.fields["attempts"]) == ("delivered", 1)
    kept = str([e.fields for e in (queued, made, ended)]) + caplog.text + str(told)
    assert "pfl-link." not in kept
    assert "1380000" not in kept
    for secret in ("基准", "1000000", "1,000,000"):  # neither the fund nor its amount is told
        assert secret not in text
    with scene.ledger.store.transaction() as tx, pytest.raises(NotFoundError, match="has ended"):
        tx.move_message(str(told["message"]), state="sending", due_at=scene.ledger.clock.now(), attempts=9)


def test_what_waits_in_the_queue_holds_neither_number_nor_token(scene: Scene) -> None:
    scene.invite()
    with scene.ledger.store.transaction() as tx:
        message = tx.due_message(scene.ledger.clock.now())
    assert isinstance(message, Queued)
    assert "pfl-link." not in str(message.body)
    assert "mobile" not in str(message.body)


def test_before_there_is_a_sale_the_client_is_invited_to_the_gate(scene: Scene) -> None:
    fresh = scene.world.investor(tolerance="C2", certified=False)
    scene.invite(stream=fresh, language="en")
    assert delivered(scene.ledger) == ["delivered"]
    (text,) = scene.gateway.taken.values()
    assert text.startswith("[示范基金销售] Something waits for you in person.")
    assert len(scene.events("invitation.queued", fresh)) == len(scene.events("invitation.ended", fresh)) == 1
    with pytest.raises(RefusedError):
        scene.invite(stream=fresh)
    assert len(scene.events("investor.step_refused", fresh)) == 1
    with pytest.raises(NotFoundError):
        scene.invite(stream="0" * 64)


def test_a_reminder_names_the_step_at_hand_and_is_an_act_of_the_sale(scene: Scene) -> None:
    told = scene.remind()
    assert told["about"] == "match"
    assert delivered(scene.ledger) == ["delivered"]
    (text,) = scene.gateway.taken.values()
    assert "待办：确认匹配意见" in text
    (made,) = scene.events("contact.made")
    assert (made.fields["purpose"], made.fields["direction"], made.actor.role) == ("reminder", "outbound", Role.SYSTEM)
    with scene.world.reading() as reader:
        listed: Any = messages.index(scene.ledger, reader, SALES, stream=scene.sale)["items"]
    assert [(i["about"], i["outcome"], i["queued_by"]) for i in listed] == [("match", "delivered", "sales")]


def test_reminders_are_rare_and_few(scene: Scene) -> None:
    for _ in range(3):
        scene.remind()
        with pytest.raises(RefusedError) as early:
            scene.remind()
        assert [getattr(f, "rule", "") for f in early.value.findings][:1] == ["policy/reminder_interval"]
        scene.pass_(24 * HOUR)
    with pytest.raises(RefusedError) as many:
        scene.remind()
    assert [getattr(f, "rule", "") for f in many.value.findings] == ["policy/reminders_of_step"]
    assert len(scene.events("step.refused")) == 4
    scene.gateway.away = 99  # what is still queued shall not go out after this test
    delivered(scene.ledger)


@pytest.mark.parametrize(
    ("after", "barred"), [(timedelta(), True), (24 * HOUR - TICK, True), (24 * HOUR, True), (24 * HOUR + TICK, False)]
)
def test_never_during_cooling_off_to_its_last_instant(scene: Scene, after: timedelta, *, barred: bool) -> None:
    scene.cool()
    scene.pass_(after)
    for act in (scene.remind, scene.invite, lambda **_: scene.invite(stream=scene.investor)):
        if barred:
            with pytest.raises(RefusedError) as refused:
                act(actor=VISITOR)
            finding: Any = refused.value.findings[0]
            assert (finding.citation.norm, finding.citation.article) == ("amac_raising", "29")
        else:
            assert act(actor=VISITOR)["record"]
            scene.pass_(DAY)
    assert len(scene.events("message.queued")) == (0 if barred else 2)
    assert bool(scene.events("step.refused")) is barred


def test_only_what_waits_for_the_investor_may_be_reminded_of(scene: Scene) -> None:
    with pytest.raises(ConflictError, match="does not wait for the investor: what does is match"):
        scene.remind(about="contract")
    scene.append("match.acknowledged", {"opinion_sha256": "x"}, by=person(scene.investor))
    with scene.world.reading() as reader:
        assert reminders.waiting(scene.ledger, reader, scene.sale) == ("disclosure",)
    scene.append("sale.effective", {"visit": None}, by=SYSTEM)
    with scene.world.reading() as reader:
        assert reminders.waiting(scene.ledger, reader, scene.sale) == ()


def test_what_ends_soon_may_be_reminded_of(scene: Scene) -> None:
    with scene.world.reading() as reader:
        known = [e for e in reader.events(scene.investor) if e.type == "certification.granted"]
    fields: dict[str, Value] = {"certification": known[-1].leaf}
    scene.append("qualification.confirmed", dict(fields), by=population.CERTIFIER)
    scene.pass_(59 * DAY)  # of ninety
    with pytest.raises(ConflictError):
        scene.remind(about="certification_ending")
    scene.pass_(DAY)
    assert scene.remind(about="certification_ending")["about"] == "certification_ending"
    assert delivered(scene.ledger) == ["delivered"]
    assert "认定即将到期" in next(iter(scene.gateway.taken.values()))


def test_a_way_back_must_be_on_the_list(scene: Scene) -> None:
    for terms in (
        links.Terms(return_to="https://evil.example/", allowed=("https://app.example",)),
        links.Terms(return_to="fundapp://x"),
    ):
        with pytest.raises(CallerError, match="PFL_RETURN_TO"):
            scene.invite(terms=terms)
    assert scene.events("message.queued") == []


def test_the_visit_is_no_business_of_sales(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "waiting", lambda *_: ("visit",))
    with pytest.raises(ForbiddenError, match="visitor"):
        scene.remind()
    assert scene.remind(actor=VISITOR)["about"] == "visit"
    monkeypatch.setattr(reminders, "waiting", lambda *_: ())
    with pytest.raises(ConflictError, match="nothing waits"):
        scene.remind()


def test_the_day_in_a_message_is_the_links(scene: Scene) -> None:
    told = scene.invite()
    delivered(scene.ledger)
    assert str(told["link_expires_at"])[:10] in next(iter(scene.gateway.taken.values()))
    assert to_text(scene.ledger.clock.now() + links.LIFE) == told["link_expires_at"]


def test_whatever_stage_waits_for_the_investor_can_be_named_in_a_message() -> None:
    theirs = {stage.key for stage in STAGES if stage.whose is Role.INVESTOR} - {"cooling_off"}
    assert theirs <= set(TOPICS)
    for about in (*TOPICS, "invitation"):
        for language in ("zh", "en"):
            text = words(about, language, house="机构", until="2026-03-09", address="https://x/sign#t")
            assert "{" not in text
            assert text.count("https://x/sign#t") == 1
