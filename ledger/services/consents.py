"""Separate consents (PIPL arts. 23, 29) to words that are shown first, and their withdrawal (art. 15)."""

from hashlib import sha256
from hmac import compare_digest

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.rules.cn.pipl import art29_separate_consent
from ledger.rules.values import Item, text
from ledger.services.guard import investor_of
from ledger.services.investors import own
from ledger.services.ledger import Ledger


def words(ledger: Ledger, reader: Reader, actor: Actor) -> dict[str, Value]:
    """List the purposes in force with the words that are consented to and their digests."""
    del reader, actor
    items: list[Value] = [
        {
            "purpose": name,
            "text": {"zh": text(row, "zh"), "en": text(row, "en")},
            "text_sha256": _digest(row),
        }
        for name, row in _purposes(ledger).items()
    ]
    return {"items": items}


def give(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, purpose: str, text_sha256: str
) -> dict[str, Value]:
    """Record the consent to one purpose; the digest says that its words were read."""
    own(actor, stream)
    now = ledger.clock.now()
    investor_of(tx, stream)
    row = _purposes(ledger).get(purpose)
    if row is None:
        known = ", ".join(_purposes(ledger))
        raise CallerError(f"{purpose} is not a purpose: it is one of {known}", "同意事项未知")
    if not compare_digest(_digest(row), text_sha256):
        raise CallerError(
            "text_sha256 is not that of the words: read them again and confirm them", "确认内容与同意书文本不一致"
        )
    fields: dict[str, Value] = {"purpose": purpose, "text_sha256": text_sha256}
    (event,) = tx.append([Draft("consent.given", stream, stream, actor, now, fields)], now)
    return {"record": event.leaf, "given_at": to_text(now)}


def withdraw(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, purpose: str) -> dict[str, Value]:
    """Record the withdrawal; what was done before it stays lawful (art. 15)."""
    own(actor, stream)
    now = ledger.clock.now()
    known = investor_of(tx, stream).consents.get(purpose)
    if known is None:
        raise ConflictError("there is no such consent to withdraw", "没有可撤回的同意")
    refs = (tx.event(known.leaf).ref("supersedes"),)
    (event,) = tx.append([Draft("consent.withdrawn", stream, stream, actor, now, {"purpose": purpose}, refs)], now)
    return {"record": event.leaf, "withdrawn_at": to_text(now)}


def _purposes(ledger: Ledger) -> dict[str, Item]:
    rows = art29_separate_consent.purposes(ledger.rules.law(ledger.clock.now()))
    return {text(row, "purpose"): row for row in rows}


def _digest(row: Item) -> str:
    return sha256(text(row, "zh").encode()).hexdigest()
