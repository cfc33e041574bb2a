"""The specific-person gate (募集行为办法 arts. 17-20): register, verify, agree, declare. Each act is its own record."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from ledger.domain import investor, unified_code
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import CallerError, CodeRejectedError, ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.services import acting
from ledger.services.guard import investor_of
from ledger.services.ledger import SYSTEM, Ledger

CODE_LIFE = timedelta(minutes=10)
CODE_ATTEMPTS = 5
UNIFIED_CODE = "unified_social_credit_code"


def register(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    kind: str,
    name: str,
    id_type: str,
    id_number: str,
    mobile: str,
    channel: str,
) -> dict[str, Value]:
    """Open an investor's stream; the personal fields exist only as commitments in the record."""
    if kind == acting.INSTITUTION:
        _require_code(id_type, id_number)
    now = ledger.clock.now()
    stream = tx.create(Stream.INVESTOR)
    fields: dict[str, Value] = {
        "kind": kind,
        "name": name,
        "id_type": id_type,
        "id_number": id_number,
        "mobile": mobile,
        "channel": channel,
    }
    (event,) = tx.append([Draft("investor.registered", stream, stream, actor, now, fields)], now)
    return {"investor": stream, "record": event.leaf}


def show(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Tell where an investor stands; personal fields are left to those who must see them."""
    state = investor_of(reader, stream)
    assessment = state.assessment
    certifications: list[Value] = [
        {
            "certification": c.leaf,
            "regime": c.regime,
            "branch": c.branch,
            "granted_at": to_text(c.granted_at),
            "valid_until": to_text(c.valid_until),
            "revoked_at": None if c.revoked_at is None else to_text(c.revoked_at),
        }
        for c in state.certifications
    ]
    proofs: list[Value] = [
        {"proof": p.leaf, "kind": p.kind, "as_of": p.as_of, "amount": {**p.amount.as_json()}} for p in state.proofs
    ]
    gate: dict[str, Value] = {
        "registered_at": _text(state.registered_at),
        "identity_verified_at": _text(state.identity_verified_at),
        "agreement_accepted_at": _text(state.agreement_accepted_at),
        "declared_at": _text(state.declared_at),
        "assessed_at": None if assessment is None else to_text(assessment.completed_at),
        "notified_at": _text(state.notified_at),
    }
    return {
        "investor": stream,
        "kind": state.kind,
        "gate": gate,
        "assessment": None
        if assessment is None
        else {
            "assessment": assessment.leaf,
            "tolerance": assessment.tolerance,
            "lowest": assessment.lowest,
            "score": assessment.score,
            "valid_until": to_text(assessment.valid_until),
        },
        "certifications": certifications if actor.role is not Role.SALES else certifications[-1:],
        "proofs": proofs if actor.role is not Role.SALES else [],
        "at": to_text(ledger.clock.now()),
    }


def send_code(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Send a one-time code to the registered mobile; only its keyed digest is recorded (art. 20).

    Where a person acts for an institution: to that person's own mobile.
    """
    own(actor, stream)
    now = ledger.clock.now()
    registered = acting.person(tx, actor) or _registered(tx, stream)
    whose = acting.named(actor, acting.representation_of(tx, stream))
    code = f"{secrets.randbelow(10**6):06d}"
    expires = now + CODE_LIFE
    fields: dict[str, Value] = {
        "method": "one_time_code",
        "code_digest": _digest(ledger, stream, code),
        "expires_at": to_text(expires),
    }
    tx.append([Draft("investor.code_sent", stream, stream, SYSTEM, now, fields, whose)], now)
    ledger.codes.send(stream, registered.text("mobile"), code, now)
    return {"sent": True, "expires_at": to_text(expires)}


def verify_identity(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, code: str) -> dict[str, Value]:
    """Check the code; a wrong one is recorded, and five end it."""
    own(actor, stream)
    now = ledger.clock.now()
    investor_of(tx, stream)
    representation = acting.representation_of(tx, stream)
    mine = [e for e in tx.events(stream) if acting.person_of(representation, e) == actor.person]
    last = next((e for e in reversed(mine) if e.type == "investor.code_sent"), None)
    if last is None:
        raise CallerError("no code was sent: ask for one first", "尚未发送验证码，请先获取")
    used = any(e.seq > last.seq for e in mine if e.type == "investor.identity_verified")
    wrong = sum(1 for e in mine if e.seq > last.seq and e.type == "investor.code_rejected")
    right = compare_digest(last.text("code_digest"), _digest(ledger, stream, code))
    if not right or used or wrong >= CODE_ATTEMPTS or now >= from_text(last.text("expires_at")):
        whose = acting.named(actor, representation)
        rejected: dict[str, Value] = {"method": "one_time_code"}
        tx.append([Draft("investor.code_rejected", stream, stream, SYSTEM, now, rejected, whose)], now)
        raise CodeRejectedError(
            "the code is wrong, used or expired: ask for a new one", "验证码错误、已使用或已过期，请重新获取"
        )
    (event,) = tx.append(
        [Draft("investor.identity_verified", stream, stream, actor, now, {"method": "one_time_code"})], now
    )
    return {"verified_at": to_text(now), "record": event.leaf}


def accept_agreement(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, agreement: str, version: str, accepted: bool
) -> dict[str, Value]:
    """Record that the network service agreement was read and accepted."""
    own(actor, stream)
    if not accepted:
        raise CallerError("accepted must be true: without the agreement nothing can follow", "须同意协议后方可继续")
    now = ledger.clock.now()
    investor_of(tx, stream)
    fields: dict[str, Value] = {"agreement": agreement, "version": version}
    (event,) = tx.append([Draft("agreement.accepted", stream, stream, actor, now, fields)], now)
    return {"accepted_at": to_text(now), "record": event.leaf}


def declare(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    branch: str,
    active: bool,
    own_funds: bool,
    self_purchase: bool,
) -> dict[str, Value]:
    """Record the active confirmation of qualification (art. 20) with the own-funds and no-nominee words."""
    own(actor, stream)
    now = ledger.clock.now()
    investor_of(tx, stream)
    fields: dict[str, Value] = {
        "active": active,
        "branch": branch,
        "own_funds": own_funds,
        "self_purchase": self_purchase,
        "statement": "qualified-investor-commitment/1",
    }
    (event,) = tx.append([Draft("qualification.declared", stream, stream, actor, now, fields)], now)
    return {"declared_at": to_text(now), "record": event.leaf}


def registered_name(reader: Reader, stream: str) -> str:
    """Return the registered name, for papers that must carry it."""
    return _registered(reader, stream).text("name")


def registered_id_masked(reader: Reader, stream: str) -> str:
    """Return the identity number with all but its first three and last two characters hidden."""
    return masked(_registered(reader, stream).text("id_number"))


def masked(number: str) -> str:
    """Hide all of an identity number but its first three and last two characters."""
    return f"{number[:3]}{'*' * max(len(number) - 5, 3)}{number[-2:]}"


def registered_mobile(reader: Reader, actor: Actor) -> str:
    """Return the mobile number, for the gateway and nobody else; `ConflictError` when it can no longer be opened."""
    return (acting.person(reader, actor) or _registered(reader, actor.id)).text("mobile")


def registered_mobile_masked(reader: Reader, actor: Actor) -> str:
    """Return the mobile number with its middle hidden: enough to know one's own, too little to ring."""
    number = (acting.person(reader, actor) or _registered(reader, actor.id)).text("mobile")
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else f"****{number[-2:]}"  # noqa: PLR2004 - 3 and 4


def _registered(reader: Reader, stream: str) -> Event:
    events = reader.events(stream)
    if investor.fold(stream, events).registered_at is None:
        raise ConflictError("the investor is not registered", "投资者尚未登记")
    return next(e for e in events if e.type == "investor.registered")


def _require_code(id_type: str, number: str) -> None:
    if id_type != UNIFIED_CODE:
        raise CallerError(
            f"an institution is registered by its {UNIFIED_CODE}: give that as id_type",
            "机构投资者须以统一社会信用代码登记",
        )
    try:
        unified_code.require(number)
    except ValueError as error:
        raise CallerError(
            f"id_number: {error}", "统一社会信用代码不正确：应为 18 位且校验码相符（GB 32100）"
        ) from error


def _digest(ledger: Ledger, stream: str, code: str) -> str:
    return ledger.secrets.mac("one-time-code", f"{stream}:{code}".encode()).hex()


def own(actor: Actor, stream: str) -> None:
    """Refuse an investor who speaks for another one."""
    if actor.role is Role.INVESTOR and actor.id != stream:
        raise CallerError("this link is for another investor", "该链接不属于此投资者")


def _text(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)
