"""Messages are decided on here and handed over by `delivery`: a record and a queued row in one commit.

An adviser pushes, the client completes: an invitation carries the client's own link, and nothing is promoted.
"""

import secrets

from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Finding
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import ConflictError
from ledger.ports.messages import Queued
from ledger.ports.store import Reader, Transaction
from ledger.rules.policy import reminders as policy
from ledger.services import links, sales
from ledger.services.guard import REFUSING, investor_of, refusal_fields, refuse, require, sale_facts, sale_of
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.links import Terms
from ledger.services.message_words import INVITATION

MEDIUM = "sms"
QUEUED = {Stream.SALE: "message.queued", Stream.INVESTOR: "invitation.queued"}
ENDED = {Stream.SALE: "message.ended", Stream.INVESTOR: "invitation.ended"}


def open_and_invite(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    investor: str,
    product: str,
    amount: Money,
    fee: Money,
    channel: str,
    language: str | None,
    terms: Terms,
) -> dict[str, Value]:
    """Open a sale and, where a language is named, invite its investor: both or neither."""
    opened = sales.open_sale(
        ledger, tx, actor, investor=investor, product=product, amount=amount, fee=fee, channel=channel
    )
    if language is None:
        return {**opened, "invitation": None}
    stream = str(opened["sale"])
    return {**opened, "invitation": invite(ledger, tx, actor, stream=stream, language=language, terms=terms)}


def invite(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    language: str,
    terms: Terms = links.PLAIN,
) -> dict[str, Value]:
    """Send an investor their link, for a sale of theirs or, before there is one, for the gate."""
    of_sale = tx.kind_of(stream) is Stream.SALE
    investor = sale_of(tx, stream).investor if of_sale else stream
    investor_of(tx, investor)
    if of_sale:
        require_under_way(tx, stream)
    require_contact(ledger, tx, investor, actor, INVITATION)
    require_rare(ledger, tx, stream, INVITATION)
    return queue(ledger, tx, actor, stream, INVITATION, language=language, terms=terms)


def queue(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    stream: str,
    about: str,
    *,
    language: str,
    terms: Terms = links.PLAIN,
) -> dict[str, Value]:
    """Record that a message is to go out, and queue it. Neither holds the telephone number or the link's token."""
    now, message = ledger.clock.now(), secrets.token_hex(32)
    kind = tx.kind_of(stream)
    investor = sale_of(tx, stream).investor if kind is Stream.SALE else stream
    said = links.claims(tx, investor, now + links.LIFE, terms)
    fields: dict[str, Value] = {"message": message, "about": about, "medium": MEDIUM, "language": language}
    if "channel" in said:
        fields["channel"] = said["channel"]
    (event,) = tx.append([Draft(QUEUED[kind], stream, investor, actor, now, fields)], now)
    body: dict[str, Value] = {"investor": investor, "about": about, "language": language, "link": said}
    tx.queue_message(Queued(message, stream, now, body={**body, "record": event.leaf}))
    return {"record": event.leaf, "message": message, "about": about, "link_expires_at": said["expires_at"]}


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List a sale's messages as the records tell them."""
    del ledger, actor
    sale_of(reader, stream)
    events = reader.events(stream)
    ended = {e.text("message"): e for e in events if e.type == "message.ended" and not e.withheld}
    items: list[Value] = [
        _item(e, ended.get(e.text("message"))) for e in events if e.type == "message.queued" and not e.withheld
    ]
    return {"sale": stream, "items": items}


def _item(event: Event, ended: Event | None) -> Value:
    return {
        "message": event.text("message"),
        "about": event.text("about"),
        "medium": event.text("medium"),
        "language": event.text("language"),
        "queued_at": to_text(event.occurred_at),
        "queued_by": event.actor.role.value,
        "outcome": None if ended is None else ended.text("outcome"),
        "ended_at": None if ended is None else to_text(ended.occurred_at),
    }


def require_under_way(reader: Reader, stream: str) -> None:
    """Refuse where nothing of the sale waits for anybody any more."""
    state = sale_of(reader, stream)
    if state.rescinded_at is not None or state.effective_at is not None:
        raise ConflictError("the sale is over: there is nothing to tell the investor", "该认购已结束")


def require_contact(ledger: Ledger, tx: Transaction, investor: str, actor: Actor, purpose: str) -> None:
    """Refuse while any sale of this investor cools off (募集 art. 29): it is they who may not be contacted."""
    inputs: dict[str, Value] = {"direction": "outbound", "channel": MEDIUM, "purpose": purpose}
    for sale in tx.about(investor, Stream.SALE):
        require(ledger, tx, sale_facts(tx, sale, inputs), Step.CONTACT, actor, ledger.clock.now())


def barred(ledger: Ledger, reader: Reader, investor: str) -> bool:
    """Tell whether `require_contact` would refuse; nothing is recorded."""
    now = ledger.clock.now()
    facts = (sale_facts(reader, sale, {"direction": "outbound"}) for sale in reader.about(investor, Stream.SALE))
    found = (f for each in facts for f in ledger.rules.permit(each, Step.CONTACT, SYSTEM, now))
    return any(f.outcome in REFUSING for f in found)


def require_rare(ledger: Ledger, tx: Transaction, stream: str, about: str) -> None:
    """Refuse what the institution's policy calls too much, and record that it was."""
    now = ledger.clock.now()
    refusing = pressing(ledger, tx, stream, about)
    if refusing:
        of_sale = tx.kind_of(stream) is Stream.SALE
        subject = sale_of(tx, stream).investor if of_sale else stream
        kind = "step.refused" if of_sale else "investor.step_refused"
        refuse(tx, Draft(kind, stream, subject, SYSTEM, now, refusal_fields(Step.CONTACT, refusing)), refusing)


def pressing(ledger: Ledger, reader: Reader, stream: str, about: str) -> tuple[Finding, ...]:
    """Return what the policy holds against telling this now."""
    names = set(QUEUED.values())
    earlier = [
        policy.Told(e.leaf, e.text("about"), e.occurred_at)
        for e in reader.events(stream)
        if e.type in names and not e.withheld
    ]
    now = ledger.clock.now()
    return tuple(f for f in policy.judge(earlier, about, ledger.rules.law(now), now) if f.outcome in REFUSING)
