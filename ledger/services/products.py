"""Products: introduced, listed page by page, shown to an investor only after the gate."""

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.lifecycle import Stage
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.errors import CallerError, ForbiddenError
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
    also_requires: tuple[str, ...] = (),
    cooling_off_from: str = "signed_and_paid",
) -> dict[str, Value]:
    """Open a product's stream. ``also_requires``: foreign regimes under which an investor must be certified too.

    ``cooling_off_from``: ``signed_and_paid``, or in funds other than securities funds ``signed`` or ``paid``.
    """
    now, known = ledger.clock.now(), ledger.rules.foreign()
    if unknown := sorted(set(also_requires) - set(known)) or [r for r in known if also_requires.count(r) > 1]:
        raise CallerError(
            f"also_requires names {unknown[0]!r}: name each once, of {', '.join(known)}",
            f"also_requires 有误：{unknown[0]}",
        )
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
    if cooling_off_from != "signed_and_paid":
        if fund_type == "securities":
            raise CallerError(
                "cooling-off of a securities fund begins when signed and paid: no contract may say otherwise",
                "证券类基金的投资冷静期自合同签署完毕且缴纳款项后起算，合同不得另行约定",
            )
        fields["cooling_off_from"] = cooling_off_from
    if also_requires:
        fields["also_requires"] = [*also_requires]
    (event,) = tx.append([Draft("product.introduced", stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf}


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
        if stream in person.special:
            fields["own_request"] = True
        tx.append([Draft("product.shown", actor.id, actor.id, actor, now, fields)], now)
    return _wire(state)


def _wire(state: ProductState) -> dict[str, Value]:
    risks: list[Value] = list(state.special_risks)
    return {
        "product": state.stream,
        "name": state.name,
        "stage": state.stage.value,
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
        "also_requires": [*state.also_requires],
        "on_sale": state.stage is Stage.LISTED and state.approved,
        "seats_taken": state.seats_taken,
    }
