"""Records and their proofs: public by design, for they hold nothing personal."""

import json

from ledger.domain.events import Value
from ledger.errors import ConflictError, NotFoundError
from ledger.ports.log import SealedCheckpoint
from ledger.ports.store import Reader, StoredRecord
from ledger.services.ledger import Ledger
from verifier import stream_map


def show(reader: Reader, *, leaf: str) -> dict[str, Value]:
    """Return the canonical record of a leaf hash; `NotFoundError`."""
    stored = _stored(reader, leaf)
    record: Value = json.loads(stored.bytes)
    return {"index": stored.index, "leaf_sha256": stored.leaf_sha256, "leaf_sm3": stored.leaf_sm3, "record": record}


def prove(ledger: Ledger, reader: Reader, *, leaf: str) -> dict[str, Value]:
    """Return inclusion proofs in both trees against the first final checkpoint; `ConflictError` until there is one."""
    stored = _stored(reader, leaf)
    checkpoint = ledger.log.covering(stored.index, final=True)
    if checkpoint is None:
        raise ConflictError(
            "the record is safe but not anchored yet: ask again in a few seconds", "记录已保存，尚未上链，请稍后再试"
        )
    proof = ledger.log.inclusion(stored.index, checkpoint.checkpoint.size)
    sha256: list[Value] = list(proof.sha256)
    sm3: list[Value] = list(proof.sm3)
    return {
        "index": stored.index,
        "leaf_sha256": stored.leaf_sha256,
        "leaf_sm3": stored.leaf_sm3,
        "checkpoint": checkpoint_wire(ledger, checkpoint),
        "inclusion": {"sha256": sha256, "sm3": sm3},
        "anchor": ledger.anchor.evidence(checkpoint.checkpoint.size),
    }


def complete(ledger: Ledger, *, stream: str, size: int | None = None) -> dict[str, Value]:
    """Prove which record of a stream is its newest under a checkpoint, or that it has none there.

    Without ``size``: under the newest final checkpoint; `ConflictError` until there is one.
    """
    checkpoint = ledger.log.latest(final=True) if size is None else ledger.log.covering(size - 1)
    if checkpoint is None or size not in (None, checkpoint.checkpoint.size):
        if size is not None:
            raise NotFoundError(f"there is no checkpoint of {size} records: see /v1/checkpoints", "没有该大小的检查点")
        raise ConflictError(
            "no checkpoint is anchored yet: ask again in a few seconds", "尚无已上链的检查点，请稍后再试"
        )
    proof = stream_map.as_json(stream, ledger.log.stream_proof(stream, checkpoint.checkpoint.size))
    anchored = checkpoint.state == "final"
    return {
        **proof,
        "checkpoint": checkpoint_wire(ledger, checkpoint),
        "anchor": ledger.anchor.evidence(checkpoint.checkpoint.size) if anchored else None,
    }


def checkpoints(ledger: Ledger, *, after: int = 0, limit: int = 50) -> dict[str, Value]:
    """List checkpoints by size."""
    found = ledger.log.checkpoints(after=after, limit=limit)
    items: list[Value] = [checkpoint_wire(ledger, c) for c in found]
    return {"items": items, "next": found[-1].checkpoint.size if len(found) == limit else None}


def latest_checkpoint(ledger: Ledger) -> dict[str, Value]:
    """Return the newest checkpoint; `ConflictError` in an empty log."""
    found = ledger.log.latest()
    if found is None:
        raise ConflictError("the log is empty: there is no checkpoint yet", "日志为空，尚无检查点")
    return checkpoint_wire(ledger, found)


def consistency(ledger: Ledger, *, old: int, new: int) -> dict[str, Value]:
    """Prove that the checkpoint of ``new`` records continues that of ``old``; `NotFoundError` if either was not sealed.

    With the roots at ``old``: a path leaves its first node out where ``old`` is a power of two.
    """
    found = [ledger.log.checkpoints(after=size - 1, limit=1) for size in (old, new)]
    if old > new or any(not one or one[0].checkpoint.size != size for one, size in zip(found, (old, new), strict=True)):
        raise NotFoundError(
            "no checkpoints of these sizes, the smaller one first", "没有这两个规模的检查点，且须先小后大"
        )
    before = found[0][0].checkpoint
    proof = ledger.log.consistency(old, new)
    sha256: list[Value] = list(proof.sha256)
    sm3: list[Value] = list(proof.sm3)
    return {
        "old": old,
        "new": new,
        "old_roots": {"sha256": before.sha256_root.hex(), "sm3": before.sm3_root.hex()},
        "proof": {"sha256": sha256, "sm3": sm3},
    }


def checkpoint_wire(ledger: Ledger, sealed: SealedCheckpoint) -> dict[str, Value]:
    """Return a checkpoint's wire form: its note with the cosignatures that there are, and how many are wanted."""
    witnessing = ledger.witnessing
    return {
        "size": sealed.checkpoint.size,
        "note": sealed.note if witnessing is None else witnessing.cosigned(sealed),
        "state": sealed.state,
        "transaction": sealed.transaction,
        "cosigned": 0 if witnessing is None else len(witnessing.lines(sealed.checkpoint.size)),
        "quorum": 0 if witnessing is None else witnessing.ask.quorum,
    }


def _stored(reader: Reader, leaf: str) -> StoredRecord:
    index = reader.event(leaf).index
    (stored,) = reader.range(index, 1)
    return stored
