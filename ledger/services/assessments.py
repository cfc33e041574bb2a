"""Risk assessment: every attempt kept, the outcome computed from policy, the investor told (适当性指引)."""

from collections.abc import Mapping

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of
from ledger.services.ledger import SYSTEM, Ledger


def submit(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    questionnaire: str,
    version: str,
    answers: Mapping[str, str],
    device: str,
) -> dict[str, Value]:
    """Record the answers and the outcome; contradictory answers are refused with the questions named."""
    now = ledger.clock.now()
    investor_of(tx, stream)
    result = ledger.rules.assess(questionnaire, version, answers, now)
    given: dict[str, Value] = dict(answers)
    (submitted,) = tx.append(
        [
            Draft(
                "questionnaire.submitted",
                stream,
                stream,
                actor,
                now,
                {"questionnaire": questionnaire, "version": version, "answers": given, "device": device},
            )
        ],
        now,
    )
    reasons: list[Value] = list(result.reasons)
    outcome: dict[str, Value] = {
        "tolerance": result.tolerance,
        "lowest": result.lowest,
        "score": result.score,
        "questionnaire": questionnaire,
        "version": version,
        "valid_until": to_text(result.valid_until),
        "reasons": reasons,
    }
    (completed,) = tx.append(
        [Draft("assessment.completed", stream, stream, SYSTEM, now, outcome, (submitted.ref("answers"),))], now
    )
    return {**outcome, "assessment": completed.leaf}


def acknowledge(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Record that the investor has been told the result and has seen it."""
    now = ledger.clock.now()
    assessment = investor_of(tx, stream).assessment
    if assessment is None:
        raise ConflictError("there is no assessment yet: answer the questionnaire first", "尚无测评结果，请先完成问卷")
    seen = next(e for e in reversed(tx.events(stream)) if e.leaf == assessment.leaf)
    fields: dict[str, Value] = {"tolerance": assessment.tolerance}
    (event,) = tx.append(
        [Draft("assessment.notified", stream, stream, actor, now, fields, (seen.ref("assessment"),))], now
    )
    return {"notified_at": to_text(now), "record": event.leaf}
