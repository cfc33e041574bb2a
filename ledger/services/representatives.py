"""Who acts for an institution: people named, powers of attorney recorded and revoked (民法典 arts. 61, 165, 173)."""

from collections.abc import Sequence
from datetime import date, datetime

from ledger.domain import authority
from ledger.domain.actors import Actor
from ledger.domain.authority import DELEGABLE, Capacity, LackingError, Power, Representation
from ledger.domain.events import Draft, Event, Ref, Value
from ledger.domain.instants import day_of, start_of, to_text
from ledger.domain.money import Money
from ledger.errors import CallerError, ConflictError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services import acting
from ledger.services.guard import product_of
from ledger.services.investors import masked, own
from ledger.services.ledger import Ledger
from ledger.services.uploads import require_paper


def name(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    capacity: str,
    full_name: str,
    id_type: str,
    id_number: str,
    mobile: str,
) -> dict[str, Value]:
    """Name a person; a new legal representative takes the place of the one before from now on."""
    now = ledger.clock.now()
    acting.require_institution(tx, stream)
    before = acting.representation_of(tx, stream).legal_representative(now)
    if capacity == Capacity.SIGNATORY and before is None:
        raise ConflictError(
            "name the legal representative first: only that one can give a power of attorney", "请先登记法定代表人"
        )
    fields: dict[str, Value] = {
        "capacity": capacity,
        "name": full_name,
        "id_type": id_type,
        "id_number": id_number,
        "mobile": mobile,
    }
    succeeds = before is not None and capacity == Capacity.LEGAL_REPRESENTATIVE
    refs = (Ref("supersedes", before.leaf),) if before is not None and succeeds else ()
    (event,) = tx.append([Draft(authority.NAMED, stream, stream, actor, now, fields, refs)], now)
    return {"representative": event.leaf, "capacity": capacity, "named_at": to_text(now)}


def grant(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    content: bytes,
    representative: str,
    scopes: Sequence[str],
    signed_by: str,
    signed_on: str,
    valid_from: datetime,
    valid_until: datetime,
    product: str | None = None,
    most: Money | None = None,
) -> dict[str, Value]:
    """Record a power of attorney with its paper, after somebody who did not sell has looked at it."""
    own(actor, stream)
    now = ledger.clock.now()
    acting.require_institution(tx, stream)
    representation = acting.representation_of(tx, stream)
    _require_terms(scopes, signed_on, valid_from, valid_until, now)
    _require_people(representation, representative, signed_by, signed_on)
    fields: dict[str, Value] = {
        "scopes": [*sorted(set(scopes))],
        "signed_on": signed_on,
        "valid_from": to_text(valid_from),
        "valid_until": to_text(valid_until),
    }
    if product is not None:
        fields["product"] = product_of(tx, product).stream
    if most is not None:
        fields["most"] = {**most.as_json()}
    media_type = require_paper(ledger, content)
    paper = ledger.documents.put(content, subject=stream, media_type=media_type, role="power_of_attorney")
    refs = (Ref("representative", representative), Ref("signed_by", signed_by))
    (event,) = tx.append([Draft(authority.GRANTED, stream, stream, actor, now, fields, refs, (paper,))], now)
    return {"power": event.leaf, "sha256": paper.sha256, "sm3": paper.sm3, "bytes": paper.bytes}


def revoke(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, power: str, reason: str) -> dict[str, Value]:
    """End a power from now on: a second fact; what was done under it stays done."""
    own(actor, stream)
    now = ledger.clock.now()
    known = acting.representation_of(tx, stream).powers.get(power)
    if known is None:
        raise NotFoundError("there is no such power of attorney", "没有该授权委托书")
    if known.revoked_at is not None:
        raise ConflictError("this power of attorney was revoked already", "该授权委托书已撤销")
    fields: dict[str, Value] = {"reason": reason}
    (event,) = tx.append([Draft(authority.REVOKED, stream, stream, actor, now, fields, (Ref("power", power),))], now)
    return {"record": event.leaf, "revoked_at": to_text(now)}


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List the people and powers; numbers are masked."""
    own(actor, stream)
    now = ledger.clock.now()
    acting.require_institution(reader, stream)
    representation = acting.representation_of(reader, stream)
    people: list[Value] = []
    for leaf, person in representation.people.items():
        event = reader.event(leaf)
        people.append(
            {
                "representative": leaf,
                "capacity": person.capacity.value,
                "name": event.text("name"),
                "id_number": masked(event.text("id_number")),
                "named_at": to_text(person.named_at),
                "succeeded_at": None if person.succeeded_at is None else to_text(person.succeeded_at),
                "identified_at": None if person.identified_at is None else to_text(person.identified_at),
                "may_act": _may_act(representation, leaf, now),
            }
        )
    return {"investor": stream, "items": people, "powers": [power_wire(p) for p in representation.powers.values()]}


def acting_now(ledger: Ledger, reader: Reader, actor: Actor) -> Value:
    """Say who acts for whom, for the head of every page; none for who acts alone."""
    named = acting.person(reader, actor)
    if named is None:
        return None
    now = ledger.clock.now()
    representation = acting.representation_of(reader, actor.id)
    powers = [p for p in representation.powers.values() if p.person == named.leaf]
    in_force = [p for p in powers if p.lack(authority.Act(None), now) is None]
    return {
        "representative": named.leaf,
        "name": named.text("name"),
        "capacity": named.text("capacity"),
        "powers": [power_wire(power) for power in in_force],
    }


def power_wire(power: Power) -> dict[str, Value]:
    """Return a power as the API tells it."""
    scopes: list[Value] = [*sorted(power.scopes)]
    return {
        "power": power.leaf,
        "representative": power.person,
        "scopes": scopes,
        "valid_from": to_text(power.valid_from),
        "valid_until": to_text(power.valid_until),
        "product": power.product,
        "most": None if power.most is None else {**power.most.as_json()},
        "revoked_at": None if power.revoked_at is None else to_text(power.revoked_at),
    }


def identity_of(reader: Reader, actor: Actor) -> Event | None:
    """Return the newest identity record of whoever acts."""
    representation = acting.representation_of(reader, actor.id)
    verified = [e for e in reader.events(actor.id) if e.type == "investor.identity_verified"]
    return next((e for e in reversed(verified) if acting.person_of(representation, e) == actor.person), None)


def _may_act(representation: Representation, person: str, now: datetime) -> bool:
    try:
        representation.authority(person, authority.Act(None), now)
    except LackingError:
        return False
    return True


def _require_terms(
    scopes: Sequence[str], signed_on: str, valid_from: datetime, valid_until: datetime, now: datetime
) -> None:
    if not scopes or not set(scopes) <= {scope.value for scope in DELEGABLE}:
        known = ", ".join(DELEGABLE)
        raise CallerError(f"say what the power covers: one or more of {known}", f"授权事项须为以下各项：{known}")
    signed = date.fromisoformat(signed_on)
    if signed > day_of(now):
        raise CallerError("the power of attorney is signed on a day to come", "授权委托书的签署日期在未来")
    if valid_from < start_of(signed):
        raise CallerError("a power cannot be in force before the day it was signed", "授权起始时间早于签署日期")
    if valid_until <= max(valid_from, now):
        raise CallerError(
            "valid_until must lie after valid_from and after now: a power that is over covers nothing",
            "授权截止时间须晚于起始时间与当前时间",
        )


def _require_people(representation: Representation, person: str, signer: str, signed_on: str) -> None:
    given = representation.people.get(person)
    if given is None or given.capacity is not Capacity.SIGNATORY:
        raise CallerError(
            "the power is for nobody who was named as a signatory here", "被授权人未登记为本机构授权签字人"
        )
    by = representation.people.get(signer)
    if by is None or by.capacity is not Capacity.LEGAL_REPRESENTATIVE:
        raise CallerError(
            "a power of attorney is signed by the institution's legal representative", "授权委托书须由法定代表人签署"
        )
    if by.succeeded_at is not None and date.fromisoformat(signed_on) > day_of(by.succeeded_at):
        raise CallerError(
            "whoever signed was no longer the legal representative on that day", "签署人在签署日已不是法定代表人"
        )
