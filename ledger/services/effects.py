"""A sale takes effect without a return visit: where the contract has none, or the investor is exempt (募集 art. 32)."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.guard import require, sale_facts
from ledger.services.holdings import confirmed
from ledger.services.ledger import SYSTEM, Ledger


def make_effective(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Record that the sale took effect; refused while cooling-off or a visit that is due stands in the way."""
    del actor  # whoever asks, it is the procedure that makes a sale effective
    now, facts = ledger.clock.now(), sale_facts(tx, stream)
    require(ledger, tx, facts, Step.MAKE_EFFECTIVE, SYSTEM, now)
    known = facts.investor.exemption
    basis = known.basis if known is not None and known.stands(now) else "contract_without_visit"
    refs = (tx.event(known.leaf).ref("basis"),) if known is not None and known.stands(now) else ()
    fields: dict[str, Value] = {"visit": None, "basis": basis}
    (event,) = tx.append([Draft("sale.effective", stream, facts.investor.stream, SYSTEM, now, fields, refs)], now)
    tx.append(confirmed(facts, event), now)
    return {"record": event.leaf, "effective_at": to_text(now)}
