"""Signing with a key that only the investor holds (电子签名法 art. 13): prepare here, sign there, complete here."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import DocumentRef, Draft, Event, Ref, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import CallerError, ConflictError
from ledger.ports.outside import PreparedPdf
from ledger.ports.store import Reader, Transaction
from ledger.ports.wallets import Question, Word
from ledger.rules.policy import handwriting as policy
from ledger.rules.policy.reading_time import Minimum
from ledger.services import contracts, credentials, handwriting, reading, seals
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import Ledger
from verifier import canonical, statement
from verifier.errors import VerificationError

STEPS = {"risk_disclosure": Step.SIGN_DISCLOSURE, "fund_contract": Step.SIGN_CONTRACT}
INTENTS = {
    "risk_disclosure": "本人已逐页阅读风险揭示书并逐项确认全部声明项，自愿签署。",
    "fund_contract": "本人已阅读并理解基金合同，自愿以自有资金认购并签署。",
}
SUITE = "x509-p256"
LIFE = timedelta(minutes=30)


def prepare(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    purpose: str,
    credential: str | None = None,
    certificate: str | None = None,
    signatory_certificate: str | None = None,
) -> dict[str, Value]:
    """Return what the investor's device must sign: the statement and the PDF's signed attributes.

    With a ``credential`` (leaf of its registration) the statement is also to be approved under that one's suite. The
    certificates are named by the records that issued them; the newest where none is named.
    """
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    presented = reading.presented(tx.events(stream), purpose)
    _require(ledger, tx, facts, actor, purpose, None if presented is None else presented.documents[0], now)
    keys = seals.keys_of(tx, actor, facts, now, seals.Chosen(certificate, signatory_certificate))
    chain = keys.chain
    shown = contracts.draw_up(ledger, tx, facts) if presented is None else presented.documents[0]
    pdf = ledger.documents.get(shown.sha256, subject=facts.investor.stream)
    intent = (INTENTS if keys.signatory is None else seals.INTENTS)[purpose]
    ready = ledger.pdf.prepare(pdf, chain_pem=chain, field="Investor", reason=intent, at=now)
    said = _statement(tx, facts, purpose, shown, to_text(now))
    said |= {"intent": intent, "identity": seals.identity_of(tx, actor, facts)}
    text = canonical.encode(said).decode()
    chosen = None if credential is None else credentials.find(tx, facts.investor.stream, credential)
    if chosen is not None:
        seals.require_own(tx, actor, chosen)
    terms = {} if chosen is None else credentials.terms_of(ledger, chosen)
    signature = secrets.token_hex(16)
    work: dict[str, Value] = {
        "sale": stream,
        "purpose": purpose,
        "statement": text,
        "chain": list(chain),
        "signatory": None if keys.signatory is None else list(keys.signatory),
        "person": actor.person,
        "shown": {
            "sha256": shown.sha256,
            "sm3": shown.sm3,
            "bytes": shown.bytes,
            "media_type": shown.media_type,
            "role": "shown",
        },
        "pdf": base64.b64encode(ready.pdf).decode(),
        "to_sign": ready.to_sign.hex(),
        "credential": credential,
        "terms": terms,
        "rests_on": _rests_on(facts, presented),
        "state": base64.b64encode(ready.state).decode(),
    }
    tx.put_pending(signature, json.dumps(work).encode(), now + LIFE)
    return {
        "signature": signature,
        "suite": SUITE if chosen is None else chosen.text("suite"),
        "approval": None if chosen is None else credentials.request_of(chosen, text.encode(), terms),
        "statement": text,
        "pdf_to_sign": ready.to_sign.hex(),
        "document": {"sha256": shown.sha256, "bytes": shown.bytes},
        "expires_at": to_text(now + LIFE),
    }


def to_ask(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    signature: str,
    approval: Mapping[str, Any] | None = None,
) -> Question | None:
    """Return what a chain is to be asked about a contract wallet's approval before `complete`; ``None`` for others."""
    work = json.loads(tx.pending(signature, ledger.clock.now()))
    if work["sale"] != stream or work["person"] != actor.person or work["credential"] is None:
        return None
    text = str(work["statement"]).encode()
    credential = credentials.find(tx, statement.parse(text).investor, str(work["credential"]))
    return credentials.wallet_question(ledger, credential, text, approval, work["terms"])


@dataclass(frozen=True, slots=True)
class Made:
    """What devices made: signatures (DER, hex) over statement and PDF, the credential's approval if any.

    ``signatory_signature`` is by who acts for an institution; ``word`` answers `to_ask`; ``strokes`` are a drawn name.
    """

    statement_signature: str
    pdf_signature: str
    approval: Mapping[str, Any] | None = None
    signatory_signature: str | None = None
    word: Word | None = None
    strokes: Sequence[handwriting.Stroke] | None = None


def complete(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, signature: str, made: Made
) -> dict[str, Value]:
    """Verify all signatures, assemble the PAdES document and record the signature."""
    now = ledger.clock.now()
    work = json.loads(tx.pending(signature, now))
    if work["sale"] != stream or work["person"] != actor.person:
        raise CallerError("this signature was prepared for another sale: prepare it again", "签署任务不属于此认购")
    purpose = str(work["purpose"])
    facts = sale_facts(tx, stream)
    shown = DocumentRef(**work["shown"])
    minimum = _require(ledger, tx, facts, actor, purpose, shown, now)
    if work["rests_on"] != _rests_on(facts, reading.presented(tx.events(stream), purpose)):
        raise ConflictError(
            "the paper was drawn up anew since this signature was prepared: read it and prepare again",
            "文件在准备签署后已重新出具：请阅读新文件后重新准备签署",
        )
    chain = tuple(str(pem) for pem in work["chain"])
    try:
        key = statement.verify_x509_p256(
            str(work["statement"]).encode(), bytes.fromhex(made.statement_signature), chain, ledger.ca.roots_pem(), now
        )
    except VerificationError as error:
        raise CallerError(
            "the statement signature does not verify: sign exactly the bytes of `statement` with the certified key",
            "签名验证失败：请用已认证的密钥对 statement 原文签名",
            reason=error.code,
        ) from error
    ready = PreparedPdf(base64.b64decode(work["pdf"]), bytes.fromhex(work["to_sign"]), base64.b64decode(work["state"]))
    signed = ledger.pdf.assemble(ready, bytes.fromhex(made.pdf_signature), now)
    investor = facts.investor.stream
    document = ledger.documents.put(signed, subject=investor, media_type="application/pdf", role="signed")
    fields: dict[str, Value] = {
        "purpose": purpose,
        "suite": SUITE,
        "statement": str(work["statement"]),
        "signature": made.statement_signature,
        "certificate": list(chain),
        "key": key,
        "reading": {"ruleset": ledger.rules.digest, "page": minimum.page, "total": minimum.total},
    }
    refs: tuple[Ref, ...] = ()
    if own := seals.signed(ledger, str(work["statement"]), work["signatory"], made.signatory_signature, now):
        fields["signatory"] = own
    if work["credential"] is not None:
        credential = credentials.find(tx, investor, str(work["credential"]))
        fields["suite"] = credential.text("suite")
        fields["approval"] = credentials.approved(
            ledger, credential, str(work["statement"]).encode(), made.approval, work["terms"], made.word
        )
        refs = (credential.ref("credential"),)
    elif made.approval is not None:
        raise CallerError(
            "this signature was prepared without a credential: prepare it again naming one", "该签署任务未指定凭证"
        )
    refs += tuple(e.ref("read") for e in reading.readings(tx.events(stream), shown.sha256))
    named = (shown, document, *_drawn(ledger, purpose, investor, made, now))
    (event,) = tx.append([Draft("document.signed", stream, investor, actor, now, fields, refs, named)], now)
    tx.drop_pending(signature)
    return {"record": event.leaf, "document": {"sha256": document.sha256, "bytes": document.bytes}}


def _drawn(ledger: Ledger, purpose: str, investor: str, made: Made, now: datetime) -> tuple[DocumentRef, ...]:
    """Store a drawn name, where policy asks for one and the person drew it."""
    if made.strokes is None:
        return ()
    if not policy.asked(ledger.rules.law(now), purpose):
        raise CallerError("no drawn name is asked for here: leave handwriting out", "此文件不需要手写图样，请勿提交")
    svg, kind = handwriting.to_svg(made.strokes), handwriting.MEDIA_TYPE
    return (ledger.documents.put(svg, subject=investor, media_type=kind, role=handwriting.ROLE),)


def _require(
    ledger: Ledger, tx: Transaction, facts: Facts, actor: Actor, purpose: str, shown: DocumentRef | None, now: datetime
) -> Minimum:
    """Refuse what the rules refuse, too short a reading among it; return the shortest reading time there is."""
    minimum = reading.minimum(ledger, purpose, now)
    told = {} if minimum == reading.NONE or shown is None else reading.inputs(ledger, tx, facts, shown, now)
    require(ledger, tx, replace(facts, inputs=told), STEPS[purpose], actor, now)
    return minimum


def _rests_on(facts: Facts, presented: Event | None) -> list[Value]:
    """Name the match and the presentation that a prepared signature rests on; neither may be another at the end."""
    known = {} if facts.sale is None else facts.sale.leaves
    matched = sorted(leaf for name, leaf in known.items() if name in reading.MATCHED)
    return [*matched, "" if presented is None else presented.leaf]


def _statement(reader: Reader, facts: Facts, purpose: str, shown: DocumentRef, now: str) -> dict[str, Value]:
    if facts.sale is None:
        raise ConflictError("the sale is not open", "认购尚未发起")
    sale = facts.sale.stream
    items = _confirmed(reader.events(sale)) if purpose == "risk_disclosure" else []
    documents: list[Value] = [{"role": "shown", "sha256": shown.sha256, "sm3": shown.sm3}]
    return {
        "v": 1,
        "purpose": purpose,
        "sale": sale,
        "investor": facts.investor.stream,
        "product": facts.product.stream,
        "documents": documents,
        "items": items,
        "signed_at": now,
        "nonce": secrets.token_hex(16),
    }


def _confirmed(events: tuple[Event, ...]) -> list[Value]:
    """Return each item's latest confirmation of the paper presented last, in the order of the items."""
    confirmed: dict[int, Value] = {}
    for event in events:
        if event.type == "disclosure.presented":
            confirmed.clear()
        elif event.type == "disclosure.item_confirmed":
            item, digest = event.integer("item"), event.text("text_sha256")
            confirmed[item] = {"item": item, "text_sha256": digest, "confirmed_at": to_text(event.occurred_at)}
    return [confirmed[item] for item in sorted(confirmed)]
