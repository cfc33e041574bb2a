"""The contract is complete when the institution has sealed what the investor signed (one start of art. 29)."""

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import DocumentRef, Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services import reading
from ledger.services.disclosures import paper_facts
from ledger.services.guard import require, require_open, sale_facts
from ledger.services.ledger import Ledger


def present(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Draw the fund contract up and show it before it is signed; the same paper again until a new match."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require_open(ledger, tx, facts, Step.SIGN_CONTRACT, actor, now)
    shown = reading.presented(tx.events(stream), "fund_contract")
    if shown is None:
        paper = draw_up(ledger, tx, facts)
        fields: dict[str, Value] = {"document": paper.sha256}
        (shown,) = tx.append(
            [Draft("contract.presented", stream, facts.investor.stream, actor, now, fields, documents=(paper,))], now
        )
    document = shown.documents[0]
    return {"record": shown.leaf, "document": {"sha256": document.sha256, "bytes": document.bytes}}


def draw_up(ledger: Ledger, tx: Transaction, facts: Facts) -> DocumentRef:
    """Make and store the unsigned contract of a sale."""
    content = ledger.papers.fund_contract(paper_facts(ledger, tx, facts))
    return ledger.documents.put(content, subject=facts.investor.stream, media_type="application/pdf", role="shown")


def complete(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Countersign with the institution's seal and record that all parties have signed."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.COMPLETE_CONTRACT, actor, now)
    investor = facts.investor.stream
    signed = next(
        e for e in reversed(tx.events(stream)) if e.type == "document.signed" and e.fields["purpose"] == "fund_contract"
    )
    by_investor = next(d for d in signed.documents if d.role == "signed")
    content = ledger.documents.get(by_investor.sha256, subject=investor)
    sealed = ledger.pdf.seal(content, field="Institution", reason="基金合同用印", at=now)
    document = ledger.documents.put(sealed, subject=investor, media_type="application/pdf", role="completed")
    fields: dict[str, Value] = {"countersigned_by": ledger.institution}
    (event,) = tx.append(
        [
            Draft(
                "contract.completed",
                stream,
                investor,
                actor,
                now,
                fields,
                (signed.ref("signature"),),
                (document,),
            )
        ],
        now,
    )
    return {"record": event.leaf, "completed_at": to_text(now), "document": {"sha256": document.sha256}}
