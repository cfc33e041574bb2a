"""The typed writes that travel with a checkpoint: what contracts must be able to answer themselves."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ledger.domain.events import Event
from ledger.domain.instants import from_text
from ledger.errors import IntegrityError
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, ChainWrites, EndingWrite, SignatureWrite
from ledger.ports.store import Reader
from ledger.ports.wallets import ApprovalWrite
from ledger.services import wallet_approvals
from ledger.services.sale_steps import TYPES as SALE_TYPES
from ledger.services.sale_steps import SaleLaw, sale_steps
from verifier import record

_TYPES = SALE_TYPES | {
    "certification.granted",
    "certification.revoked",
    "assessment.completed",
    "investor.changed",
    "document.signed",
}
_TOLERANCES = {f"C{level}": level for level in range(1, 6)}
_BATCH = 500


def chain_writes(reader: Reader, law: SaleLaw, first: int, size: int) -> ChainWrites:
    """Return the writes of records ``first`` … ``size`` - 1, in order.

    A record whose subject's key was destroyed before it was anchored travels by its leaf hash only.
    """
    certifications: list[CertificationWrite] = []
    assessments: list[AssessmentWrite] = []
    signatures: list[SignatureWrite] = []
    approvals: list[ApprovalWrite] = []
    sales: dict[str, None] = {}
    changed: dict[str, None] = {}
    for event in _typed(reader, first, size):
        match event.type:
            case "certification.granted" | "certification.revoked":
                certifications.append(_certification(event))
            case "assessment.completed":
                assessments.append(_assessment(event))
            case "investor.changed":
                changed[event.stream] = None
            case "document.signed":
                signatures.append(_signature(event))
                approvals += _approvals(reader, event)
        if event.type in SALE_TYPES:
            sales[event.stream] = None
    steps = {index: step for sale in sales for index, step in sale_steps(reader, law, sale) if first <= index < size}
    ends = {i: end for investor in changed for i, end in _endings(reader.events(investor)) if first <= i < size}
    return ChainWrites(
        tuple(certifications),
        tuple(assessments),
        tuple(signatures),
        tuple(steps[index] for index in sorted(steps)),
        endings=tuple(ends[index] for index in sorted(ends)),
        approvals=tuple(approvals),
    )


def stream_writes(reader: Reader, law: SaleLaw, stream: str, size: int) -> ChainWrites:
    """Return the writes of a stream's records with an index below ``size``, for `fsck`."""
    events = [e for e in reader.events(stream) if e.index < size and e.type in _TYPES and not e.withheld]
    steps = sale_steps(reader, law, stream) if any(e.type in SALE_TYPES for e in events) else ()
    return ChainWrites(
        tuple(_certification(e) for e in events if e.type.startswith("certification.")),
        tuple(_assessment(e) for e in events if e.type == "assessment.completed"),
        tuple(_signature(e) for e in events if e.type == "document.signed"),
        tuple(step for index, step in steps if index < size),
        endings=tuple(end for _, end in _endings(events)),
        approvals=tuple(write for e in events if e.type == "document.signed" for write in _approvals(reader, e)),
    )


def _typed(reader: Reader, first: int, size: int) -> Iterator[Event]:
    for start in range(first, size, _BATCH):
        for stored in reader.range(start, min(_BATCH, size - start)):
            if record.parse(stored.bytes).type in _TYPES and not stored.withheld:
                yield reader.event(stored.leaf_sha256)


def _certification(event: Event) -> CertificationWrite:
    revokes = event.text("certification") if event.type == "certification.revoked" else None
    return CertificationWrite(
        investor=event.stream,
        regime=event.text("regime"),
        leaf=event.leaf,
        granted_at=event.occurred_at,
        valid_until=event.occurred_at if revokes is not None else from_text(event.text("valid_until")),
        revokes=revokes,
    )


def _assessment(event: Event) -> AssessmentWrite:
    return AssessmentWrite(
        investor=event.stream,
        leaf=event.leaf,
        tolerance=_TOLERANCES[event.text("tolerance")],
        lowest=event.fields["lowest"] is True,
        completed_at=event.occurred_at,
        valid_until=from_text(event.text("valid_until")),
    )


def _endings(events: Iterable[Event]) -> Iterator[tuple[int, EndingWrite]]:
    """Yield (record index, end) of each assessment that a change of circumstances ended (130号 art. 13), once.

    A change ends the assessment completed last by then, its own instant included; what is older is superseded anyway.
    """
    completed: dict[str, datetime] = {}
    ended: set[str] = set()
    for event in events:
        if event.type == "assessment.completed":
            completed[event.leaf] = event.occurred_at
        elif event.type == "investor.changed":
            by_then = [(at, leaf) for leaf, at in completed.items() if at <= event.occurred_at]
            _, current = max(by_then, default=(event.occurred_at, None))
            if current is not None and current not in ended:
                ended.add(current)
                yield event.index, EndingWrite(event.stream, event.leaf, current, event.occurred_at)


def _signature(event: Event) -> SignatureWrite:
    signed = next((d for d in event.documents if d.role == "signed"), None)
    if signed is None:
        raise IntegrityError(f"record {event.index} (document.signed) names no signed document", index=event.index)
    return SignatureWrite(signed.sha256, event.text("key"), event.text("suite"), event.leaf, event.occurred_at)


def _approvals(reader: Reader, event: Event) -> list[ApprovalWrite]:
    asked = wallet_approvals.asked_by(reader, event)
    return [] if asked is None else [ApprovalWrite(asked, event.leaf)]
