"""After a reorganisation deeper than finality, or on a chain that began again: an operator's act lets anchoring go on.

Nothing does this by itself: proofs from the vanished blocks have been handed out, and a person has to know.
"""

from bisect import bisect_left
from datetime import datetime
from typing import Final

from ledger.domain.events import Draft, Value
from ledger.errors import ConflictError
from ledger.ports.log import SealedCheckpoint
from ledger.services.ledger import SYSTEM, Ledger

_PAGE: Final = 500


def vanished(ledger: Ledger) -> tuple[SealedCheckpoint, ...]:
    """Return the final checkpoints whose blocks the chain does not hold, by size; `ChainError` when it is away."""
    return _parted(ledger)[1]


def _parted(ledger: Ledger) -> tuple[SealedCheckpoint | None, tuple[SealedCheckpoint, ...]]:
    """Return the newest final checkpoint that the chain holds, and those that it does not."""
    newest = ledger.anchor.status().block
    final = [sealed for sealed in _all(ledger) if sealed.state == "final" and sealed.block is not None]

    def gone(sealed: SealedCheckpoint) -> bool:
        return sealed.block is not None and (sealed.block.number > newest or not ledger.anchor.holds(sealed.block))

    first = bisect_left(final, 1, key=gone)  # a chain loses its end
    return (final[first - 1] if first else None), tuple(final[first:])


def reopen(ledger: Ledger, at: datetime, *, reason: str) -> dict[str, Value]:
    """Let the vanished checkpoints, and all after them, be anchored again, and record that it was done and why.

    The same goes for witnesses' cosignatures that may have stood in the blocks after the last one that is left; of each
    the chain is asked first. `ConflictError` if the chain holds everything.
    """
    held, lost = _parted(ledger)
    if not lost:
        raise ConflictError(
            "the chain holds every final checkpoint: there is nothing to reopen", "链上检查点完整，无需重新上链"
        )
    first, last = lost[0], lost[-1]
    fields: dict[str, Value] = {
        "from_size": first.checkpoint.size,
        "to_size": last.checkpoint.size,
        "block": 0 if first.block is None else first.block.number,
        "reason": reason,
    }
    with ledger.store.transaction() as tx:
        (event,) = tx.append([Draft("chain.reopened", ledger.operator, ledger.operator, SYSTEM, at, fields)], at)
        ledger.log.reopen(first.checkpoint.size, at)
        if ledger.witnessing is not None:
            since = None if held is None else held.sealed_at
            ledger.witnessing.book.reopen(first.checkpoint.size, since, at)
    return {"record": event.leaf, "checkpoints": len(lost), **fields}


def _all(ledger: Ledger) -> list[SealedCheckpoint]:
    found: list[SealedCheckpoint] = []
    while page := ledger.log.checkpoints(after=found[-1].checkpoint.size if found else 0, limit=_PAGE):
        found += page
    return found
