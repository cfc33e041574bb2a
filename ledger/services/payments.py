"""Payment from the investor's own account into the supervised raising account (募集 arts. 12-14)."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services import payment_slips
from ledger.services.guard import occurred, require, sale_facts
from ledger.services.ledger import Ledger


def receive(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    amount: Money,
    payer_is_investor: bool,
    payer_account: str,
    account: str,
    slip: str,
    occurred_at: datetime | None = None,
) -> dict[str, Value]:
    """Record the money's arrival; tells when cooling-off starts and ends."""
    now = ledger.clock.now()
    at = occurred(occurred_at, now)
    fields: dict[str, Value] = {
        "amount": {**amount.as_json()},
        "payer_is_investor": payer_is_investor,
        "payer_account": payer_account,
        "account": account,
        "slip": slip,
    }
    facts = sale_facts(tx, stream, {**fields, "occurred_at": to_text(at)})
    require(ledger, tx, facts, Step.RECEIVE_PAYMENT, actor, now)
    slips = tuple(e.ref("slip") for e in tx.events(stream) if e.type == payment_slips.UPLOADED)
    (event,) = tx.append([Draft("payment.received", stream, facts.investor.stream, actor, at, fields, slips)], now)
    after = sale_facts(tx, stream)
    by = ledger.rules.cooling_off_start(after.product)
    starts = after.sale.cooling_off_started(by) if after.sale else None
    ends = after.sale.cooling_off_ends(ledger.rules.cooling_off(after.product), by) if after.sale else None
    return {
        "record": event.leaf,
        "cooling_off": None if starts is None or ends is None else {"starts": to_text(starts), "ends": to_text(ends)},
    }
