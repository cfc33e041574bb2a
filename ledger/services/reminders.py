"""What waits for the investor, and reminding them of it: asked for by staff, or unasked after a policy's time."""

from datetime import datetime

from ledger.domain.actors import Actor, Role
from ledger.domain.authority import Act, LackingError
from ledger.domain.catalogue import Stream
from ledger.domain.events import Value
from ledger.errors import ConflictError, ForbiddenError, LedgerError
from ledger.ports.store import Reader, Transaction
from ledger.rules.policy import reminders as policy
from ledger.services import acting, journeys, links, messages
from ledger.services.guard import investor_of, sale_of
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.links import Terms
from ledger.services.message_words import ENDING, TOPICS

_LANGUAGE = "zh"


def remind(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    language: str,
    about: str | None = None,
    terms: Terms = links.PLAIN,
) -> dict[str, Value]:
    """Remind of what waits: never during cooling-off, seldom, and only of what the investor can do."""
    investor = sale_of(tx, stream).investor
    messages.require_under_way(tx, stream)
    messages.require_contact(ledger, tx, investor, actor, "reminder")
    topics = waiting(ledger, tx, stream)
    if not topics:
        raise ConflictError(
            "nothing waits for the investor now: it is the institution's turn", "当前无待投资者办理的事项"
        )
    chosen = about or topics[0]
    if chosen not in topics:
        raise ConflictError(
            f"this does not wait for the investor: what does is {', '.join(topics)}", "所提醒的事项当前无需办理"
        )
    if chosen == "visit" and actor.role is Role.SALES:
        raise ForbiddenError(
            "the return visit is no business of whoever sells: have a visitor remind", "回访事项不得由销售人员提醒"
        )
    messages.require_rare(ledger, tx, stream, chosen)
    return messages.queue(ledger, tx, actor, stream, chosen, language=language, terms=terms)


def waiting(ledger: Ledger, reader: Reader, stream: str) -> tuple[str, ...]:
    """Return what of a sale waits for the investor, the step at hand first; nothing when the sale is over."""
    state, now = sale_of(reader, stream), ledger.clock.now()
    if state.rescinded_at is not None or state.effective_at is not None:
        return ()
    told = journeys.show(ledger, reader, Actor(state.investor, Role.INVESTOR), verified=True)
    sale, stages, found = told["sale"], told["stages"], list[str]()
    if isinstance(sale, dict) and sale["sale"] == stream and isinstance(stages, list):
        found += [str(row["stage"]) for row in stages if isinstance(row, dict) and _theirs(row)]
    person = investor_of(reader, state.investor)
    law = ledger.rules.law(now)
    if person.assessment is not None and policy.ends_soon(person.assessment.valid_until, law, now):
        found.append(ENDING["assessment"])
    used = [c for c in person.certifications if c.leaf == state.certification and c.revoked_at is None]
    if used and policy.ends_soon(used[-1].valid_until, law, now):
        found.append(ENDING["certification"])
    return tuple(found)


def _theirs(row: dict[str, Value]) -> bool:
    """Tell whether a stage is at hand and something the investor can be told about; the money is theirs to send."""
    mine = row["whose"] == Role.INVESTOR.value or row["stage"] == "payment"
    return row["state"] == "current" and mine and row["stage"] in TOPICS


def sweep(ledger: Ledger, *, after: str | None, limit: int) -> tuple[str | None, int]:
    """Remind, in the service's own name, of what was left for the policy's time; returns (cursor, how many).

    Nothing is refused here, and so nothing is recorded but what is queued.
    """
    with ledger.store.snapshot() as reader:
        sales = reader.streams(Stream.SALE, after=after, limit=limit)
        due = [sale for sale in sales if _due(ledger, reader, sale)]
    queued = 0
    for sale in due:
        with ledger.store.transaction() as tx:  # looked at again: another worker may have been quicker
            queued += _queue(ledger, tx, sale) if _due(ledger, tx, sale) else 0
    return (sales[-1] if len(sales) == limit else None), queued


def _queue(ledger: Ledger, tx: Transaction, sale: str) -> int:
    (about, *_) = waiting(ledger, tx, sale)
    terms = _to(tx, sale_of(tx, sale).investor, ledger.clock.now())
    messages.queue(ledger, tx, SYSTEM, sale, about, language=_LANGUAGE, terms=terms)
    return 1


def _to(reader: Reader, investor: str, now: datetime) -> Terms:
    """Address an institution through who identified themselves last and may still act; `ConflictError` if nobody."""
    if acting.kind_of(reader, investor) != acting.INSTITUTION:
        return links.PLAIN
    known = acting.representation_of(reader, investor)
    came = [(p.identified_at, p.leaf) for p in known.people.values() if p.identified_at is not None]
    for _, person in sorted(came, reverse=True):
        try:
            known.authority(person, Act(None), now)
        except LackingError:
            continue
        return Terms(person=person)
    raise ConflictError(
        "nobody who acts for the institution has come yet: send an invitation", "尚无代表人办理过身份验证"
    )


def _due(ledger: Ledger, reader: Reader, sale: str) -> bool:
    """Tell whether it is time; a sale that cannot be opened or has nobody to turn to is left alone."""
    now = ledger.clock.now()
    try:
        state = sale_of(reader, sale)
        quiet = policy.idle(_last(reader, sale, state.investor), ledger.rules.law(now), now)
        topics = waiting(ledger, reader, sale) if quiet else ()
        if topics:
            _to(reader, state.investor, now)
    except LedgerError:
        return False
    return (
        bool(topics)
        and not messages.barred(ledger, reader, state.investor)
        and not messages.pressing(ledger, reader, sale, topics[0])
    )


def _last(reader: Reader, sale: str, investor: str) -> datetime:
    """Return when something last happened in the sale, or the investor last did something."""
    acts = [e.occurred_at for e in reader.events(investor) if e.actor.role is Role.INVESTOR]
    return max([*acts, *(e.occurred_at for e in reader.events(sale) if e.type not in _OURS)])


_OURS = frozenset({"message.queued", "message.ended", "contact.made", "step.refused"})
"""What the institution does to be heard is no act that a reminder would wait for."""
