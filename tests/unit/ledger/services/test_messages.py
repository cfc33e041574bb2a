"""Messages: queued with a record, looked at again when they go out, delivered once, and never during cooling-off."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import DocumentRef, Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConflictError, ForbiddenError, NotFoundError, RefusedError
from ledger.ports.messages import Queued
from ledger.services import choices, delivery, links, messages, reminders
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.messenger import Messenger
from tests import population
from tests.deciding import World, open_world
from tests.fakes import PowerCut

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
SALES, VISITOR = population.SALES, Actor("6" * 32, Role.VISITOR)
PAPER = DocumentRef("1" * 64, "2" * 64, 1, "application/pdf", "signed")
LINK = re.compile(r"http://localhost:8000/sign#(pfl-link\.\S+)")


@dataclass
class Gateway:
    """Keeps what was handed over by id, as a gateway must; it can be away, or take a message as the power fails."""

    taken: dict[str, str] = field(default_factory=dict)
    handed: list[str] = field(default_factory=list)
    away: int = 0
    cut: bool = False
    stand_in = True

    def deliver(self, message: str, subject: str, mobile: str, text: str, at: datetime) -> None:
        assert mobile
        assert (subject, at.tzinfo) != ("", None)
        self.handed.append(message)
        if self.away:
            self.away -= 1
            raise ConnectionError(f"cannot reach {mobile}")
        self.taken.setdefault(message, text)
        if self.cut:
            self.cut = False
            raise PowerCut


@dataclass
class Scene:
    """One sale that waits for the acknowledgement of its match."""

    world: World
    ledger: Ledger
    gateway: Gateway
    investor: str
    sale: str

    def write(self, act: Any, **named: Any) -> dict[str, Value]:
        actor = named.pop("actor", SALES)
        with self.ledger.store.transaction() as tx:
            try:
                answer: dict[str, Value] = act(self.ledger, tx, actor, **named)
            except RefusedError as error:
                failure = error
            else:
                return answer
        raise failure

    def remind(self, **named: Any) -> dict[str, Value]:
        return self.write(reminders.remind, **{"stream": self.sale, "language": "zh", **named})

    def invite(self, **named: Any) -> dict[str, Value]:
        return self.write(messages.invite, **{"stream": self.sale, "language": "zh", **named})

    def events(self, name: str, stream: str = "") -> list[Event]:
        with self.world.reading() as reader:
            return [e for e in reader.events(stream or self.sale) if e.type == name]

    def pass_(self, by: timedelta) -> None:
        self.world.parts.clock.at += by

    def cool(self) -> None:
        """Let cooling-off of 24 hours begin now."""
        money: Value = {"amount": "1010000.00", "currency": "CNY"}
        signed = {"purpose": "fund_contract", "suite": "x", "statement": "x", "signature": "x", "certificate": "x"}
        person = Actor(self.investor, Role.INVESTOR)
        self.append("document.signed", {**signed, "key": "x"}, by=person)
        self.append("contract.completed", {"countersigned_by": "x"}, by=population.COMPLIANCE)
        paid = {"payer_is_investor": True, "payer_account": "1", "account": "1", "slip": "1"}
        self.append("payment.received", {"amount": money, **paid}, by=population.COMPLIANCE)

    def append(self, kind: str, fields: dict[str, Any], by: Actor) -> None:
        now = self.ledger.clock.now()
        papers = (PAPER,) if kind in {"document.signed", "contract.completed"} else ()
        with self.ledger.store.transaction() as tx:
            tx.append([Draft(kind, self.sale, self.investor, by, now, fields, documents=papers)], now)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = open_world(tmp_path_factory.mktemp("messages"))
    yield world
    world.parts.store.close()


@pytest.fixture
def scene(shared: World) -> Iterator[Scene]:
    gateway = Gateway()
    ledger = replace(shared.ledger, codes=cast(Any, gateway))
    investor = shared.investor(tolerance="C4", certified=False)
    for purpose in choices.required_purposes(ledger, ledger.clock.now()):
        shared.append("consent.given", investor, {"purpose": purpose, "text_sha256": "x"}, by=_person(investor))
    sale = shared.sale(investor)
    match: dict[str, Value] = {"tolerance": "C4", "lowest": False, "risk_level": "R3", "outcome": "match"}
    shared.append("match.completed", sale, match, subject=investor)
    yield Scene(shared, ledger, gateway, investor, sale)
    shared.parts.clock.advance(days=9)
    delivered(ledger)


def _person(investor: str) -> Actor:
    return Actor(investor, Role.INVESTOR)


def delivered(ledger: Ledger) -> list[str]:
    found: list[str] = []
    while (outcome := delivery.deliver_next(ledger)) is not None:
        found.append(outcome)
    return found


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
    scene.append("match.acknowledged", {"opinion_sha256": "x"}, by=_person(scene.investor))
    assert delivered(scene.ledger) == ["needless"]


def test_a_sale_that_is_over_asks_for_nothing(scene: Scene) -> None:
    scene.invite()
    scene.append("sale.rescinded", {"reason": "x"}, by=_person(scene.investor))
    assert delivered(scene.ledger) == ["needless"]
    for act in (scene.remind, scene.invite):
        with pytest.raises(ConflictError, match="the sale is over"):
            act()


def test_a_link_is_not_sent_after_its_end(scene: Scene) -> None:
    scene.invite()
    scene.pass_(links.LIFE)
    assert delivered(scene.ledger) == ["needless"]


def test_only_what_waits_for_the_investor_may_be_reminded_of(scene: Scene) -> None:
    with pytest.raises(ConflictError, match="does not wait for the investor: what does is match"):
        scene.remind(about="contract")
    scene.append("match.acknowledged", {"opinion_sha256": "x"}, by=_person(scene.investor))
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


def test_the_service_leaves_who_cools_off_alone(scene: Scene) -> None:
    scene.cool()
    scene.pass_(24 * HOUR)
    with scene.world.reading() as reader:
        assert messages.barred(scene.ledger, reader, scene.investor)
        assert not reminders._due(scene.ledger, reader, scene.sale)


def test_the_visit_is_no_business_of_sales(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "waiting", lambda *_: ("visit",))
    with pytest.raises(ForbiddenError, match="visitor"):
        scene.remind()
    assert scene.remind(actor=VISITOR)["about"] == "visit"
    monkeypatch.setattr(reminders, "waiting", lambda *_: ())
    with pytest.raises(ConflictError, match="nothing waits"):
        scene.remind()


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


def test_the_day_in_a_message_is_the_links(scene: Scene) -> None:
    told = scene.invite()
    delivered(scene.ledger)
    assert str(told["link_expires_at"])[:10] in next(iter(scene.gateway.taken.values()))
    assert to_text(scene.ledger.clock.now() + links.LIFE) == told["link_expires_at"]
