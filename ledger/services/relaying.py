"""Bring witnesses' cosignatures to the chain, once their checkpoint is final there: waiting → sent → done, or refused.

Each is one transaction of the operator's account, sent in the lease of anchoring because of the account's nonces. The
chain is asked before whether it holds the cosignature already, so that a crash at any arrow sends nothing twice. What
the contract refuses is refused for good and told in health; the witness's next checkpoint is tried anew.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from ledger.errors import IntegrityError
from ledger.ports.anchor import CosignatureRefusedError
from ledger.ports.log import SealedCheckpoint
from ledger.ports.witnesses import Relay
from ledger.services.anchor_pass import Anchoring

IN_FLIGHT: Final = 8
"""Transactions under way at once; so a backlog of cosignatures never holds up the next checkpoint for long."""


def due(ledger: Anchoring) -> bool:
    """Tell whether a cosignature is on its way."""
    return ledger.witnessing is not None and bool(ledger.witnessing.book.relays(limit=1))


def relay(ledger: Anchoring, at: datetime, still_mine: Callable[[], bool]) -> None:
    """Move what is on its way as far as the chain allows; `ChainError` while that is away."""
    if ledger.witnessing is None:
        return
    book = ledger.witnessing.book
    for one in book.relays(limit=IN_FLIGHT):
        if not still_mine():
            return
        now = _tended(ledger, one, at) if one.state == "sent" else _sent(ledger, one, at)
        if now != one:
            book.move(replace(now, changed_at=at))


def _sent(ledger: Anchoring, one: Relay, at: datetime) -> Relay:
    if ledger.anchor.has_cosigned(one.size, one.signed.witness):
        return replace(one, state="done")
    if one.signed.deadline < at:
        return replace(one, state="refused", problem=f"its deadline passed before checkpoint {one.size} was final")
    try:
        transaction = ledger.anchor.cosign(_sealed(ledger, one.size).checkpoint, one.signed, at)
    except CosignatureRefusedError as error:
        return replace(one, state="refused", problem=error.message)
    return replace(one, state="sent", transaction=transaction)


def _tended(ledger: Anchoring, one: Relay, at: datetime) -> Relay:
    assert one.transaction is not None  # noqa: S101 - narrows for mypy: what is sent has one
    now = ledger.anchor.tend(one.transaction)
    if now.state == "lost":  # reverted, or taken out by a reorganisation: the chain is asked again
        return _sent(ledger, replace(one, state="waiting", transaction=None), at)
    return replace(one, state="done" if now.state == "final" else "sent", transaction=now.transaction)


def _sealed(ledger: Anchoring, size: int) -> SealedCheckpoint:
    found = ledger.log.checkpoints(after=size - 1, limit=1)
    if not found or found[0].checkpoint.size != size:
        raise IntegrityError(f"a cosignature names checkpoint {size}, which the log does not hold: run `pfl fsck`")
    return found[0]
