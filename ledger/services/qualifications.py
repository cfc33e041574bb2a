"""Qualification on proof: after risk disclosure, before the contract (募集 arts. 27-28)."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.eligibility import decide_sale
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import SYSTEM, Ledger


def confirm(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, certification: str) -> dict[str, Value]:
    """Bind a valid certification to this sale."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream, {"certification": certification})
    require(ledger, tx, facts, Step.CONFIRM_QUALIFICATION, actor, now)
    granted = tx.event(certification)
    fields: dict[str, Value] = {"certification": certification}
    (event,) = tx.append(
        [
            Draft(
                "qualification.confirmed",
                stream,
                facts.investor.stream,
                actor,
                now,
                fields,
                (granted.ref("certification"),),
            )
        ],
        now,
    )
    _reserve(ledger, tx, stream, now)
    decision = decide_sale(ledger, tx, stream, now)  # the last before the investor signs: on proof this time
    return {"record": event.leaf, "confirmed_at": to_text(now), "decision": decision.leaf}


def _reserve(ledger: Ledger, tx: Transaction, stream: str, now: datetime) -> None:
    """Take as many seats as the certified investor counts for, where that is not what was reserved at opening."""
    facts = sale_facts(tx, stream)
    product, needed = facts.product.stream, ledger.rules.seats(facts, now)
    if facts.product.seats.get(stream) == needed:
        return
    held = [e for e in tx.events(product) if e.type == "product.seats_reserved" and e.fields.get("sale") == stream]
    gone: dict[str, Value] = {"sale": stream, "reason": "counted_again"}
    seats: dict[str, Value] = {"sale": stream, "seats": needed}
    refs = (held[-1].ref("reservation"),) if held else ()
    tx.append(
        [
            Draft("product.seats_released", product, product, SYSTEM, now, gone, refs),
            Draft("product.seats_reserved", product, product, SYSTEM, now, seats),
        ],
        now,
    )
