"""Ordinary or professional (130号 arts. 8, 11, 12): recognised on proof, converted, given up by notice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Event, Ref, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import investor_of, require_investor
from ledger.services.investors import own
from ledger.services.ledger import Ledger

STATEMENT_ZH = "本人（本机构）申请转化为专业投资者，已知悉由此可能承担的风险和后果，并自愿自行承担。"
STATEMENT_EN = (
    "I apply to be treated as a professional investor, know the risks and consequences, and bear them myself."
)
DIFFERENCES_ZH = (
    "与普通投资者相比，专业投资者不再享有信息告知、风险警示、适当性匹配等方面的特别保护：本机构不再就产品风险等级与您的风险承受能力"
    "进行匹配，不再履行高风险产品的特别注意义务，发生纠纷时本机构不再承担对普通投资者的举证责任。您可能遭受的损失由您自行承担。"
    "是否同意转化由本机构自主决定。"
)
DIFFERENCES_EN = (
    "A professional investor loses the special protection of ordinary ones in information, risk warning and suitability"
    " matching: we no longer match a product's risk with your tolerance, no longer take special care with high-risk"
    " products, and no longer bear the burden of proof that we bear towards ordinary investors. Losses are yours."
    " We decide by ourselves whether to agree."
)


def recognise(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    ground: str,
    valid_until: datetime,
    proofs: Sequence[str],
    claims: Mapping[str, Value],
) -> dict[str, Value]:
    """Record that an investor is professional under art. 8, resting on proofs of every limb."""
    inputs: dict[str, Value] = {**claims, "ground": ground, "valid_until": to_text(valid_until), "proofs": [*proofs]}
    now = _permitted(ledger, tx, actor, stream, Step.RECOGNISE_PROFESSIONAL, inputs)
    fields: dict[str, Value] = {"ground": ground, "valid_until": to_text(valid_until), "claims": {**claims}}
    event = _append(tx, actor, stream, "professional.recognised", fields, now, _refs(tx, proofs))
    return {"record": event.leaf, "ground": ground, "valid_until": to_text(valid_until)}


def apply(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Record the written application with the statement of bearing the risk, whose words are given back."""
    own(actor, stream)
    now = _permitted(ledger, tx, actor, stream, Step.APPLY_PROFESSIONAL, {})
    fields: dict[str, Value] = {"statement": STATEMENT_ZH, "text_sha256": _digest(STATEMENT_ZH)}
    event = _append(tx, actor, stream, "professional.applied", fields, now)
    return {"record": event.leaf, "text": {"zh": STATEMENT_ZH, "en": STATEMENT_EN}}


def explain(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Record that the differences were explained and the risk was warned of, in these words."""
    now = _permitted(ledger, tx, actor, stream, Step.EXPLAIN_PROFESSIONAL, {})
    fields = _told(DIFFERENCES_ZH, DIFFERENCES_EN)
    event = _append(tx, actor, stream, "professional.explained", fields, now)
    return {"record": event.leaf, "text": {"zh": DIFFERENCES_ZH, "en": DIFFERENCES_EN}}


def test(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, method: str, passed: bool, score: int
) -> dict[str, Value]:
    """Record the result of the knowledge test or of simulated trading."""
    now = _permitted(ledger, tx, actor, stream, Step.TEST_PROFESSIONAL, {})
    fields: dict[str, Value] = {"method": method, "passed": passed, "score": score}
    return {"record": _append(tx, actor, stream, "professional.tested", fields, now).leaf, "passed": passed}


def decide(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    accepted: bool,
    reasons: str,
    valid_until: datetime | None,
    proofs: Sequence[str],
    claims: Mapping[str, Value],
) -> dict[str, Value]:
    """Record the reasoned decision; the institution may refuse. Nothing changes before the investor is told."""
    inputs: dict[str, Value] = {**claims, "accepted": accepted, "reasons": reasons, "proofs": [*proofs]}
    fields: dict[str, Value] = {"accepted": accepted, "reasons": reasons, "claims": {**claims}}
    if accepted and valid_until is not None:
        inputs["valid_until"] = fields["valid_until"] = to_text(valid_until)
    now = _permitted(ledger, tx, actor, stream, Step.DECIDE_PROFESSIONAL, inputs)
    event = _append(tx, actor, stream, "professional.decided", fields, now, _refs(tx, proofs))
    return {"record": event.leaf, "accepted": accepted}


def notify(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Tell the investor result and reasons; from then on an accepted investor is professional."""
    now = _permitted(ledger, tx, actor, stream, Step.NOTIFY_PROFESSIONAL, {})
    decided = next(e for e in reversed(tx.events(stream)) if e.type == "professional.decided")
    accepted, reasons = decided.flag("accepted"), decided.text("reasons")
    zh = f"您的专业投资者转化申请{'已获同意' if accepted else '未获同意'}。理由：{reasons}"
    en = (
        f"Your application to be treated as professional is {'accepted' if accepted else 'refused'}. Reasons: {reasons}"
    )
    event = _append(tx, actor, stream, "professional.notified", _told(zh, en), now, (decided.ref("decision"),))
    return {"record": event.leaf, "text": {"zh": zh, "en": en}}


def renounce(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, notice: str) -> dict[str, Value]:
    """Record the investor's written notice: ordinary from now on, with full protection."""
    own(actor, stream)
    now = _permitted(ledger, tx, actor, stream, Step.RENOUNCE_PROFESSIONAL, {"notice": notice})
    event = _append(tx, actor, stream, "professional.renounced", {"notice": notice}, now)
    return {"record": event.leaf, "class": "ordinary"}


def show(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Tell whether the investor is ordinary or professional now, and how far the last application has come."""
    own(actor, stream)
    now, standing = ledger.clock.now(), investor_of(reader, stream).standing
    known, conversion = standing.at(now), standing.conversion
    application: Value = None
    if conversion is not None:
        application = {
            "application": conversion.leaf,
            "applied_at": to_text(conversion.applied_at),
            "explained_at": _text(conversion.explained_at),
            "tested_at": _text(conversion.tested_at),
            "test_passed": conversion.test_passed,
            "decided_at": _text(conversion.decided_at),
            "accepted": conversion.accepted if conversion.decided_at is not None else None,
            "notified_at": _text(conversion.notified_at),
        }
    return {
        "investor": stream,
        "class": "ordinary" if known is None else "professional",
        "ground": None if known is None else known.ground,
        "valid_until": None if known is None else to_text(known.valid_until),
        "application": application,
        "at": to_text(now),
    }


def _permitted(
    ledger: Ledger, tx: Transaction, actor: Actor, stream: str, step: Step, inputs: Mapping[str, Value]
) -> datetime:
    now = ledger.clock.now()
    require_investor(ledger, tx, investor_of(tx, stream), step, actor, now, inputs)
    return now


def _append(
    tx: Transaction,
    actor: Actor,
    stream: str,
    kind: str,
    fields: dict[str, Value],
    now: datetime,
    refs: tuple[Ref, ...] = (),
) -> Event:
    (event,) = tx.append([Draft(kind, stream, stream, actor, now, fields, refs)], now)
    return event


def _refs(tx: Transaction, proofs: Sequence[str]) -> tuple[Ref, ...]:
    return tuple(tx.event(proof).ref("proof") for proof in dict.fromkeys(proofs))


def _told(zh: str, en: str) -> dict[str, Value]:
    return {"text": zh, "text_en": en, "text_sha256": _digest(zh)}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _text(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)
