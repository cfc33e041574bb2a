"""What an investor holds: confirmed with each sale that takes effect, valued and redeemed as the registrar says."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import ConflictError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import investor_of, product_of, require, sale_of
from ledger.services.ledger import SYSTEM, Ledger


def confirmed(facts: Facts, effective: Event) -> tuple[Draft, ...]:
    """Return what an effective sale adds to the holding; nothing where no amount is known."""
    sale, investor = facts.sale, facts.investor.stream
    if sale is None or sale.amount is None:
        return ()
    fields: dict[str, Value] = {
        "product": facts.product.stream,
        "sale": sale.stream,
        "amount": {**sale.amount.as_json()},
    }
    refs = (effective.ref("sale"),)
    return (Draft("holding.confirmed", investor, investor, SYSTEM, effective.occurred_at, fields, refs),)


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List what an investor holds, each by its last record."""
    del ledger, actor
    items: list[Value] = [
        {"product": product, "value": {**held.value.as_json()}, "at": to_text(held.at), "record": held.leaf}
        for product, held in sorted(investor_of(reader, stream).holdings.items())
    ]
    return {"investor": stream, "items": items}


def value(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str, value: Money, as_of: str
) -> dict[str, Value]:
    """Record the net value of a holding as the registrar states it for a day; `NotFoundError` when nothing is held."""
    now = ledger.clock.now()
    held = investor_of(tx, stream).holdings.get(product)
    if held is None:
        raise NotFoundError("nothing is held of this product", "未持有该产品份额")
    if held.value.currency != value.currency:
        raise ConflictError(f"the holding is in {held.value.currency}: value it so", "币种与持有份额不一致")
    fields: dict[str, Value] = {"product": product, "value": {**value.as_json()}, "as_of": as_of}
    refs = (tx.event(held.leaf).ref("supersedes"),)
    (event,) = tx.append([Draft("holding.valued", stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "value": fields["value"]}


def redeem(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str, amount: Money
) -> dict[str, Value]:
    """Record a redemption that leaves nothing or enough, else refuse it; with the last share the seat is free."""
    now = ledger.clock.now()
    wanted: dict[str, Value] = {"amount": {**amount.as_json()}}
    facts = Facts(investor_of(tx, stream), product_of(tx, product), inputs=wanted)
    require(ledger, tx, facts, Step.REDEEM, actor, now)
    held = facts.investor.holdings[product]
    remaining = held.value.minus(amount)
    fields: dict[str, Value] = {"product": product, **wanted, "remaining": {**remaining.as_json()}}
    refs = (tx.event(held.leaf).ref("supersedes"),)
    redeemed = Draft("holding.redeemed", stream, stream, actor, now, fields, refs)
    (event, *_) = tx.append([redeemed, *(() if remaining.amount else _freed(tx, facts, now))], now)
    return {"record": event.leaf, "remaining": fields["remaining"]}


def _freed(tx: Transaction, facts: Facts, now: datetime) -> list[Draft]:
    """Free the seats of a holder who leaves; `ConflictError` while a purchase that sits on them is under way."""
    product, held = facts.product, facts.investor.holdings[facts.product.stream]
    for sale, seats in product.seats.items():
        if seats == 0 and sale not in held.sales and sale_of(tx, sale).investor == facts.investor.stream:
            raise ConflictError(
                f"the investor adds to this holding in the sale {sale[:8]}…: finish or rescind it first",
                "该投资者有在途追加认购，请先完成或解除",
            )
    reserved = {str(e.fields["sale"]): e for e in tx.events(product.stream) if e.type == "product.seats_reserved"}
    of = product.stream
    return [
        Draft(
            "product.seats_released",
            of,
            of,
            SYSTEM,
            now,
            {"sale": sale, "reason": "redeemed"},
            (reserved[sale].ref("reservation"),),
        )
        for sale in held.sales
        if sale in product.seats
    ]
