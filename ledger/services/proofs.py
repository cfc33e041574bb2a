"""Proof of assets or income: the original bytes are stored, encrypted, before the record that names them."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.money import Money
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of
from ledger.services.ledger import Ledger
from ledger.services.uploads import require_paper


def upload(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    content: bytes,
    kind: str,
    as_of: str,
    amount: Money,
    years: str | None = None,
) -> dict[str, Value]:
    """Store a proof document and record it. The media type is read from the bytes, never believed."""
    now = ledger.clock.now()
    investor_of(tx, stream)
    media_type = require_paper(ledger, content)
    document = ledger.documents.put(content, subject=stream, media_type=media_type, role="proof")
    fields: dict[str, Value] = {"kind": kind, "as_of": as_of, "amount": {**amount.as_json()}}
    if years is not None:
        fields["years"] = years
    (event,) = tx.append([Draft("proof.uploaded", stream, stream, actor, now, fields, documents=(document,))], now)
    return {"proof": event.leaf, "sha256": document.sha256, "sm3": document.sm3, "bytes": document.bytes}
