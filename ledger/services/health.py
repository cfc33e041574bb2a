"""Health tells the truth: how far anchoring is behind, what the chain says, which parts are stand-ins."""

from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ChainError
from ledger.services.ledger import Ledger
from verifier import record

LATE_SECONDS = 60


def read(ledger: Ledger) -> dict[str, Value]:
    """Return ``ok``, or ``degraded`` with the reason; records are safe either way."""
    now = ledger.clock.now()
    with ledger.store.snapshot() as reader:
        size = reader.size()
        final = ledger.log.latest(final=True)
        anchored = 0 if final is None else final.checkpoint.size
        oldest = reader.range(anchored, 1)
    age = 0
    if oldest:
        recorded = from_text(record.parse(oldest[0].bytes).recorded_at)
        age = max(0, int((now - recorded).total_seconds()))
    try:
        status = ledger.anchor.status()
        chain: dict[str, Value] = {
            "kind": status.kind,
            "chain_id": status.chain_id,
            "block": status.block,
            "trust": status.trust,
        }
        reachable = True
    except ChainError as error:
        chain, reachable = {"error": error.message}, False
    late = age > LATE_SECONDS
    stand_ins: list[Value] = list(ledger.stand_ins)
    return {
        "status": "ok" if reachable and not late else "degraded",
        "records": size,
        "anchored": anchored,
        "backlog": size - anchored,
        "oldest_unanchored_seconds": age,
        "chain": chain,
        "clock": {"now": to_text(now), "simulated": ledger.clock.simulated},
        "ruleset": ledger.rules.digest,
        "stand_ins": stand_ins,
    }
