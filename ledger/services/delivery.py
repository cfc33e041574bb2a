"""Hand queued messages to the gateway: looked at again at that instant, tried a bounded number of times, ended once.

Taking a message, sending it and ending it are three steps. A crash between the last two leaves it taken; when its term
is over it is sent again under the same id, which the gateway knows as the same message.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Ref, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ConflictError, LedgerError, NotFoundError, RefusedError
from ledger.ports.messages import SENDING, WAITING, Queued
from ledger.ports.store import Transaction
from ledger.services import links, messages, reminders
from ledger.services.investors import registered_mobile
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.message_words import INVITATION, words

ATTEMPTS: Final = 6
TERM: Final = timedelta(minutes=2)
"""How long whoever took a message has for it; doubled with each attempt."""

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    BARRED = "barred"  # the law or the policy refuses it now (募集 art. 29)
    NEEDLESS = "needless"  # the investor was quicker, or the sale is over
    UNCONFIRMED = "unconfirmed"  # no attempt was answered for


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message that is to be sent now, by whoever took it."""

    id: str
    investor: str
    mobile: str
    text: str


def deliver_next(ledger: Ledger) -> str | None:
    """Deal with the message that waits longest; returns what became of it (``sending``: not yet), ``None`` for none."""
    now = ledger.clock.now()
    with ledger.store.transaction() as tx:
        message = tx.due_message(now)
        if message is None:
            return None
        taken = _take(ledger, tx, message, now)
    if isinstance(taken, Outcome):
        return taken.value
    try:
        ledger.codes.deliver(taken.id, taken.investor, taken.mobile, taken.text, now)
    except Exception as error:  # noqa: BLE001 - whatever a gateway raises: tried again when the term is over
        code = error.code if isinstance(error, LedgerError) else type(error).__name__
        _log.warning("message %s is not delivered yet: %s", message.id[:12], code)  # never its text
        return SENDING
    with ledger.store.transaction() as tx:
        try:
            _end(ledger, tx, message, Outcome.DELIVERED, message.attempts + 1)
        except NotFoundError:  # another worker thought it forgotten, sent it too, and was quicker
            _log.info("message %s was ended by another worker", message.id[:12])
    return Outcome.DELIVERED.value


def _take(ledger: Ledger, tx: Transaction, message: Queued, now: datetime) -> _Taken | Outcome:
    """Look at everything again and take the message, or end it."""
    about, said = str(message.body["about"]), message.body["link"]
    investor = str(message.body["investor"])
    assert isinstance(said, dict)  # noqa: S101 - narrows for mypy; `messages.queue` wrote it
    try:
        mobile = registered_mobile(
            tx, Actor(investor, Role.INVESTOR, str(said["person"]) if "person" in said else None)
        )
    except ConflictError:  # the key was destroyed: nobody to tell, and nothing can be recorded about them
        tx.move_message(message.id, state=Outcome.NEEDLESS.value, due_at=now, attempts=message.attempts)
        return Outcome.NEEDLESS
    if _needless(ledger, tx, message, about) or now >= from_text(str(said["expires_at"])):
        return _end(ledger, tx, message, Outcome.NEEDLESS, message.attempts)
    try:
        messages.require_contact(ledger, tx, investor, SYSTEM, _purpose(about))
    except RefusedError:  # it is recorded, in the sale that cools off
        return _end(ledger, tx, message, Outcome.BARRED, message.attempts)
    if message.attempts >= ATTEMPTS:
        return _end(ledger, tx, message, Outcome.UNCONFIRMED, message.attempts)
    if message.state == WAITING and tx.kind_of(message.stream) is Stream.SALE:
        _record_contact(tx, message, investor, about, now)
    term = now + TERM * 2**message.attempts
    tx.move_message(message.id, state=SENDING, due_at=term, attempts=message.attempts + 1)
    address = f"{ledger.site}/sign#{links.mint(ledger, said)}"
    until, language = str(said["expires_at"])[:10], str(message.body["language"])
    text = words(about, language, house=ledger.institution, until=until, address=address)
    return _Taken(message.id, investor, mobile, text)


def _needless(ledger: Ledger, tx: Transaction, message: Queued, about: str) -> bool:
    if tx.kind_of(message.stream) is Stream.INVESTOR:
        return False
    if about != INVITATION:
        return about not in reminders.waiting(ledger, tx, message.stream)
    try:
        messages.require_under_way(tx, message.stream)
    except ConflictError:
        return True
    return False


def _record_contact(tx: Transaction, message: Queued, investor: str, about: str, now: datetime) -> None:
    """Record the contact before it is made: whatever happens next, that it was made is known."""
    fields: dict[str, Value] = {
        "channel": messages.MEDIUM,
        "direction": "outbound",
        "purpose": _purpose(about),
        "message": message.id,
    }
    refs = (Ref("queued", str(message.body["record"])),)
    tx.append([Draft("contact.made", message.stream, investor, SYSTEM, now, fields, refs)], now)


def _end(ledger: Ledger, tx: Transaction, message: Queued, outcome: Outcome, attempts: int) -> Outcome:
    """End a message and record its end, once: moving a message that has ended raises."""
    now = ledger.clock.now()
    tx.move_message(message.id, state=outcome.value, due_at=now, attempts=attempts)
    fields: dict[str, Value] = {"message": message.id, "outcome": outcome.value, "attempts": attempts}
    kind = messages.ENDED[tx.kind_of(message.stream)]
    refs = (Ref("queued", str(message.body["record"])),)
    tx.append([Draft(kind, message.stream, str(message.body["investor"]), SYSTEM, now, fields, refs)], now)
    _log.info("message %s: %s at %s", message.id[:12], outcome.value, to_text(now))
    return outcome


def _purpose(about: str) -> str:
    return about if about == INVITATION else "reminder"
