"""Risk assessment: every attempt kept, refused ones too, the outcome computed from policy, the investor told."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.investor import InvestorState
from ledger.errors import ConflictError, RefusedError
from ledger.ports.store import Transaction
from ledger.rules.assessing import AssessmentResult
from ledger.rules.attempts import Attempt
from ledger.rules.errors import FactsError
from ledger.services import rematches
from ledger.services.guard import REFUSING, investor_of
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.operator_book import oversight


class AttemptRefusedError(FactsError):
    """The answers have no result; the attempt is recorded all the same."""

    kept = True


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
    """Record the answers and the outcome. Refused: too soon, too often, on a device of staff, contradictory."""
    now = ledger.clock.now()
    known = investor_of(tx, stream)
    given: dict[str, Value] = dict(answers)
    fields: dict[str, Value] = {"questionnaire": questionnaire, "version": version, "answers": given, "device": device}
    result = _assessed(ledger, tx, known, questionnaire, version, answers, fields)
    (submitted,) = tx.append([Draft("questionnaire.submitted", stream, stream, actor, now, fields)], now)
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
    return {**outcome, "assessment": completed.leaf, "notify": rematches.after_assessment(ledger, tx, stream)}


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


def _assessed(
    ledger: Ledger,
    tx: Transaction,
    known: InvestorState,
    questionnaire: str,
    version: str,
    answers: Mapping[str, str],
    fields: Mapping[str, Value],
) -> AssessmentResult:
    """Score the answers, or record the attempt as refused and raise."""
    now, stream = ledger.clock.now(), known.stream
    form = ledger.rules.questionnaire(questionnaire, now)  # NotFoundError: that was no attempt at anything
    attempt = Attempt(known, str(form["questionnaire"]), str(fields["device"]), oversight(ledger, tx).kind)
    refusing = tuple(f for f in ledger.rules.attempt(attempt, now) if f.outcome in REFUSING)
    if refusing:
        tx.append([_refusal(stream, fields, refusing[0].reason_en, now)], now)
        first = refusing[0]
        raise RefusedError(first.reason_en, first.reason_zh, findings=refusing, step="questionnaire")
    try:
        return ledger.rules.assess(questionnaire, version, answers, now)
    except FactsError as error:
        tx.append([_refusal(stream, fields, error.message, now)], now)
        raise AttemptRefusedError(error.message, error.zh, **error.evidence) from error


def _refusal(stream: str, fields: Mapping[str, Value], reason: str, at: datetime) -> Draft:
    return Draft("questionnaire.refused", stream, stream, SYSTEM, at, {**fields, "reason": reason})
