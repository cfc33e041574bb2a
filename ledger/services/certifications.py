"""Qualified-investor certification (105号 art. 12): granted by a second person on proof, expires, can be revoked."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of, require, sale_facts
from ledger.services.ledger import Ledger


def grant(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    sale: str,
    proof: str,
    regime: str,
    branch: str,
    amount: Money,
    valid_until: datetime,
    experience_since: str | None = None,
    experience_proof: str | None = None,
    manager: str | None = None,
    particulars: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Certify an investor for one of a sale's regimes, resting on a named proof; refused to whoever sold.

    ``particulars``: what a foreign regime asks for beside the amount.
    """
    now = ledger.clock.now()
    inputs: dict[str, Value] = {
        "proof": proof,
        "regime": regime,
        "branch": branch,
        "amount": {**amount.as_json()},
        "valid_until": to_text(valid_until),
    }
    rest: dict[str, Value] | None = {**particulars} if particulars else None
    more: dict[str, Value] = {"experience_since": experience_since, "manager": manager, "particulars": rest}
    more = {name: value for name, value in more.items() if value is not None}
    facts = sale_facts(tx, sale, {**inputs, **more})
    if facts.investor.stream != stream:
        raise CallerError("the sale belongs to another investor", "该认购不属于此投资者")
    named = [proof] if experience_proof is None else [proof, experience_proof]
    if experience_since is not None and experience_proof is None:
        raise CallerError("name the proof of the investing experience", "须提供投资经历证明材料")
    if not set(named) <= {p.leaf for p in facts.investor.proofs}:
        raise CallerError(
            "the proof is not one of this investor's: upload it first", "未找到该投资者的此项证明，请先上传"
        )
    require(ledger, tx, facts, Step.CERTIFY, actor, now)
    fields: dict[str, Value] = {
        "regime": regime,
        "branch": branch,
        "amount": {**amount.as_json()},
        "valid_until": to_text(valid_until),
        "sale": sale,
        **more,
    }
    named += [p.leaf for p in facts.investor.proofs if rest is not None and p.leaf == rest.get("rate_proof")]
    refs = tuple(tx.event(leaf).ref("proof") for leaf in named)
    (event,) = tx.append([Draft("certification.granted", stream, stream, actor, now, fields, refs)], now)
    return {"certification": event.leaf, "valid_until": to_text(valid_until)}


def revoke(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, certification: str, reason: str
) -> dict[str, Value]:
    """Revoke a certification from now on: a second fact, the first one stays."""
    now = ledger.clock.now()
    state = investor_of(tx, stream)
    found = next((c for c in state.certifications if c.leaf == certification), None)
    if found is None:
        raise CallerError("there is no such certification of this investor", "该投资者没有此认定记录")
    if found.revoked_at is not None:
        raise ConflictError("the certification is already revoked", "该认定已被撤销")
    fields: dict[str, Value] = {"regime": found.regime, "reason": reason, "certification": certification}
    (event,) = tx.append(
        [
            Draft(
                "certification.revoked",
                stream,
                stream,
                actor,
                now,
                fields,
                (tx.event(certification).ref("supersedes"),),
            )
        ],
        now,
    )
    return {"record": event.leaf, "revoked_at": to_text(now)}
