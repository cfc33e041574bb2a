"""A ledger that decides, records and proves: real store, log, documents and rules; the chain is in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.ports.store import Reader
from ledger.rules import Rules, load
from ledger.services import evidence, rulesets
from ledger.services.anchoring import drain
from ledger.services.eligibility import decide_sale
from ledger.services.ledger import SYSTEM, Ledger
from tests import population
from tests.ledgers import Parts, open_parts
from tests.proving import Authorities, ProvingAnchor
from tests.vector_source import keys

STAND_INS = ("ca:development", "chain:embedded", "clock:simulated", "tsa:development")
RULES = load()


@dataclass
class World:
    """A product on sale, and whoever is registered on the way."""

    parts: Parts
    ledger: Ledger
    product: str

    def investor(
        self, *, tolerance: str | None = None, certified: bool | None = None, kind: str = "natural_person"
    ) -> str:
        """Register and assess one; by chance as `tests.population` does, unless it is said how."""
        with self.parts.store.transaction() as tx:
            return population.investor(
                tx,
                self.product,
                self.parts.clock.now(),
                population.CHANCE,
                tolerance=tolerance,
                certified=certified,
                kind=kind,
            )

    def append(
        self, kind: str, stream: str, fields: dict[str, Value], *, subject: str = "", by: Actor = SYSTEM
    ) -> Event:
        """Record one event now."""
        now = self.parts.clock.now()
        with self.parts.store.transaction() as tx:
            (event,) = tx.append([Draft(kind, stream, subject or stream, by, now, fields)], now)
        return event

    def sale(self, investor: str, *, assets: str = "3500000.00") -> str:
        """Open a sale, certify for it and confirm that; a decision is recorded at the start and at the end."""
        money: Value = {"amount": "1000000.00", "currency": "CNY"}
        with self.parts.store.transaction() as tx:
            stream = tx.create(Stream.SALE)
        opened: dict[str, Value] = {"investor": investor, "product": self.product, "amount": money, "channel": "web"}
        opened["fee"] = {"amount": "10000.00", "currency": "CNY"}
        self.append("sale.opened", stream, opened, subject=investor, by=population.SALES)
        self.append("product.seats_reserved", self.product, {"sale": stream, "seats": 1})
        self.decide(stream)
        self.parts.clock.advance(minutes=5)
        granted: dict[str, Value] = {
            "regime": "cn_private_fund",
            "branch": "financial_assets",
            "amount": {"amount": assets, "currency": "CNY"},
            "valid_until": to_text(self.parts.clock.now() + timedelta(days=90)),
            "sale": stream,
        }
        self.append("certification.granted", investor, granted, by=population.CERTIFIER)
        self.parts.clock.advance(minutes=5)
        self.decide(stream)
        return stream

    def decide(self, sale: str) -> Event:
        """Record a decision on a sale as it stands."""
        with self.parts.store.transaction() as tx:
            return decide_sale(self.ledger, tx, sale, self.parts.clock.now())

    def revoke(self, investor: str) -> None:
        """Revoke the investor's last certification."""
        with self.parts.store.snapshot() as reader:
            granted = [e for e in reader.events(investor) if e.type == "certification.granted"][-1]
        fields: dict[str, Value] = {"regime": "cn_private_fund", "reason": "x", "certification": granted.leaf}
        self.append("certification.revoked", investor, fields, by=population.CERTIFIER)

    def bundle(self, sale: str) -> bytes:
        """Anchor everything and return the sale's evidence."""
        self.parts.clock.advance(seconds=2)
        drain(self.parts)
        with self.parts.store.snapshot() as reader:
            return evidence.build(self.ledger, reader, sale, at=self.parts.clock.now())

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open a snapshot."""
        with self.parts.store.snapshot() as reader:
            yield reader


def open_world(root: Path, rules: Rules = RULES) -> World:
    """Open a fresh ledger with one product on sale."""
    parts = open_parts(root, ProvingAnchor())
    parts.tsa = cast(Any, Authorities(keys.TSA_ROOT))
    now = parts.clock.now()
    with parts.store.transaction() as tx:
        operator = tx.create(Stream.INSTITUTION)
        admin = Actor("9" * 32, Role.ADMIN)
        fields: dict[str, Value] = {"name": "x", "kind": "distributor", "licence": "1"}
        tx.append([Draft("institution.registered", operator, operator, admin, now, fields)], now)
    unused = cast(Any, None)
    ledger = Ledger(
        store=parts.store,
        log=parts.log,
        anchor=parts.anchor,
        documents=parts.documents,
        clock=parts.clock,
        ca=cast(Any, Authorities(keys.ROOT)),
        tsa=cast(Any, parts.tsa),
        pdf=unused,
        codes=unused,
        proofs=unused,
        papers=unused,
        rules=rules,
        keys=unused,
        secrets=parts.secrets,
        operator=operator,
        institution="示范基金销售",
        stand_ins=STAND_INS,
    )
    rulesets.adopt(ledger)
    return World(parts, ledger, population.product(ledger, now))
