"""What to pay and where (募集 arts. 12-14), and the investor's slips: shown to staff, never proof of arrival."""

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import require_open, sale_facts
from ledger.services.investors import registered_name
from ledger.services.ledger import Ledger
from ledger.services.uploads import require_paper

UPLOADED = "payment.slip_uploaded"
MOST = 5
REFERENCE = 16
"""So many digits of the sale are the transfer's reference."""


def show(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Return the instructions once the contract is signed, the slips given so far, and what the bank confirmed.

    The payer's name is told to the payer alone.
    """
    del ledger
    facts = sale_facts(reader, stream)
    sale, events = facts.sale, reader.events(stream)
    received = next((e for e in events if e.type == "payment.received"), None)
    own = actor.role is Role.INVESTOR
    due = None if sale is None or sale.contract_signed_at is None else _due(facts)
    instructions: Value = None
    if due is not None:
        instructions = {
            "account": facts.product.raising_account,
            "amount": {**due.as_json()},
            "reference": stream[:REFERENCE],
            "payer": registered_name(reader, facts.investor.stream) if own else None,
        }
    return {
        "sale": stream,
        "instructions": instructions,
        "slips": [_shown(e) for e in events if e.type == UPLOADED],
        "received_at": None if received is None else to_text(received.occurred_at),
    }


def upload(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, content: bytes) -> dict[str, Value]:
    """Store a slip and record what it was given for; refused until the contract is signed and after the money came."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require_open(ledger, tx, facts, Step.RECEIVE_PAYMENT, Role.COMPLIANCE, now)
    given = [e for e in tx.events(stream) if e.type == UPLOADED]
    if len(given) >= MOST:
        raise ConflictError(
            f"{MOST} slips were given already: wait for the bank", f"已上传{MOST}份凭证，请等待到账确认"
        )
    media_type = require_paper(ledger, content)
    investor = facts.investor.stream
    document = ledger.documents.put(content, subject=investor, media_type=media_type, role="slip")
    due = _due(facts)
    fields: dict[str, Value] = {
        "account": facts.product.raising_account,
        "amount": None if due is None else {**due.as_json()},
    }
    (event,) = tx.append([Draft(UPLOADED, stream, investor, actor, now, fields, documents=(document,))], now)
    return {"record": event.leaf, "sha256": document.sha256, "bytes": document.bytes, "uploaded_at": to_text(now)}


def _due(facts: Facts) -> Money | None:
    amount, fee = facts.amount, facts.fee
    return amount if amount is None or fee is None else Money(amount.amount + fee.amount, amount.currency)


def _shown(event: Event) -> Value:
    (document,) = event.documents
    return {
        "record": event.leaf,
        "sha256": document.sha256,
        "bytes": document.bytes,
        "media_type": document.media_type,
        "uploaded_at": to_text(event.occurred_at),
    }
