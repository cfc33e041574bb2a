"""Assemble a sale's evidence bundle (`docs/format.md` §8); judges nothing, leaves nothing of a stream out."""

import base64
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError, IntegrityError, NotFoundError
from ledger.ports.log import Proof, SealedCheckpoint
from ledger.ports.store import Reader, StoredRecord
from ledger.services import chain_clock, rulesets, stamping, wallet_approvals
from ledger.services.ledger import Ledger
from verifier import anchor, canonical, receipt, stream_map
from verifier import bundle as bundles

WITHHELD = frozenset({"id_number", "mobile", "payer_account", "code_digest", "owners"})
"""Fields that prove nothing to the reader of a bundle and would carry a person's identifiers around (PIPL art. 6)."""

RECENT = timedelta(minutes=10)
"""How much older than the newest one a checkpoint may be for its cosignatures' sake."""

_OPERATOR = frozenset({"institution.registered", "clock.advanced", "ruleset.adopted"})
_SEATS = frozenset({"product.seats_reserved", "product.seats_released"})
_ENCLOSED = frozenset({"shown", "signed", "completed", "handwriting"})
"""Roles of documents whose bytes travel along; proofs of assets and earlier reports are named by digest only."""


def build(ledger: Ledger, reader: Reader, sale: str, *, at: datetime) -> bytes:
    """Return ``evidence.json`` of a sale under the newest final checkpoint, a witnessed one if there is any.

    What the investor's and the product's streams got after that checkpoint is not in it.

    `NotFoundError` for an unknown sale; `ConflictError` while its newest record is not anchored yet, or when the
    investor's data was destroyed (the records alone are public: see `ledger.services.records`).
    """
    events = reader.events(sale)
    opened = next((e for e in events if e.type == "sale.opened"), None)
    if opened is None:
        raise NotFoundError("there is no such sale", "没有该认购")
    if opened.withheld:
        raise ConflictError(
            "the investor's data was destroyed: only the records and their proofs are left, ask for those",
            "该投资者的数据已被销毁:仅可提供记录及其证明",
        )
    investor, product = opened.text("investor"), opened.text("product")
    head = _head(ledger, reader, events[-1].index)
    if head is None or events[-1].index >= head.checkpoint.size:
        raise ConflictError(
            "the sale's newest records are not anchored yet: ask again in a few seconds",
            "最新记录尚未上链,请稍后再试",
        )
    if chain_clock.behind(reader, head):
        raise ConflictError(
            "the newest anchor's block is dated before the records under it: see `/health`, correct the clock, and ask"
            " again after the next anchor",
            "最新锚定区块的时间早于其所含记录：请校正时钟，待下次上链后再试",
        )
    stored = [s for s in _records(ledger, reader, (sale, investor, product)) if s.index < head.checkpoint.size]
    completeness = [  # first: the maps of old checkpoints are not kept for ever
        stream_map.as_json(stream, ledger.log.stream_proof(stream, head.checkpoint.size))
        for stream in sorted({sale, investor, product})
    ]
    covering = _checkpoints(ledger, reader, (s.index for s in stored), head)
    body: dict[str, Any] = {
        "v": 1,
        "kind": "pfl-evidence",
        "origin": head.checkpoint.origin,
        "subject": {"kind": "sale", "stream": sale},
        "created_at": to_text(at),
        "stand_ins": list(ledger.stand_ins),
        "records": [_entry(ledger, s, sale, head.checkpoint.size) for s in stored],
        "head": _note(ledger, head),
        "checkpoints": [
            {"note": _note(ledger, c), "consistency": _proof(ledger.log.consistency(size, head.checkpoint.size))}
            for size, c in covering.items()
            if size != head.checkpoint.size
        ],
        "completeness": completeness,
        "anchors": [_anchor(ledger, sealed) for sealed in covering.values()]
        + _cosignatures(ledger, covering)
        + _approvals(ledger, reader, events),
        "timestamps": [
            {"kind": "rfc3161", "over": "checkpoint", "size": size, "token": stamp.token.hex()}
            for size in covering
            for stamp in ledger.log.stamps(size)
        ],
        "documents": _documents(ledger, events, investor),
        "certificates": {
            "roots": [_der(pem) for pem in ledger.ca.roots_pem()],
            "timestamp_roots": _timestamp_roots(ledger),
            "sm2_roots": [_der(pem) for pem in ledger.ca.sm2_roots_pem()],
        },
        "keys": {
            "log": ledger.secrets.log_vkey(),
            "seal": ledger.secrets.seal_public_key().hex(),
            "witnesses": [] if ledger.witnessing is None else list(ledger.witnessing.vkeys),
        },
        "rulesets": [{"digest": digest, "files": files} for digest, files in rulesets.used(ledger, stored).items()],
    }
    body["seal"] = ledger.secrets.seal(bundles.seal_digest(body)).hex()
    return canonical.encode(body)


def _head(ledger: Ledger, reader: Reader, index: int) -> SealedCheckpoint | None:
    """Return the newest final checkpoint, or over a record a recent one that a quorum of witnesses cosigned."""
    newest = ledger.log.latest(final=True, within=reader.size())  # what came later, this reader does not see
    witnessing = ledger.witnessing
    if newest is None or witnessing is None or not witnessing.ask.all:
        return newest
    for size in witnessing.book.witnessed(witnessing.vkeys, witnessing.ask.quorum, above=index):
        (sealed,) = ledger.log.checkpoints(after=size - 1, limit=1)
        if newest.sealed_at - sealed.sealed_at > RECENT:
            break
        if sealed.state == "final" and size <= newest.checkpoint.size and not chain_clock.behind(reader, sealed):
            return sealed
    return newest


def _note(ledger: Ledger, sealed: SealedCheckpoint) -> str:
    return sealed.note if ledger.witnessing is None else ledger.witnessing.cosigned(sealed)


def _records(ledger: Ledger, reader: Reader, streams: tuple[str, ...]) -> list[StoredRecord]:
    """Return every record of the streams, and what of the operator's own stream concerns the sale, by index."""
    found = [stored for stream in streams for stored in reader.stored(stream)]
    last = max(stored.index for stored in found)
    found += [
        stored
        for stored in reader.stored(ledger.operator)
        if stored.index < last and json.loads(stored.bytes)["type"] in _OPERATOR
    ]
    return sorted(found, key=lambda stored: stored.index)


def _checkpoints(
    ledger: Ledger, reader: Reader, indexes: Iterable[int], head: SealedCheckpoint
) -> dict[int, SealedCheckpoint]:
    """Return the first final checkpoint over each record whose block is not dated too early, and the head, by size."""
    found = {head.checkpoint.size: head}
    reached = 0
    for index in indexes:
        if index < reached:
            continue  # the checkpoint before covers it already
        covering = ledger.log.covering(index, final=True) or head
        while chain_clock.behind(reader, covering):  # ends at the head
            covering = ledger.log.covering(covering.checkpoint.size, final=True) or head
            covering = min(covering, head, key=lambda c: c.checkpoint.size)
        reached = covering.checkpoint.size
        found[reached] = covering
    for size in [*found]:  # an authority that does not stamp every checkpoint stamped a later one
        for authority in ledger.log.stampers():
            later = ledger.log.stamped_from(authority, size)
            if later is not None and later < head.checkpoint.size and later not in found:
                stamped = ledger.log.covering(later - 1, final=True)
                if stamped is not None and not chain_clock.behind(reader, stamped):
                    found[later] = stamped
    return dict(sorted(found.items()))


def _timestamp_roots(ledger: Ledger) -> list[str]:
    """Return the trust anchors of every authority there was: its tokens outlive the configuration."""
    now = (root for authority in stamping.authorities(ledger) for root in authority.roots_pem())
    return list(dict.fromkeys([*map(_der, now), *(root.hex() for root in ledger.log.kept_roots())]))


def _anchor(ledger: Ledger, sealed: SealedCheckpoint) -> dict[str, Value]:
    """Return the anchor, in the very block that became final; `IntegrityError` if the chain has another now."""
    found = ledger.anchor.evidence(sealed.checkpoint.size)
    if sealed.block is not None and receipt.block_hash(anchor.parse(found).claim) != sealed.block.hash:
        size = sealed.checkpoint.size
        message = f"the anchor of {size} records is in another block than was final: see `pfl chain status`"
        raise IntegrityError(message, f"检查点 {size} 所在区块已变化，请核查链状态", size=size)
    return found


def _cosignatures(ledger: Ledger, sizes: Iterable[int]) -> list[dict[str, Value]]:
    """Return the chain's word on witnesses' cosignatures of these checkpoints, as far as it is final."""
    if ledger.witnessing is None:
        return []
    done = [
        r for size in sizes for r in ledger.witnessing.book.relays_over(size) if r.state == "done" and r.transaction
    ]
    found = [ledger.anchor.cosignature(str(r.transaction), r.size, r.signed.witness) for r in done]
    return [each for each in found if each is not None]


def _approvals(ledger: Ledger, reader: Reader, events: Iterable[Event]) -> list[dict[str, Value]]:
    """Return the chain's word on contract wallets' approvals, as far as it is final."""
    asked = [wallet_approvals.asked_by(reader, e) for e in events if e.type == "document.signed"]
    found = [ledger.anchor.contract_wallets.evidence(each) for each in asked if each is not None]
    return [each for each in found if each is not None]


def _entry(ledger: Ledger, stored: StoredRecord, sale: str, size: int) -> dict[str, Any]:
    record = json.loads(stored.bytes)
    disclosures = [list(d) for d in stored.disclosures if d[1] not in WITHHELD]
    if record["type"] in _SEATS and not any(name == "sale" and value == sale for _, name, value in stored.disclosures):
        # somebody else's sale of the same product: that a seat was taken counts, whose it is does not
        disclosures = [d for d in disclosures if d[1] == "seats"]
    return {
        "index": stored.index,
        "record": record,
        "disclosures": disclosures,
        "inclusion": _proof(ledger.log.inclusion(stored.index, size)),
    }


def _documents(ledger: Ledger, events: Iterable[Event], investor: str) -> list[dict[str, Any]]:
    named = {d.sha256: d for event in events for d in event.documents if d.role in _ENCLOSED}
    return [
        {
            "sha256": d.sha256,
            "media_type": d.media_type,
            "content": base64.b64encode(ledger.documents.get(d.sha256, subject=investor)).decode("ascii"),
        }
        for d in named.values()
    ]


def _proof(proof: Proof) -> dict[str, Any]:
    return {"sha256": list(proof.sha256), "sm3": list(proof.sm3)}


def _der(pem: str) -> str:
    return x509.load_pem_x509_certificate(pem.encode("ascii")).public_bytes(Encoding.DER).hex()
