"""Beneficial owners of an institution (反洗钱法 art. 29; 条例 art. 22): declared, then confirmed by who acts for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.rules import owners as grounds
from ledger.rules.values import text
from ledger.services import acting
from ledger.services.investors import masked, own
from ledger.services.ledger import SYSTEM, Ledger

DECLARED, CONFIRMED = "owners.declared", "owners.confirmed"


def declare(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, owners: Sequence[Mapping[str, str]], as_of: str
) -> dict[str, Value]:
    """Record who stands behind an institution; the whole list at once, and a later one supersedes it."""
    now = ledger.clock.now()
    acting.require_institution(tx, stream)
    said = [grounds.Owner(o["basis"], Decimal(o["share"]) if "share" in o else None) for o in owners]
    try:
        grounds.require(said, ledger.rules.law(now))
    except ValueError as error:
        raise CallerError(str(error), "受益所有人信息与法定标准不符，请核对") from error
    listed: list[Value] = [dict(owner) for owner in owners]
    fields: dict[str, Value] = {"owners": listed, "count": len(listed), "as_of": as_of}
    last = latest(tx, stream)
    refs = () if last is None else (last.ref("supersedes"),)
    (event,) = tx.append([Draft(DECLARED, stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "count": len(listed)}


def confirm(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, declared: str) -> dict[str, Value]:
    """Record that whoever acts for the institution confirms the list declared last."""
    own(actor, stream)
    now = ledger.clock.now()
    last = latest(tx, stream)
    if last is None or last.leaf != declared:
        raise ConflictError(
            "the list was declared anew: read it again and confirm that one", "名单已更新，请重新核对确认"
        )
    fields: dict[str, Value] = {"count": last.integer("count")}
    (event,) = tx.append([Draft(CONFIRMED, stream, stream, actor, now, fields, (last.ref("declared"),))], now)
    return {"record": event.leaf, "confirmed_at": to_text(now)}


def show(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Return the list declared last, numbers masked; that somebody of the staff read it is recorded."""
    own(actor, stream)
    now = ledger.clock.now()
    acting.require_institution(tx, stream)
    last = latest(tx, stream)
    if actor.role is not Role.INVESTOR:
        fields: dict[str, Value] = {"reader": actor.id, "subject": stream, "purpose": "beneficial owners"}
        tx.append([Draft("access.logged", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)
    listed = last.fields["owners"] if last is not None else []
    shown: list[Value] = [
        {**owner, "id_number": masked(str(owner["id_number"])), "share": owner.get("share")}
        for owner in (listed if isinstance(listed, list) else [])
        if isinstance(owner, dict)
    ]
    return {
        "investor": stream,
        "declared": None if last is None else last.leaf,
        "as_of": None if last is None else last.text("as_of"),
        "owners": shown,
        "confirmed": confirmed(tx, stream),
        "grounds": [
            {"basis": text(row, "basis"), "text": {"zh": text(row, "zh"), "en": text(row, "en")}}
            for row in ledger.rules.law(now).lists[grounds.GROUNDS].items
        ],
    }


def latest(reader: Reader, stream: str) -> Event | None:
    """Return the declaration that counts."""
    return next((e for e in reversed(reader.events(stream)) if e.type == DECLARED and not e.withheld), None)


def confirmed(reader: Reader, stream: str) -> bool:
    """Tell whether the list declared last was confirmed."""
    last = latest(reader, stream)
    seen = {ref.leaf for e in reader.events(stream) if e.type == CONFIRMED for ref in e.refs}
    return last is not None and last.leaf in seen
