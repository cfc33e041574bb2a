"""A product from rating to liquidation: every step judged by rules, every refusal recorded with its article."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services import rematches
from ledger.services.guard import product_of, require_product
from ledger.services.ledger import Ledger


def rate(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    risk_level: str,
    manager_risk_level: str,
    factors: dict[str, Value],
    valid_until: datetime,
) -> dict[str, Value]:
    """Record the seller's own risk rating; a rise re-matches what is pending, in the same commit."""
    fields: dict[str, Value] = {
        "risk_level": risk_level,
        "manager_risk_level": manager_risk_level,
        "factors": factors,
        "valid_until": to_text(valid_until),
    }
    done = _step(ledger, tx, actor, stream, Step.RATE, "product.rated", fields)
    return {**done, "notify": rematches.after_rating(ledger, tx, stream)}


def approve(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, opinion: str) -> dict[str, Value]:
    """Approve a rated product: four eyes, so never whoever introduced or rated it."""
    return _step(ledger, tx, actor, stream, Step.APPROVE, "product.approved", {"opinion": opinion})


def list_for_sale(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, from_day: str) -> dict[str, Value]:
    """Put an approved product on sale, or a suspended one back."""
    return _step(ledger, tx, actor, stream, Step.LIST, "product.listed", {"from_day": from_day})


def suspend(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, reason: str) -> dict[str, Value]:
    """Stop the sale for now."""
    return _step(ledger, tx, actor, stream, Step.SUSPEND, "product.suspended", {"reason": reason})


def close(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, reason: str) -> dict[str, Value]:
    """End raising for good."""
    return _step(ledger, tx, actor, stream, Step.CLOSE, "product.closed", {"reason": reason})


def liquidate(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, liquidated_on: str, reason: str
) -> dict[str, Value]:
    """Record that the fund is liquidated; retention clocks start here."""
    inputs: dict[str, Value] = {"pending": len(rematches.pending(tx, product_of(tx, stream)))}
    fields: dict[str, Value] = {"liquidated_on": liquidated_on, "reason": reason}
    return _step(ledger, tx, actor, stream, Step.LIQUIDATE, "product.liquidated", fields, inputs)


def _step(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    stream: str,
    step: Step,
    name: str,
    fields: dict[str, Value],
    inputs: dict[str, Value] | None = None,
) -> dict[str, Value]:
    now = ledger.clock.now()
    require_product(ledger, tx, product_of(tx, stream), step, actor, now, {**fields, **(inputs or {})})
    (event,) = tx.append([Draft(name, stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf, "stage": product_of(tx, stream).stage.value}
