"""May this investor buy this product, this amount, now? A pure decision over folded records, with a receipt."""

from datetime import datetime

from ledger.domain import investor, product
from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Decision, Facts
from ledger.domain.events import Draft, Event, Value
from ledger.domain.money import Money
from ledger.errors import CallerError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import leaves
from ledger.services.ledger import SYSTEM, Ledger


def decide(
    ledger: Ledger,
    reader: Reader,
    *,
    investor_stream: str,
    product_stream: str,
    amount: Money,
    fee: Money | None = None,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Decision:
    """Decide as of ``at`` (default now) with what was known at ``known_at`` (default now)."""
    now = ledger.clock.now()
    as_of, known = at or now, known_at or now
    if as_of > now or known > now:
        raise CallerError("at and known_at may not lie in the future", "at 与 known_at 不得晚于当前时间")
    if reader.kind_of(investor_stream) is not Stream.INVESTOR or reader.kind_of(product_stream) is not Stream.PRODUCT:
        raise NotFoundError("investor or product does not exist", "投资者或产品不存在")
    facts = Facts(
        investor=investor.fold(investor_stream, _seen(reader.events(investor_stream), as_of, known)),
        product=product.fold(product_stream, _seen(reader.events(product_stream), as_of, known)),
        amount=amount,
        fee=fee or Money(amount.amount * 0, amount.currency),
    )
    return ledger.rules.decide(facts, at=as_of, as_of=as_of, known_at=known)


def with_receipt(ledger: Ledger, tx: Transaction, actor: Actor, decision: Decision) -> dict[str, Value]:
    """Record a decision in the investor's stream; the receipt is anchored like every record."""
    del actor  # the decision is the system's; who asked is in the access log of the API
    now = ledger.clock.now()
    refs = tuple(tx.event(leaf).ref("rests_on") for leaf in sorted(leaves(decision.findings)))
    body = decision.as_json()
    (event,) = tx.append(
        [Draft("eligibility.decided", decision.investor, decision.investor, SYSTEM, now, {"decision": body}, refs)],
        now,
    )
    return {**body, "receipt": event.leaf}


def _seen(events: tuple[Event, ...], as_of: datetime, known_at: datetime) -> tuple[Event, ...]:
    return tuple(e for e in events if e.occurred_at <= as_of and e.recorded_at <= known_at)
