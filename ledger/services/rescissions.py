"""Rescission (募集 art. 31): open until the return visit has succeeded; all money goes back."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import SYSTEM, Ledger


def rescind(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, reason: str) -> dict[str, Value]:
    """Rescind the sale and release its seat in the same commit."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.RESCIND, actor, now)
    product = facts.product.stream
    reserved = [e for e in tx.events(product) if e.type == "product.seats_reserved" and e.fields["sale"] == stream]
    freed: dict[str, Value] = {"sale": stream, "reason": "rescinded"}
    (event, _) = tx.append(
        [
            Draft("sale.rescinded", stream, facts.investor.stream, actor, now, {"reason": reason}),
            # by the reference, a reader from whom the sale is withheld still sees which seat is free again
            Draft("product.seats_released", product, product, SYSTEM, now, freed, (reserved[-1].ref("reservation"),)),
        ],
        now,
    )
    paid = facts.sale.paid if facts.sale else None
    return {
        "record": event.leaf,
        "rescinded_at": to_text(now),
        "refund": None if paid is None else {**paid.as_json()},
    }
