"""The return visit (募集 art. 30): after cooling-off, by someone outside sales, eight answers, not led."""

from collections.abc import Mapping

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Outcome
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import CallerError
from ledger.ports.store import Transaction
from ledger.services.guard import require, require_open, sale_facts
from ledger.services.holdings import confirmed
from ledger.services.ledger import SYSTEM, Ledger

SCRIPT = "return-visit/1"


def answer(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, answers: Mapping[str, bool]
) -> dict[str, Value]:
    """Record what the investor answers in writing, before somebody of the visit takes it up; never in cooling-off."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require_open(ledger, tx, facts, Step.VISIT, Role.VISITOR, now)
    given: dict[str, Value] = dict(answers)
    items = {str(number) for number, _, _ in ledger.rules.visit_items(now)}
    if set(given) != items:
        raise CallerError("answer each question of the visit once", "请逐项回答全部回访问题")
    fields: dict[str, Value] = {"answers": given, "script": SCRIPT, "channel": "web"}
    (event,) = tx.append([Draft("visit.answered", stream, facts.investor.stream, actor, now, fields)], now)
    return {"record": event.leaf, "answered_at": to_text(now)}


def complete(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    answers: Mapping[str, bool],
    leading: bool,
    channel: str,
    script: str,
) -> dict[str, Value]:
    """Record the visit; with eight affirmative, unled answers the sale becomes effective in the same commit."""
    now = ledger.clock.now()
    given: dict[str, Value] = dict(answers)
    inputs: dict[str, Value] = {"answers": given, "leading": leading, "channel": channel, "script": script}
    facts = sale_facts(tx, stream, inputs)
    require(ledger, tx, facts, Step.VISIT, actor, now)
    asked = [e.ref("answers") for e in tx.events(stream) if e.type == "visit.answered"]
    successful = ledger.rules.visit_outcome(given, leading=leading, at=now).outcome is Outcome.PASS
    investor = facts.investor.stream
    (visit,) = tx.append(
        [
            Draft(
                "visit.completed", stream, investor, actor, now, {**inputs, "successful": successful}, tuple(asked[-1:])
            )
        ],
        now,
    )
    answer: dict[str, Value] = {"record": visit.leaf, "successful": successful, "effective_at": None}
    if not successful:
        return answer
    after = sale_facts(tx, stream)
    require(ledger, tx, after, Step.MAKE_EFFECTIVE, SYSTEM, now)
    (effective,) = tx.append(
        [Draft("sale.effective", stream, investor, SYSTEM, now, {"visit": visit.leaf}, (visit.ref("visit"),))],
        now,
    )
    tx.append(confirmed(after, effective), now)
    return {**answer, "effective_at": to_text(now)}
