"""Contacts with the investor are logged; during cooling-off an outbound one is refused (募集 art. 29)."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import Ledger


def record(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, channel: str, direction: str, purpose: str
) -> dict[str, Value]:
    """Ask before contacting: a permitted contact is recorded, a barred one is refused and recorded as refused."""
    now = ledger.clock.now()
    fields: dict[str, Value] = {"channel": channel, "direction": direction, "purpose": purpose}
    facts = sale_facts(tx, stream, fields)
    require(ledger, tx, facts, Step.CONTACT, actor, now)
    (event,) = tx.append([Draft("contact.made", stream, facts.investor.stream, actor, now, fields)], now)
    return {"record": event.leaf}
