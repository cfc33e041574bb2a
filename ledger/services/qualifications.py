"""Qualification on proof: after risk disclosure, before the contract (募集 arts. 27-28)."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.eligibility import decide_sale
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import Ledger


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
    decision = decide_sale(ledger, tx, stream, now)  # the last before the investor signs: on proof this time
    return {"record": event.leaf, "confirmed_at": to_text(now), "decision": decision.leaf}
