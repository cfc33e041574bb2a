"""Risk disclosure: presented as a document, thirteen statement items confirmed one by one (风险揭示书指引)."""

from hashlib import sha256
from hmac import compare_digest

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import CallerError
from ledger.ports.papers import SalePaperFacts
from ledger.ports.store import Reader, Transaction
from ledger.services import acting
from ledger.services.guard import require, sale_facts
from ledger.services.investors import registered_id_masked, registered_name
from ledger.services.ledger import SYSTEM, Ledger


def present(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Make, store and show this sale's risk disclosure; its bytes are what will be signed."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.PRESENT_DISCLOSURE, actor, now)
    content = ledger.papers.risk_disclosure(paper_facts(ledger, tx, facts))
    document = ledger.documents.put(content, subject=facts.investor.stream, media_type="application/pdf", role="shown")
    items = _items(ledger)
    fields: dict[str, Value] = {"items": items}
    (event,) = tx.append(
        [Draft("disclosure.presented", stream, facts.investor.stream, SYSTEM, now, fields, documents=(document,))],
        now,
    )
    return {"record": event.leaf, "document": {"sha256": document.sha256, "bytes": document.bytes}, "items": items}


def confirm_item(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, item: int, text_sha256: str
) -> dict[str, Value]:
    """Record one statement item's own act of consent, bound to the text that was shown."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream, {"item": item})
    require(ledger, tx, facts, Step.CONFIRM_ITEM, actor, now)
    shown = next((zh for number, zh, _ in ledger.rules.statement_items() if number == item), None)
    if shown is None:
        raise CallerError("there is no statement item of this number", "没有该编号的声明项")
    if not compare_digest(text_digest(shown), text_sha256):
        raise CallerError(
            "text_sha256 is not that of the text shown: read the item again and confirm what it says",
            "确认的文本与所示文本不一致，请重新阅读后确认",
        )
    fields: dict[str, Value] = {"item": item, "text_sha256": text_sha256}
    (event,) = tx.append([Draft("disclosure.item_confirmed", stream, facts.investor.stream, actor, now, fields)], now)
    return {"record": event.leaf, "item": item, "confirmed_at": to_text(now)}


def text_digest(text: str) -> str:
    """Return the digest that binds a confirmation to its words."""
    return sha256(text.encode()).hexdigest()


def paper_facts(ledger: Ledger, reader: Reader, facts: Facts) -> SalePaperFacts:
    """Collect what this sale's papers say."""
    if facts.sale is None or facts.amount is None or facts.fee is None or facts.sale.opened_at is None:
        raise CallerError("the sale is not open", "认购尚未发起")
    product = facts.product
    introduced = next(e for e in reader.events(product.stream) if e.type == "product.introduced")
    assessment = facts.investor.assessment
    level = product.risk_level or ""
    return SalePaperFacts(
        sale=facts.sale.stream,
        investor_name=registered_name(reader, facts.investor.stream),
        id_number_masked=registered_id_masked(reader, facts.investor.stream),
        tolerance="" if assessment is None else assessment.tolerance,
        product_name=product.name,
        product_code=introduced.text("code"),
        filing_number=product.filing_number,
        manager=product.manager,
        seller=ledger.institution,
        risk_level=level,
        suitable_tolerance="、".join(ledger.rules.suitable(level)),
        fund_type=product.fund_type,
        legal_form=product.legal_form,
        raising_account=product.raising_account,
        amount=facts.amount,
        fee=facts.fee,
        cooling_off_hours=int(ledger.rules.cooling_off(product).total_seconds() // 3600),
        return_visit=product.return_visit,
        special_risks=product.special_risks,
        items=ledger.rules.statement_items(),
        made_at=ledger.clock.now(),
        institution=facts.investor.kind == acting.INSTITUTION,
    )


def _items(ledger: Ledger) -> list[Value]:
    return [
        {"item": number, "zh": zh, "en": en, "text_sha256": text_digest(zh)}
        for number, zh, en in ledger.rules.statement_items()
    ]
