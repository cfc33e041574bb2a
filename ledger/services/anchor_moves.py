"""Move checkpoints along: sealed → submitted → mined → final, in order, one in flight.

Before anything is sent the chain is asked what it holds; what is sent is kept before; what is mined is asked for again,
block by block, until it is final; and what was final has to stay.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from ledger.errors import ConflictError, IntegrityError
from ledger.ports.anchor import ChainWrites
from ledger.ports.log import SealedCheckpoint
from ledger.services.anchor_pass import Anchoring, Notes
from ledger.services.chain_writes import chain_writes
from ledger.services.refusals import submit_accepted


def advance(ledger: Anchoring, at: datetime, notes: Notes, still_mine: Callable[[], bool]) -> None:
    """Move every waiting checkpoint as far as the chain allows.

    `ChainError` while the chain is away, `IntegrityError` when it contradicts the log. ``still_mine`` asks whether
    this worker has the lease yet; a pass may take longer than that.
    """
    waiting = ledger.log.waiting()
    if not waiting:
        return
    require_final_holds(ledger)
    held = ledger.anchor.anchored_size()
    newest = ledger.log.latest()
    if newest is not None and held > newest.checkpoint.size:
        message = (
            f"the chain holds a checkpoint of {held} records, this log ends at {newest.checkpoint.size}:"
            " an old backup was restored, or the chain belongs to another log"
        )
        raise IntegrityError(message, "链上检查点多于本地日志：可能恢复了旧备份，或链不属于本日志", held=held)
    for sealed in waiting:
        if not still_mine():
            raise ConflictError("another worker took over: this pass ends here", "另一进程已接管上链")
        if _move(ledger, sealed, held, at, notes) not in {"mined", "final"}:
            return  # the next one must not overtake it


def require_final_holds(ledger: Anchoring) -> None:
    """Raise `IntegrityError` if the chain dropped the block of our newest final anchor.

    Proofs from it have been handed out, so nothing is sent again in silence: see `docs/reliability.md`.
    """
    final = ledger.log.latest(final=True)
    if final is None or final.block is None or ledger.anchor.holds(final.block):
        return
    size = final.checkpoint.size
    message = (
        f"the chain dropped block {final.block.number}, in which the checkpoint of {size} records was final: it was"
        " reorganised deeper than PFL_CONFIRMATIONS, or it is another chain; anchoring stops, records go on. Compare"
        " with another node, then see `pfl chain reopen`"
    )
    zh = f"链上曾最终确认的区块 {final.block.number} 已消失：发生了深度重组或节点属于另一条链，上链已停止，请人工核查"
    raise IntegrityError(message, zh, size=size, block=final.block.number)


def _move(ledger: Anchoring, sealed: SealedCheckpoint, held: int, at: datetime, notes: Notes) -> str:
    size = sealed.checkpoint.size
    transaction = sealed.transaction
    if transaction is None:
        transaction = _send(ledger, sealed, held, at, notes)
        ledger.log.submitted(size, transaction, at)
        notes.submitted.append(size)
    now = ledger.anchor.tend(transaction)
    if now.state == "lost":
        found = ledger.anchor.find(size)
        if found is None:
            ledger.log.lost(size, at)
            notes.lost.append(size)
            return "sealed"
        ledger.log.submitted(size, found, at)
        return "submitted"
    if now.replaced:
        notes.replaced.append(size)
    if now.transaction != transaction or (now.state == "submitted" and sealed.state == "mined"):
        ledger.log.submitted(size, now.transaction, at)
    if now.state == "mined" and (sealed.state, sealed.block, sealed.transaction) != (
        "mined",
        now.block,
        now.transaction,
    ):
        ledger.log.mined(size, at, now.block)
    elif now.state == "final":
        _same_roots(ledger, sealed)
        ledger.log.final(size, at, now.block)
        notes.final.append(size)
    return now.state


def _send(ledger: Anchoring, sealed: SealedCheckpoint, held: int, at: datetime, notes: Notes) -> str:
    """Return the transaction of this checkpoint, sending it only if the chain does not hold it."""
    size = sealed.checkpoint.size
    known = ledger.anchor.find(size)
    if known is not None:
        _same_roots(ledger, sealed)
        return known
    if held >= size:
        message = f"the chain holds a checkpoint of {held} records but not the one of {size}: it belongs to another log"
        raise IntegrityError(message, "链上检查点与本地日志不一致", held=held, size=size)
    with ledger.store.snapshot() as reader:
        writes = chain_writes(reader, ledger.rules, sealed.first, size)

    def submit(some: ChainWrites) -> str:
        if some != writes:  # before it is sent, so that a crash does not forget it
            ledger.log.leave_out(size, sorted({leaf for _, leaf in _leaves(writes) - _leaves(some)}))
        return ledger.anchor.submit(sealed.checkpoint, some, at)

    transaction, refused = submit_accepted(submit, writes)
    notes.left_out += refused
    return transaction


def _leaves(writes: ChainWrites) -> set[tuple[str, str]]:
    """Return each write's kind and leaf: a record may be written in two kinds, and one of them be left out."""
    return {(kind.name, write.leaf) for kind in fields(writes) for write in getattr(writes, kind.name)}


def _same_roots(ledger: Anchoring, sealed: SealedCheckpoint) -> None:
    head = sealed.checkpoint
    if ledger.anchor.root_at(head.size) != head.roots:
        message = f"the chain holds another root for the checkpoint of {head.size} records: the log has forked"
        raise IntegrityError(message, "链上根与本地检查点不符：日志出现分叉", size=head.size)
