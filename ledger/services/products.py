"""The product's life cycle as far as a sale needs it: introduced, rated, approved by a second person, listed."""

from datetime import datetime

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.errors import ConflictError, ForbiddenError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import investor_of, product_of, require
from ledger.services.ledger import Ledger


def introduce(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    name: str,
    code: str,
    manager: str,
    regime: str,
    fund_type: str,
    legal_form: str,
    filing_number: str,
    raising_account: str,
    minimum: Money,
    cooling_off_hours: int,
    return_visit: bool,
    special_risks: tuple[str, ...],
) -> dict[str, Value]:
    """Open a product's stream."""
    now = ledger.clock.now()
    stream = tx.create(Stream.PRODUCT)
    risks: list[Value] = list(special_risks)
    fields: dict[str, Value] = {
        "name": name,
        "code": code,
        "manager": manager,
        "regime": regime,
        "fund_type": fund_type,
        "legal_form": legal_form,
        "filing_number": filing_number,
        "raising_account": raising_account,
        "minimum": {**minimum.as_json()},
        "cooling_off_hours": cooling_off_hours,
        "return_visit": return_visit,
        "special_risks": risks,
    }
    (event,) = tx.append([Draft("product.introduced", stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf}


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
    """Record the seller's own risk rating; it may not be lower than the manager's."""
    if risk_level < manager_risk_level:
        raise ConflictError(
            f"own rating {risk_level} is lower than the manager's {manager_risk_level}: rate at least as high",
            f"自评风险等级{risk_level}低于管理人评级{manager_risk_level}，不得调低",
        )
    fields: dict[str, Value] = {
        "risk_level": risk_level,
        "manager_risk_level": manager_risk_level,
        "factors": factors,
        "valid_until": to_text(valid_until),
    }
    return _append(ledger, tx, actor, stream, "product.rated", fields)


def approve(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, opinion: str) -> dict[str, Value]:
    """Approve a rated product: four eyes, so never the person who introduced it."""
    state = product_of(tx, stream)
    if state.rated_at is None:
        raise ConflictError("rate the product before approving it", "请先完成风险评级再审批")
    if state.introduced_by == actor.id:
        raise ForbiddenError(
            "whoever introduced a product may not approve it: ask a second person", "引入人不得审批，请由另一人审批"
        )
    return _append(ledger, tx, actor, stream, "product.approved", {"opinion": opinion})


def list_for_sale(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, from_day: str) -> dict[str, Value]:
    """Put an approved product on sale."""
    if product_of(tx, stream).approved_at is None:
        raise ConflictError("approve the product before listing it", "产品尚未审批，不能上架")
    return _append(ledger, tx, actor, stream, "product.listed", {"from_day": from_day})


def index(
    ledger: Ledger, reader: Reader, actor: Actor, *, after: str | None = None, limit: int = 50
) -> dict[str, Value]:
    """List products by page; investors have no list before the gate (募集 art. 16)."""
    del ledger
    if actor.role is Role.INVESTOR:
        raise ForbiddenError(
            "products are shown one by one, after the gate: open the product you were offered",
            "请在完成特定对象确定程序后查看具体产品",
        )
    streams = reader.streams(Stream.PRODUCT, after=after, limit=limit)
    items: list[Value] = [_wire(product_of(reader, s)) for s in streams]
    return {"items": items, "next": streams[-1] if len(streams) == limit else None}


def show(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Show one product; to an investor only after the gate, and the showing is recorded (art. 17)."""
    state = product_of(tx, stream)
    if actor.role is Role.INVESTOR:
        now = ledger.clock.now()
        person = investor_of(tx, actor.id)
        require(ledger, tx, Facts(person, state), Step.SHOW, actor, now)
        fields: dict[str, Value] = {"product": stream}
        tx.append([Draft("product.shown", actor.id, actor.id, actor, now, fields)], now)
    return _wire(state)


def _append(
    ledger: Ledger, tx: Transaction, actor: Actor, stream: str, name: str, fields: dict[str, Value]
) -> dict[str, Value]:
    now = ledger.clock.now()
    product_of(tx, stream)
    (event,) = tx.append([Draft(name, stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf}


def _wire(state: ProductState) -> dict[str, Value]:
    risks: list[Value] = list(state.special_risks)
    return {
        "product": state.stream,
        "name": state.name,
        "manager": state.manager,
        "regime": state.regime,
        "fund_type": state.fund_type,
        "legal_form": state.legal_form,
        "filing_number": state.filing_number,
        "risk_level": state.risk_level,
        "minimum": None if state.minimum is None else {**state.minimum.as_json()},
        "cooling_off_hours": state.cooling_off_hours,
        "return_visit": state.return_visit,
        "special_risks": risks,
        "on_sale": state.listed_at is not None and state.suspended_at is None,
        "seats_taken": state.seats_taken,
    }
