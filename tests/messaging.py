"""A sale that waits for its investor, and a gateway that can be away: for tests of messages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from ledger.domain.actors import Actor, Role
from ledger.domain.events import DocumentRef, Draft, Event, Value
from ledger.errors import RefusedError
from ledger.services import choices, delivery, messages, reminders
from ledger.services.ledger import Ledger
from tests import population
from tests.deciding import World
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


def person(investor: str) -> Actor:
    return Actor(investor, Role.INVESTOR)


@contextmanager
def open_scene(world: World, kind: str = "natural_person") -> Iterator[Scene]:
    gateway = Gateway()
    ledger = replace(world.ledger, codes=cast(Any, gateway))
    investor = world.investor(tolerance="C4", certified=False, kind=kind)
    for purpose in choices.required_purposes(ledger, ledger.clock.now()):
        world.append("consent.given", investor, {"purpose": purpose, "text_sha256": "x"}, by=person(investor))
    sale = world.sale(investor)
    match: dict[str, Value] = {"tolerance": "C4", "lowest": False, "risk_level": "R3", "outcome": "match"}
    world.append("match.completed", sale, match, subject=investor)
    yield Scene(world, ledger, gateway, investor, sale)
    world.parts.clock.advance(days=9)
    delivered(ledger)


def delivered(ledger: Ledger) -> list[str]:
    found: list[str] = []
    while (outcome := delivery.deliver_next(ledger)) is not None:
        found.append(outcome)
    return found
