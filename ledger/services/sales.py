"""A sale: one investor buying one product. Opened by sales, told by its records."""

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import OF_SALE, SaleState, Step
from ledger.errors import ForbiddenError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import NOBODY, REFUSING, investor_of, product_of, require, sale_facts
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.titles import line_of

_STAFF = {
    Step.MATCH: Role.SALES,
    Step.CERTIFY: Role.CERTIFIER,
    Step.CONFIRM_QUALIFICATION: Role.CERTIFIER,
    Step.COMPLETE_CONTRACT: Role.COMPLIANCE,
    Step.RECEIVE_PAYMENT: Role.COMPLIANCE,
    Step.CONTACT: Role.SALES,
    Step.VISIT: Role.VISITOR,
}
_SHOWN = tuple(s for s in Step if s in OF_SALE - {Step.OPEN, Step.MAKE_EFFECTIVE, Step.CERTIFY})


def open_sale(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    investor: str,
    product: str,
    amount: Money,
    fee: Money,
    channel: str,
) -> dict[str, Value]:
    """Open a sale and reserve its seat in the same commit, so two buyers cannot take the last one."""
    now = ledger.clock.now()
    facts = Facts(investor_of(tx, investor), product_of(tx, product), amount=amount, fee=fee)
    require(ledger, tx, facts, Step.OPEN, actor, now)
    stream = tx.create(Stream.SALE)
    fields: dict[str, Value] = {
        "investor": investor,
        "product": product,
        "amount": {**amount.as_json()},
        "fee": {**fee.as_json()},
        "channel": channel,
    }
    if product in facts.investor.special and ledger.rules.match_outcome(facts, now) == "special":
        fields["own_request"] = True
    seat: dict[str, Value] = {"sale": stream, "seats": ledger.rules.seats(facts, now)}
    (event, _) = tx.append(
        [
            Draft("sale.opened", stream, investor, actor, now, fields),
            Draft("product.seats_reserved", product, product, SYSTEM, now, seat),
        ],
        now,
    )
    return {"sale": stream, "record": event.leaf}


def show(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Tell where a sale stands and what may come next, with every finding that says why not."""
    now = ledger.clock.now()
    facts = sale_facts(reader, stream)
    state = facts.sale or SaleState(stream)
    _may_read(actor, state)
    length = ledger.rules.cooling_off(facts.product)
    by = ledger.rules.cooling_off_start(facts.product)
    begins, ends = state.cooling_off_started(by), state.cooling_off_ends(length, by)
    return {
        "sale": stream,
        "investor": state.investor,
        "product": state.product,
        "amount": None if state.amount is None else {**state.amount.as_json()},
        "status": status_of(state),
        "done": _done(state),
        "next": _next(ledger, facts),
        "cooling_off": None if ends is None or begins is None else {"starts": to_text(begins), "ends": to_text(ends)},
        "at": to_text(now),
    }


def timeline(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List every record of the sale in order, with its name in two languages and its leaf."""
    del ledger
    facts = sale_facts(reader, stream)
    _may_read(actor, facts.sale or SaleState(stream))
    return {"sale": stream, "items": [line_of(event) for event in reader.events(stream)]}


def status_of(state: SaleState) -> str:
    """Name the state a sale is in, derived from its records."""
    if state.effective_at is not None:
        return "effective"
    if state.rescinded_at is not None:
        return "rescinded"
    if state.cooling_off_starts is not None:
        return "cooling_off_or_visit"
    return "in_procedure"


def _next(ledger: Ledger, facts: Facts) -> list[Value]:
    now = ledger.clock.now()
    steps: list[Value] = []
    for step in _SHOWN:
        role = _STAFF.get(step, Role.INVESTOR)
        actor = Actor(facts.investor.stream if role is Role.INVESTOR else NOBODY, role)
        findings = ledger.rules.outlook(facts, step, actor, now)
        refusing: list[Value] = [f.as_json() for f in findings if f.outcome in REFUSING]
        steps.append({"step": step.value, "duty": role.value, "permitted": not refusing, "findings": refusing})
    return steps


def _done(state: SaleState) -> dict[str, Value]:
    moments = {
        "opened": state.opened_at,
        "matched": state.matched_at,
        "match_withdrawn": state.match_withdrawn_at,
        "care_acknowledged": state.care_acknowledged_at,
        "match_acknowledged": state.match_acknowledged_at,
        "disclosure_presented": state.disclosure_presented_at,
        "disclosure_signed": state.disclosure_signed_at,
        "qualification_confirmed": state.qualification_confirmed_at,
        "contract_signed": state.contract_signed_at,
        "contract_completed": state.contract_completed_at,
        "paid": state.paid_at,
        "visited": None if state.visited is None else state.visited.at,
        "effective": state.effective_at,
        "rescinded": state.rescinded_at,
    }
    done: dict[str, Value] = {name: to_text(at) for name, at in moments.items() if at is not None}
    done["items_confirmed"] = len(state.items)
    return done


def _may_read(actor: Actor, state: SaleState) -> None:
    if actor.role is Role.INVESTOR and actor.id != state.investor:
        raise ForbiddenError("this sale is another investor's", "该认购不属于此投资者")
