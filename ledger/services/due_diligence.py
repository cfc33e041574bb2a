"""Customer due diligence (反洗钱法 art. 29): the result is recorded here, its file by digest at most."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError
from ledger.ports.store import Transaction
from ledger.services import acting, owners
from ledger.services.guard import investor_of
from ledger.services.ledger import Ledger


def complete(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    beneficial_owners_known: bool,
    risk: str,
    source_of_funds: bool | None,
    file_sha256: str | None = None,
) -> dict[str, Value]:
    """Record a result; the latest counts. ``file_sha256`` is the digest of a file that is kept elsewhere."""
    now = ledger.clock.now()
    kind = investor_of(tx, stream).kind
    if kind == acting.INSTITUTION and beneficial_owners_known and not owners.confirmed(tx, stream):
        raise ConflictError(
            "the institution has not confirmed its beneficial owners: have them declared and confirmed first",
            "机构尚未确认受益所有人：请先申报并由代表人确认",
        )
    fields: dict[str, Value] = {
        "beneficial_owners_known": beneficial_owners_known,
        "risk": risk,
        "source_of_funds": source_of_funds,
    }
    if file_sha256 is not None:
        fields["file_sha256"] = file_sha256
    (event,) = tx.append([Draft("cdd.completed", stream, stream, actor, now, fields)], now)
    return {"record": event.leaf, "completed_at": to_text(now)}
