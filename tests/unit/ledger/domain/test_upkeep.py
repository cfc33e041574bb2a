"""Attempts, notices, changes and deletion requests of an investor; self-checks and samples of the operator."""

from ledger.domain import investor, oversight, product, sale
from ledger.domain.events import Value
from ledger.domain.sale import SampleVisit
from ledger.domain.upkeep import Attempt, Change
from tests.unit.ledger.domain.make import STREAM, Story, at, leaf

ATTEMPT: dict[str, Value] = {
    "questionnaire": "natural_person",
    "version": "2024-01-01",
    "answers": {"a": "b"},
    "device": "web",
}
OUTCOME: dict[str, Value] = {
    "tolerance": "C3",
    "lowest": False,
    "score": 40,
    "questionnaire": "natural_person",
    "version": "2024-01-01",
    "valid_until": "2027-03-02T01:00:00.000000Z",
    "reasons": [],
}


def test_every_attempt_is_there_and_whether_it_was_scored() -> None:
    story = Story()
    story.tell("questionnaire.refused", {**ATTEMPT, "reason": "too soon"})
    story.tell("questionnaire.submitted", ATTEMPT)
    known = investor.fold(STREAM, story.events).upkeep.attempts
    assert known == (Attempt(leaf(0), at(0), scored=False), Attempt(leaf(1), at(1), scored=True))


def test_every_notice_is_kept_beside_the_last_one() -> None:
    story = Story()
    story.tell("assessment.completed", OUTCOME)
    story.tell("assessment.notified", {"tolerance": "C3"})
    story.tell("assessment.notified", {"tolerance": "C3"})
    state = investor.fold(STREAM, story.events)
    assert state.upkeep.notices == ((at(1), leaf(1)), (at(2), leaf(2)))
    assert state.notified_at == at(2)


def test_changes_are_kept_in_order() -> None:
    story = Story()
    story.tell("investor.changed", {"what": ["income", "debts"], "told_by": "investor"})
    story.tell("investor.changed", {"what": ["capacity"], "told_by": "institution"})
    known = investor.fold(STREAM, story.events).upkeep.changes
    assert known == (Change(leaf(0), ("income", "debts"), at(0)), Change(leaf(1), ("capacity",), at(1)))


def test_the_first_request_and_freeze_count() -> None:
    story = Story()
    for _ in range(2):
        story.tell("erasure.requested", {"channel": "web"})
        story.tell("data.frozen", {"until": None, "clocks": []})
    known = investor.fold(STREAM, story.events).upkeep
    assert (known.erasure_requested_at, known.frozen_at) == (at(0), at(1))


def test_the_operator_checks_itself_and_draws_once_a_year() -> None:
    story = Story()
    story.tell("institution.registered", {"name": "x", "kind": "bank", "licence": "y"})
    story.tell("selfcheck.completed", {"period": "2026-H1", "report_sha256": "5b" * 32, "problems": ["late"]})
    reported: dict[str, Value] = {
        "period": "2026-H1",
        "report_sha256": "5b" * 32,
        "problems": ["late"],
        "reported_on": "2026-07-05",
    }
    story.tell("selfcheck.completed", reported)
    story.tell("sample.drawn", {"period": "2026", "seed": "00" * 32, "population": 3, "sales": ["ab" * 32]})
    story.tell("clock.advanced", {"from": "a", "to": "b", "seconds": 1, "notice": "n"})
    state = oversight.fold(STREAM, story.events)
    assert (state.kind, state.registered_at) == ("bank", at(0))
    assert [(c.period, c.problems, c.reported_on) for c in state.self_checks] == [
        ("2026-H1", 1, None),
        ("2026-H1", 1, "2026-07-05"),
    ]
    sample = state.sample("2026")
    assert sample is not None
    assert (sample.leaf, sample.sales) == (leaf(3), ("ab" * 32,))
    assert state.sample("2027") is None


def test_a_suitability_visit_is_not_the_return_visit() -> None:
    story = Story()
    visited: dict[str, Value] = {
        "period": "2026",
        "answers": {"a": True},
        "channel": "phone",
        "script": "s",
        "findings": [],
    }
    story.tell("sample.visited", visited)
    state = sale.fold(STREAM, story.events)
    assert state.sample_visits == (SampleVisit(leaf(0), "2026", at(0)),)
    assert state.visits == ()


def test_the_first_filing_counts() -> None:
    story = Story()
    for _ in range(2):
        story.tell("product.filed", {"submitted_on": "2026-03-02", "reference": "A-1", "parts": ["contract"]})
    assert product.fold(STREAM, story.events).filed_at == at(0)
