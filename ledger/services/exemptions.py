"""The basis on which an investor skips steps of raising (募集 art. 32): recorded on proof, ends, can be revoked."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import ConflictError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of, require_investor
from ledger.services.ledger import Ledger


def grant(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    basis: str,
    proof: str,
    valid_until: datetime,
    manager: str | None = None,
) -> dict[str, Value]:
    """Record the basis; it frees from steps of AMAC's measures and from nothing else."""
    now = ledger.clock.now()
    fields: dict[str, Value] = {"basis": basis, "valid_until": to_text(valid_until)}
    if manager is not None:
        fields["manager"] = manager
    require_investor(ledger, tx, investor_of(tx, stream), Step.EXEMPT, actor, now, {**fields, "proof": proof})
    refs = (tx.event(proof).ref("proof"),)
    (event,) = tx.append([Draft("exemption.granted", stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "valid_until": to_text(valid_until)}


def revoke(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, reason: str) -> dict[str, Value]:
    """End the exemption that stands: a second fact, the first one stays."""
    now, known = ledger.clock.now(), investor_of(tx, stream).exemption
    if known is None or not known.stands(now):
        raise ConflictError("there is no exemption that stands", "没有有效的豁免")
    refs = (tx.event(known.leaf).ref("supersedes"),)
    (event,) = tx.append([Draft("exemption.revoked", stream, stream, actor, now, {"reason": reason}, refs)], now)
    return {"record": event.leaf, "revoked_at": to_text(now)}
