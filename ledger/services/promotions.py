"""The recommendation log: a promotion is asked for before it is made, and one that happened is recorded as it was."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of, occurred, product_of, require
from ledger.services.ledger import Ledger


def promote(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str, channel: str, material: str | None
) -> dict[str, Value]:
    """Allow and record a promotion, or refuse it with the article (130号 art. 22)."""
    now = ledger.clock.now()
    inputs: dict[str, Value] = {"channel": channel} if material is None else {"channel": channel, "material": material}
    facts = Facts(investor_of(tx, stream), product_of(tx, product), inputs=inputs)
    require(ledger, tx, facts, Step.PROMOTE, actor, now)
    (event,) = tx.append([Draft("product.promoted", stream, stream, actor, now, {"product": product, **inputs})], now)
    return {"record": event.leaf, "promoted_at": to_text(now)}


def report(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    product: str,
    channel: str,
    occurred_at: datetime | None,
) -> dict[str, Value]:
    """Record a promotion that did happen, allowed or not: nothing above tolerance can be sold after it."""
    now = ledger.clock.now()
    at = occurred(occurred_at, now)
    investor_of(tx, stream)
    product_of(tx, product)
    fields: dict[str, Value] = {"product": product, "channel": channel, "reported": True}
    (event,) = tx.append([Draft("product.promoted", stream, stream, actor, at, fields)], now)
    return {"record": event.leaf, "promoted_at": to_text(at)}
