"""Reviews by a person (PIPL art. 24): the investor asks why, and somebody else than who decided answers."""

from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.domain.reviews import Review
from ledger.errors import CallerError, ConflictError, ForbiddenError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services import operator_book
from ledger.services.guard import investor_of, sale_of
from ledger.services.investors import own
from ledger.services.ledger import Ledger

MOST = 200
REVIEWABLE = frozenset(
    {
        "assessment.completed",
        "questionnaire.refused",
        "certification.refused",
        "certification.revoked",
        "professional.decided",
        "investor.step_refused",
        "step.refused_before_sale",
        "step.refused",
        "match.completed",
        "match.superseded",
        "match.withdrawn",
        "eligibility.decided",
        "decision.made",
    }
)
"""Refusals and results about a person."""


def request(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, of: str, reason: str) -> dict[str, Value]:
    """Record that the investor wants a person to look at a refusal or a result, once each."""
    own(actor, stream)
    now = ledger.clock.now()
    state = investor_of(tx, stream)
    decided = _decided(tx, stream, of)
    if any(r.of == of and r.completed_at is None for r in state.reviews):
        raise ConflictError("a review of this was requested already: wait for its reasons", "已申请复核，请等待结果")
    fields: dict[str, Value] = {"of": of, "reason": reason}
    draft = Draft("review.requested", stream, stream, actor, now, fields, (decided.ref("decision"),))
    (event,) = tx.append([draft], now)
    return {"review": event.leaf, "requested_at": to_text(now)}


def complete(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, review: str, outcome: str, reasons: str
) -> dict[str, Value]:
    """Record what a person found. A correction of the facts is a record of its own; nothing is decided anew here."""
    now = ledger.clock.now()
    known = next((r for r in investor_of(tx, stream).reviews if r.leaf == review), None)
    if known is None:
        raise NotFoundError("there is no such review of this investor", "没有此复核申请")
    if known.completed_at is not None:
        raise ConflictError("the review is completed already", "该复核已完成")
    if tx.event(known.of).actor.id == actor.id:
        raise ForbiddenError("whoever decided may not review it: ask somebody else", "作出决定的人员不得复核")
    fields: dict[str, Value] = {"review": review, "outcome": outcome, "reasons": reasons}
    draft = Draft("review.completed", stream, stream, actor, now, fields, (tx.event(review).ref("request"),))
    (event,) = tx.append([draft], now)
    return {"record": event.leaf, "completed_at": to_text(now)}


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List an investor's reviews in order, with the reasons that were given."""
    del ledger, actor
    return {"investor": stream, "items": [_shown(review) for review in investor_of(reader, stream).reviews]}


def queue(ledger: Ledger, reader: Reader, actor: Actor) -> dict[str, Value]:
    """List the reviews that nobody has done yet, those asked for first first; `MOST` at a time."""
    del ledger, actor
    waiting = [
        (review, stream)
        for stream, state in operator_book.investors(reader)
        for review in state.reviews
        if review.completed_at is None
    ]
    waiting.sort(key=lambda found: (found[0].requested_at, found[0].leaf))
    items: list[Value] = [
        {
            "investor": stream,
            "review": review.leaf,
            "of": review.of,
            "type": reader.event(review.of).type,
            "reason": review.reason,
            "requested_at": to_text(review.requested_at),
        }
        for review, stream in waiting[:MOST]
    ]
    return {"open": len(waiting), "items": items}


def _decided(tx: Transaction, stream: str, leaf: str) -> Event:
    event = tx.event(leaf)
    about = event.stream
    if tx.kind_of(event.stream) is Stream.SALE:
        about = sale_of(tx, event.stream).investor
    if about != stream or event.type not in REVIEWABLE:
        raise CallerError("of names no refusal or result about this investor", "该记录不是针对此投资者的拒绝或结果")
    return event


def _shown(review: Review) -> Value:
    return {
        "review": review.leaf,
        "of": review.of,
        "reason": review.reason,
        "requested_at": to_text(review.requested_at),
        "completed_at": None if review.completed_at is None else to_text(review.completed_at),
        "outcome": review.outcome,
        "reasons": review.reasons,
    }
