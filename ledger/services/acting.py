"""Acts for an institution: every record that a person writes names their authority; without one nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from ledger.domain import authority
from ledger.domain.actors import Actor
from ledger.domain.authority import AUTHORITY, Act, Lack, LackingError, Representation
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Ref, Value
from ledger.errors import ConflictError, ForbiddenError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import sale_of
from ledger.services.ledger import SYSTEM, Ledger

INSTITUTION = "institution"
_SAID = {
    Lack.UNKNOWN: ("this person was never named for this institution", "该人员未登记为本机构代表人"),
    Lack.SUCCEEDED: ("somebody else is the legal representative now", "法定代表人已变更"),
    Lack.NO_POWER: ("no power of attorney was recorded for this person", "尚未登记该人员的授权委托书"),
    Lack.NOT_YET: ("the power of attorney is not in force yet", "授权委托书尚未生效"),
    Lack.EXPIRED: ("the power of attorney has expired", "授权委托书已到期"),
    Lack.REVOKED: ("the power of attorney was revoked", "授权委托书已撤销"),
    Lack.SCOPE: ("the power of attorney does not cover this act", "该事项超出授权范围"),
    Lack.PRODUCT: ("the power of attorney is for another product", "授权委托书限于其他产品"),
    Lack.AMOUNT: ("the amount is above what the power of attorney allows", "认购金额超出授权限额"),
    Lack.IDENTITY: ("verify your own identity with a one-time code first", "请先以验证码核验经办人本人身份"),
}


class AuthorityError(ForbiddenError):
    """Whoever acts for an institution has no authority for this act now; ``reason`` is one of `Lack`."""

    code = "no_authority"
    kept = True


def under(tx: Transaction, actor: Actor, ledger: Ledger) -> Transaction:
    """Return the transaction in which this actor may write: as it is, or for a person under their authority only."""
    if actor.person is None:
        return tx
    _authority(tx, actor, "look", Act(None), ledger.clock.now(), tx)
    return cast("Transaction", _Acting(tx, actor))  # everything but `append` is the transaction's own


def require_standing(reader: Reader, actor: Actor, ledger: Ledger) -> None:
    """Refuse a person without any authority that stands to read on."""
    if actor.person is not None:
        _authority(reader, actor, "look", Act(None), ledger.clock.now(), None)


def require(tx: Transaction, actor: Actor, act: Act, what: str, now: datetime) -> tuple[Ref, ...]:
    """Return the reference to the authority for an act that the service writes itself; none for who acts alone."""
    return () if actor.person is None else (Ref(AUTHORITY, _authority(tx, actor, what, act, now, tx)),)


def named(actor: Actor, representation: Representation) -> tuple[Ref, ...]:
    """Return the reference to the person for what the system does at a person's wish (a code that is sent)."""
    return () if actor.person is None or actor.person not in representation.people else (Ref(AUTHORITY, actor.person),)


def person_of(representation: Representation, event: Event) -> str | None:
    """Return who acted, by the authority that a record names."""
    leaf = next((ref.leaf for ref in event.refs if ref.role == AUTHORITY), None)
    return None if leaf is None else representation.person_of(leaf)


def representation_of(reader: Reader, investor: str) -> Representation:
    """Fold who may act for an institution; `NotFoundError` when the stream is no investor's."""
    if reader.kind_of(investor) is not Stream.INVESTOR:
        raise NotFoundError("there is no such investor", "没有该投资者")
    return authority.fold(reader.events(investor))


def person(reader: Reader, actor: Actor) -> Event | None:
    """Return the record that names the person who acts; none for who acts alone."""
    return None if actor.person is None else reader.event(actor.person)


def require_institution(reader: Reader, investor: str) -> None:
    """Refuse what only institutions have."""
    if reader.kind_of(investor) is not Stream.INVESTOR or kind_of(reader, investor) != INSTITUTION:
        raise ConflictError("only an institution acts through representatives", "仅机构投资者通过代表人办理")


def kind_of(reader: Reader, investor: str) -> str:
    """Return the registered kind of an investor; empty while nothing is registered."""
    events = reader.events(investor)
    return next((e.text("kind") for e in events if e.type == "investor.registered" and not e.withheld), "")


class _Acting:
    """A transaction in which a person acts for an institution."""

    def __init__(self, tx: Transaction, actor: Actor) -> None:
        self._tx, self._actor = tx, actor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def append(self, drafts: Sequence[Draft], at: datetime) -> tuple[Event, ...]:
        """Append, each draft of the person's under an authority that covers it at ``at``."""
        return self._tx.append([self._under(draft, at) for draft in drafts], at)

    def _under(self, draft: Draft, at: datetime) -> Draft:
        if draft.actor.person is None:
            return draft
        act = self._act(draft)
        leaf = _authority(self._tx, self._actor, draft.type, act, at, self._tx)
        mine = replace(draft.actor, person=None)  # the record's actor is the institution; the person is a ref
        return replace(draft, actor=mine, refs=(*draft.refs, Ref(AUTHORITY, leaf)))

    def _act(self, draft: Draft) -> Act:
        in_sale = self._tx.kind_of(draft.stream) is Stream.SALE
        scope = authority.scope_of(draft.type, in_sale=in_sale)
        if in_sale:
            sale = sale_of(self._tx, draft.stream)
            return Act(scope, sale.product, sale.amount)
        product = draft.fields.get("product")
        return Act(scope, product if isinstance(product, str) and scope is not None else None)


def _authority(reader: Reader, actor: Actor, what: str, act: Act, at: datetime, tx: Transaction | None) -> str:
    """Return the authority, or record the refusal (given ``tx``) and raise `AuthorityError`."""
    person = str(actor.person)
    try:
        return representation_of(reader, actor.id).authority(person, act, at)
    except LackingError as error:
        if tx is not None:
            fields: dict[str, Value] = {"act": what, "reason": error.lack.value}
            refs = () if error.lack is Lack.UNKNOWN else (Ref("representative", person),)
            tx.append([Draft("authority.refused", actor.id, actor.id, SYSTEM, at, fields, refs)], at)
        en, zh = _SAID[error.lack]
        raise AuthorityError(f"{en}: ask the institution's legal representative", zh, reason=error.lack.value) from None
