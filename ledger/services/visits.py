"""The return visit (募集 art. 30): after cooling-off, by someone outside sales, eight answers, not led."""

from collections.abc import Mapping

from ledger.domain.actors import Actor
from ledger.domain.decision import Outcome
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.ports.store import Transaction
from ledger.services.guard import require, sale_facts
from ledger.services.holdings import confirmed
from ledger.services.ledger import SYSTEM, Ledger


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
    successful = ledger.rules.visit_outcome(given, leading=leading, at=now).outcome is Outcome.PASS
    investor = facts.investor.stream
    (visit,) = tx.append(
        [Draft("visit.completed", stream, investor, actor, now, {**inputs, "successful": successful})], now
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
