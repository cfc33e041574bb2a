"""The first steps: the file, the records and the log that holds them."""

from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier import bundle, checkpoint, disclosure, merkle, pdf, record, timestamp
from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError
from verifier.steps import levels
from verifier.steps.case import Case, Found, at, place

CLOCK_TOLERANCE: Final = timedelta(minutes=2)
"""How far a block's or an authority's clock may be behind the clock that dated a record."""


def read(case: Case) -> Found:
    """Step 1."""
    if len(case.data) > bundle.MAX_BYTES:
        raise MalformedError("too_large", f"the file is larger than {bundle.MAX_BYTES} bytes", limit=bundle.MAX_BYTES)
    data = pdf.evidence(case.data) if pdf.is_pdf(case.data) else case.data
    case.bundle = found = bundle.parse(data)
    return f"{len(data)} bytes, {len(found.records)} records, SHA-256 {found.sha256}", {"bytes": len(data)}


def seal(case: Case) -> Found:
    """Step 2."""
    key = case.bundle.seal_key
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(case.bundle.seal, case.bundle.sealed)
    except InvalidSignature:
        raise VerificationError(
            "bad_seal", "the seal does not fit the bundle: a byte was changed after sealing"
        ) from None
    return f"sealed with Ed25519 key {key.hex()}", {"key": key.hex()}


def records(case: Case) -> Found:
    """Step 3."""
    found: list[tuple[int, record.Record]] = []
    for number, entry in enumerate(case.bundle.records):
        with at(f"records[{number}]", index=entry.index):
            parsed = record.of(entry.record)
            if found and entry.index <= found[-1][0]:
                raise VerificationError(
                    "records_out_of_order", "the records are not in the order of the log", index=entry.index
                )
        found.append((entry.index, parsed))
    if not found:
        raise VerificationError("no_records", "the bundle holds no records")
    case.records = found
    return f"{len(found)} records, canonical and complete in form", {"records": len(found)}


def streams(case: Case) -> Found:
    """Step 4."""
    known = {r.leaf_sha256 for _, r in case.records}
    earlier: set[str] = set()
    last: dict[str, record.Record] = {}
    gaps: set[str] = set()
    whole: set[str] = {case.bundle.subject}
    for _, now in case.records:
        before = last.get(now.stream)
        with at(place(now), leaf=now.leaf_sha256):
            _follows(before, now)
            for ref in now.refs:
                if ref.leaf in known and ref.leaf not in earlier:
                    raise VerificationError("forward_reference", f"its {ref.role} is a later record", ref=ref.leaf)
        if now.seq != (0 if before is None else before.seq + 1):
            gaps.add(now.stream)
        if not now.type.startswith(_EXCERPTED):
            whole.add(now.stream)
        last[now.stream] = now
        earlier.add(now.leaf_sha256)
    if case.bundle.subject not in last:
        raise VerificationError("subject_missing", "no record belongs to the sale that the bundle is about")
    for stream in sorted(gaps & whole):
        raise VerificationError("record_missing", f"a record of stream {stream[:8]}… was left out", stream=stream)
    case.whole = whole
    counts = {stream: last[stream].seq + 1 for stream in sorted(last.keys() - gaps)}
    sentence = f"{len(counts)} streams without a gap from their first record, {len(gaps)} in excerpts"
    return sentence, {"whole": counts, "excerpts": sorted(gaps)}


_EXCERPTED: Final = ("institution.", "staff.", "clock.", "access.", "key.", "ruleset.")
"""Records of the operator's own stream, of which a bundle holds only what concerns the sale."""


def _follows(before: record.Record | None, now: record.Record) -> None:
    if now.occurred_at > now.recorded_at:
        raise VerificationError("occurs_after_recorded", "it claims to have happened after it was written down")
    if before is None:
        return
    if now.seq <= before.seq or now.recorded_at < before.recorded_at:
        raise VerificationError("stream_out_of_order", "seq or recorded_at goes back within the stream", seq=now.seq)
    if now.seq == before.seq + 1 and now.prev != before.leaf_sha256:
        raise VerificationError("broken_chain", "prev is not the leaf hash of the record before it", seq=now.seq)


def disclosures(case: Case) -> Found:
    """Step 5."""
    opened = 0
    withheld = 0
    for entry, (_, now) in zip(case.bundle.records, case.records, strict=True):
        with at(place(now), leaf=now.leaf_sha256):
            values = disclosure.open_fields(now.fields, entry.disclosures)
        case.opened[now.leaf_sha256] = values
        opened += len(values)
        withheld += len(now.fields) - len(values)
    return f"{opened} values fit their commitments, {withheld} are withheld", {"opened": opened, "withheld": withheld}


def head(case: Case) -> Found:
    """Step 6."""
    found = case.bundle
    with at("head"):
        case.head = checkpoint.open_note(found.head, {found.log_key})
        _same_origin(case, case.head)
    case.checkpoints[case.head.size] = case.head
    return f"checkpoint of {case.head.size} records, signed by {found.log_key.partition('+')[0]}", {
        "size": case.head.size
    }


def _same_origin(case: Case, found: checkpoint.Checkpoint) -> None:
    if found.origin != case.bundle.origin:
        raise VerificationError("other_origin", "the checkpoint is of another log than the bundle names")


def inclusion(case: Case) -> Found:
    """Step 7."""
    size = case.head.size
    for entry, (index, now) in zip(case.bundle.records, case.records, strict=True):
        with at(place(now), index=index, leaf=now.leaf_sha256):
            path = entry.inclusion
            leaf = bytes.fromhex(now.leaf_sha256)
            merkle.verify_inclusion(merkle.SHA256, leaf, index, size, path.sha256, case.head.sha256_root)
            leaf = bytes.fromhex(now.leaf_sm3)
            merkle.verify_inclusion(merkle.SM3, leaf, index, size, path.sm3, case.head.sm3_root)
    return f"{len(case.records)} records are in both trees of {size}", {"size": size, "suites": ["sha256", "sm3"]}


def checkpoints(case: Case) -> Found:
    """Step 8."""
    before = 0
    for number, link in enumerate(case.bundle.checkpoints):
        with at(f"checkpoints[{number}]"):
            old = checkpoint.open_note(link.note, {case.bundle.log_key})
            _same_origin(case, old)
            if not before < old.size < case.head.size:
                raise VerificationError(
                    "checkpoints_out_of_order", "its size is not between its neighbours'", size=old.size
                )
            proof, new = link.consistency, case.head
            merkle.verify_consistency(merkle.SHA256, old.size, new.size, proof.sha256, old.sha256_root, new.sha256_root)
            merkle.verify_consistency(merkle.SM3, old.size, new.size, proof.sm3, old.sm3_root, new.sm3_root)
        case.checkpoints[old.size] = old
        before = old.size
    sizes = [c for c in sorted(case.checkpoints) if c != case.head.size]
    return f"{len(sizes)} earlier checkpoints, each a prefix of the head", {"sizes": sizes}


def timestamps(case: Case) -> Found:
    """Step 12."""
    if not case.bundle.timestamps:
        return "none given; the time rests on the anchors", {"timestamps": 0}
    roots = case.timestamp_roots()
    stamps = []
    for number, token in enumerate(case.bundle.timestamps):
        with at(f"timestamps[{number}]", size=token.size):
            body = covered(case, token.size).body().encode()
            stamps.append(timestamp.verify(token.token, sha256(body), roots))
    ranks = levels.rank_stamps(case, stamps)
    names = sorted({f"{s.authority} ({rank})" for s, rank in zip(stamps, ranks, strict=True)})
    return f"{len(stamps)} tokens by {'; '.join(names)}", {
        "times": [s.time.isoformat() for s in stamps],
        "authorities": sorted({s.authority for s in stamps}),
        "trust": ranks,
    }


def covered(case: Case, size: int) -> checkpoint.Checkpoint:
    """Return the verified checkpoint of a size."""
    found = case.checkpoints.get(size)
    if found is None:
        raise VerificationError("checkpoint_missing", f"the bundle holds no checkpoint of {size} records", size=size)
    return found
