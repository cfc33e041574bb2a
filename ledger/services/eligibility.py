"""May this investor buy this product, this amount, now? A pure decision over folded records, with a receipt."""

from dataclasses import dataclass
from datetime import datetime

from ledger.domain import investor, product, sale
from ledger.domain.actors import Actor
from ledger.domain.decision import Decision, Facts
from ledger.domain.events import Draft, Event, Value, seen
from ledger.domain.instants import to_text
from ledger.domain.investor import InvestorState
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.errors import CallerError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import leaves
from ledger.services.ledger import SYSTEM, Ledger


@dataclass(frozen=True, slots=True)
class Question:
    """May this investor buy this product, this amount, as of ``at`` (default now), as known at ``known_at`` (now)?"""

    investor: str
    product: str
    amount: Money
    fee: Money | None = None
    at: datetime | None = None
    known_at: datetime | None = None


def decide(ledger: Ledger, reader: Reader, asked: Question) -> Decision:
    """Decide in the caller's own view."""
    as_of, known = moments(ledger, asked.at, asked.known_at)
    investors = ledger.states.investors.of(reader, [asked.investor], as_of=as_of, known_at=known)
    products = ledger.states.products.of(reader, [asked.product], as_of=as_of, known_at=known)
    return _decided(ledger, asked, investors[asked.investor], products[asked.product], as_of, known)


def ask(ledger: Ledger, asked: Question) -> Decision:
    """Decide without a receipt. While nothing was committed since both were last looked at, no view is opened."""
    mark = ledger.store.mark()
    as_of, known = moments(ledger, asked.at, asked.known_at)
    buyer = ledger.states.investors.at(mark, asked.investor, as_of=as_of, known_at=known)
    bought = ledger.states.products.at(mark, asked.product, as_of=as_of, known_at=known)
    if buyer is None or bought is None:
        with ledger.store.snapshot() as reader:
            return decide(ledger, reader, asked)
    return _decided(ledger, asked, buyer, bought, as_of, known)


def _decided(
    ledger: Ledger, asked: Question, buyer: InvestorState, bought: ProductState, as_of: datetime, known: datetime
) -> Decision:
    facts = Facts(
        investor=buyer,
        product=introduced(bought, as_of),
        amount=asked.amount,
        fee=asked.fee or Money(asked.amount.amount * 0, asked.amount.currency),
    )
    return ledger.rules.decide(facts, at=as_of, as_of=as_of, known_at=known)


def introduced(state: ProductState, as_of: datetime) -> ProductState:
    """Return the product as it was; `CallerError` when it was not there yet."""
    if state.introduced_at is None:
        raise CallerError(
            f"the product was not introduced by {to_text(as_of)}, as far as was known: ask about a later instant",
            "所询问的时间产品尚未引入",
        )
    return state


def moments(ledger: Ledger, at: datetime | None, known_at: datetime | None) -> tuple[datetime, datetime]:
    """Return ``as_of`` and ``known_at``, each now by default; `CallerError` for one in the future."""
    now = ledger.clock.now()
    as_of, known = at or now, known_at or now
    if as_of > now or known > now:
        raise CallerError(
            "at and known_at may not lie in the future: nobody knows yet what will be recorded",
            "at 与 known_at 不得晚于当前时间",
        )
    return as_of, known


def with_receipt(ledger: Ledger, tx: Transaction, actor: Actor, decision: Decision) -> dict[str, Value]:
    """Record a decision in the investor's stream; the receipt is anchored like every record."""
    del actor  # the decision is the system's; who asked is in the access log of the API
    event = _record(tx, "eligibility.decided", decision.investor, decision, ledger.clock.now())
    return {**decision.as_json(), "receipt": event.leaf}


def decide_sale(ledger: Ledger, tx: Transaction, stream: str, now: datetime) -> Event:
    """Decide on a sale as it stands and record that in it, so that whoever holds its evidence can decide again."""
    state = sale.fold(stream, seen(tx.events(stream), as_of=now, known_at=now))
    facts = Facts(
        investor=investor.fold(state.investor, seen(tx.events(state.investor), as_of=now, known_at=now)),
        product=product.fold(state.product, seen(tx.events(state.product), as_of=now, known_at=now)),
        sale=state,
        amount=state.amount,
        fee=state.fee,
    )
    decision = ledger.rules.decide(facts, at=now, as_of=now, known_at=now)
    return _record(tx, "decision.made", stream, decision, now)


def _record(tx: Transaction, kind: str, stream: str, decision: Decision, now: datetime) -> Event:
    refs = tuple(tx.event(leaf).ref("rests_on") for leaf in sorted(leaves(decision.findings)))
    fields: dict[str, Value] = {"decision": decision.as_json()}
    (event,) = tx.append([Draft(kind, stream, decision.investor, SYSTEM, now, fields, refs)], now)
    return event
