"""Every act of one sale in order, for whoever must answer for it: each with its article, its proofs and its anchor."""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError, LedgerError, NotFoundError
from ledger.ports.log import SealedCheckpoint
from ledger.ports.store import Reader, Transaction
from ledger.services import journeys
from ledger.services.evidence import WITHHELD
from ledger.services.guard import REFUSING, sale_facts
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.report_facts import detail_of, refusing_article, signature_of
from ledger.services.sales import status_of
from ledger.services.titles import title_of

PURPOSE: Final = "timeline_read"
_SEATS = frozenset({"product.seats_reserved", "product.seats_released"})
_BULKY = frozenset("approval certificate decision findings items signature statement text text_en".split())
"""Fields that are told in words or as findings, and those too long to read in a list."""

_SIGNED = frozenset({"purpose", "suite", "key"})
"""Fields of a signature that its own part tells."""


def note_access(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> None:
    """Record that somebody is about to read a person's records (`design.md` §10); `NotFoundError` without a sale."""
    if tx.kind_of(stream) is not Stream.SALE:
        raise NotFoundError("there is no such sale", "没有该认购")
    now = ledger.clock.now()
    opened = tx.events(stream)[0]
    fields: dict[str, Value] = {
        "reader": actor.id,
        "subject": stream if opened.withheld else opened.text("investor"),
        "purpose": PURPOSE,
    }
    tx.append([Draft("access.logged", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)


def show(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str, after: int, limit: int) -> dict[str, Value]:
    """Return the acts with an index of at least ``after``, with what they rest on and what is still missing.

    `ConflictError` when the investor's data was destroyed: then only the records are left.
    """
    del actor
    opened = reader.events(stream)[0]
    if opened.withheld:
        raise ConflictError(
            "the investor's data was destroyed: only the records and their proofs are left, ask for those",
            "该投资者的数据已被销毁:仅可提供记录及其证明",
        )
    now = ledger.clock.now()
    facts = sale_facts(reader, stream)
    state = facts.sale
    if state is None:
        raise NotFoundError("there is no such sale", "没有该认购")
    events = _events(reader, stream, state.investor, state.product)
    asked = [event for event in events if event.index >= after]
    page = asked[:limit]
    stages, current, against = journeys.way_of(ledger, reader, facts, now)
    over = state.effective_at is not None or state.rescinded_at is not None
    sealed = _covering(ledger, page)
    return {
        "sale": stream,
        "investor": state.investor,
        "product": state.product,
        "product_name": facts.product.name,
        "amount": None if state.amount is None else {**state.amount.as_json()},
        "status": status_of(state),
        "at": to_text(now),
        "total": len(events),
        "refusals": sum(_refused(event) for event in events),
        "acts": [_act(ledger, event, events, sealed[event.index]) for event in page],
        "next": asked[limit].index if len(asked) > limit else None,
        "checkpoints": [_checkpoint(ledger, c) for c in dict.fromkeys(sealed.values()) if c is not None],
        "chain": _chain(ledger),
        "current": current,
        "missing": [] if over else [stage for stage in stages if _is_missing(stage)],
        "against": [] if over else against,
        "stand_ins": [*ledger.stand_ins],
    }


def _events(reader: Reader, sale: str, investor: str, product: str) -> list[Event]:
    """Return the records of the sale and its investor, and the product's about this sale's seat, by index."""
    seats = (e for e in reader.events(product) if e.type in _SEATS and e.fields.get("sale") == sale)
    return sorted((*reader.events(investor), *reader.events(sale), *seats), key=lambda event: event.index)


def _act(ledger: Ledger, event: Event, events: Iterable[Event], covering: SealedCheckpoint | None) -> dict[str, Value]:
    zh, en = title_of(event)
    detail_zh, detail_en = detail_of(event)
    told = _BULKY | _SIGNED if event.type == "document.signed" else _BULKY
    return {
        "index": event.index,
        "at": to_text(event.occurred_at),
        "recorded_at": to_text(event.recorded_at),
        "type": event.type,
        "stream": event.stream,
        "title": {"zh": zh, "en": en},
        "detail": {"zh": detail_zh, "en": detail_en},
        "actor": {"id": event.actor.id, "role": event.actor.role.value},
        "article": refusing_article(event) or ledger.rules.article_of(event.type),
        "record": event.leaf,
        "refused": _refused(event),
        "documents": [
            {"sha256": d.sha256, "sm3": d.sm3, "bytes": d.bytes, "media_type": d.media_type, "role": d.role}
            for d in event.documents
        ],
        "fields": [_field(name, value) for name, value in event.fields.items() if name not in told],
        "signature": _signature(event, events) if event.type == "document.signed" else None,
        "findings": _findings(event.fields),
        "checkpoint": None if covering is None else covering.checkpoint.size,
    }


def _refused(event: Event) -> bool:
    return "refused" in event.type


def _field(name: str, value: Value) -> Value:
    withheld = name in WITHHELD
    return {"name": name, "value": None if withheld else value, "withheld": withheld}


def _signature(event: Event, events: Iterable[Event]) -> Value:
    told = signature_of(event)
    read = {ref.leaf for ref in event.refs if ref.role == "read"}
    pages = [e for e in events if e.leaf in read]
    return {
        "purpose": {"zh": told.purpose_zh, "en": told.purpose_en},
        "suite": told.suite,
        "key": event.text("key"),
        "issuer": told.issuer,
        "serial": told.certificate_serial,
        "valid_from": to_text(told.valid_from),
        "valid_until": to_text(told.valid_until),
        "document_sha256": told.document_sha256,
        "pages_read": len({e.integer("page") for e in pages}),
        "seconds_read": sum(e.integer("seconds") for e in pages),
    }


def _findings(fields: Mapping[str, Value]) -> list[Value]:
    """Return what a refusal, or a decision that is not a plain yes, rests on."""
    decision = fields.get("decision")
    found = fields.get("findings") or (decision.get("findings") if isinstance(decision, dict) else None)
    listed = found if isinstance(found, list) else []
    return [f for f in listed if isinstance(f, dict) and f.get("outcome") in REFUSING]


def _is_missing(stage: Value) -> bool:
    return isinstance(stage, dict) and stage["state"] != "done"


def _covering(ledger: Ledger, events: Iterable[Event]) -> dict[int, SealedCheckpoint | None]:
    """Return the first checkpoint over each record (``None`` until one is sealed); ``events`` are by index."""
    found: dict[int, SealedCheckpoint | None] = {}
    last: SealedCheckpoint | None = None
    for event in events:
        if last is None or event.index >= last.checkpoint.size:
            last = ledger.log.covering(event.index)
        found[event.index] = last
    return found


def _checkpoint(ledger: Ledger, sealed: SealedCheckpoint) -> Value:
    witnessing = ledger.witnessing
    return {
        "size": sealed.checkpoint.size,
        "state": sealed.state,
        "sealed_at": to_text(sealed.sealed_at),
        "transaction": sealed.transaction,
        "block": None if sealed.block is None else sealed.block.number,
        "block_time": None if sealed.block is None else to_text(sealed.block.time),
        "cosigned": 0 if witnessing is None else len(witnessing.lines(sealed.checkpoint.size)),
        "quorum": 0 if witnessing is None else witnessing.ask.quorum,
    }


def _chain(ledger: Ledger) -> Value:
    """Say what an anchor there can rest on; a chain that is away is told, not raised."""
    try:
        found = ledger.anchor.status()
    except LedgerError as error:
        return {"kind": None, "chain_id": None, "trust": None, "problem": {"zh": error.zh, "en": error.message}}
    return {"kind": found.kind, "chain_id": found.chain_id, "trust": found.trust, "problem": None}
