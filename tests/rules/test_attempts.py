"""Run every scenario of an attempt at the questionnaire, and the questionnaire for institutions itself."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.decision import Outcome
from ledger.domain.upkeep import Attempt as Made
from ledger.domain.upkeep import Change, Upkeep
from ledger.rules import load
from ledger.rules.attempts import Attempt
from ledger.rules.errors import FactsError
from tests.rules import world

CONTENT = tomllib.loads((Path(__file__).parent / "attempts.toml").read_text(encoding="utf-8"))
RULES = load()
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
VERSION = "2024-01-01"
WORDS = {
    "name",
    "at",
    "scored",
    "unscored",
    "changed",
    "device",
    "questionnaire",
    "kind",
    "institution",
    "channel",
    "then",
}
QUESTIONS: Any = RULES.questionnaire("institution")["questions"]
LOWEST = {q["id"]: q["options"][0]["id"] for q in QUESTIONS}
HIGHEST = {q["id"]: q["options"][-1]["id"] for q in QUESTIONS}
MIDDLE = {
    **LOWEST,
    "aim": "steady",
    "loss": "10_30",
    "experience": "funds",
    "two_years": "funds",
    "products": "some",
    "staffing": "one",
    "qualifications": "some",
    "term": "1_3",
    "debts": "none",
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("case", CONTENT["case"], ids=lambda c: c["name"])
def test_scenario(case: dict[str, Any]) -> None:
    assert set(case) <= WORDS
    made = [Made(world.leaf(t), instant(t), scored=True) for t in case.get("scored", [])]
    made += [Made(world.leaf(t), instant(t), scored=False) for t in case.get("unscored", [])]
    changes = tuple(
        Change(world.leaf("change"), tuple(what.split()), instant(at))
        for what, _, at in (text.partition(" at ") for text in case.get("changed", []))
    )
    investor = replace(
        world.investor(),
        kind=case.get("kind", "natural_person"),
        channel=case.get("channel", "web"),
        upkeep=Upkeep(tuple(made), changes=changes),
    )
    attempt = Attempt(
        investor,
        case.get("questionnaire", "natural_person"),
        case.get("device", "web"),
        case.get("institution", "distributor"),
    )
    found = RULES.attempt(attempt, instant(case.get("at", CONTENT["now"])))
    refusing = [f for f in found if f.outcome is Outcome.FAIL]
    assert sorted(f.rule for f in refusing) == case["then"]["refused"], refusing
    assert all(f.condition and f.reason_zh != f.reason_en for f in refusing)
    if "opens" in case["then"]:
        assert [f.changes_at.isoformat() for f in refusing if f.changes_at] == [case["then"]["opens"]]


def assess(answers: dict[str, str]) -> Any:
    return RULES.assess("institution", VERSION, answers, NOW)


def test_the_institution_is_asked_nineteen_topics() -> None:
    assert len(QUESTIONS) == 19
    assert "score" not in str(QUESTIONS)


def test_unwilling_to_bear_any_loss_is_the_lowest_class_by_this_policy() -> None:
    result = assess(LOWEST)
    assert (result.tolerance, result.lowest, result.score) == ("C1", True, 14)


def test_one_answer_is_enough_for_the_lowest_class_whatever_the_score() -> None:
    result = assess({**MIDDLE, "loss": "none"})
    assert (result.tolerance, result.lowest) == ("C1", True)
    assert result.score > 36
    assert "lowest class" in result.reasons[0]


def test_a_middling_institution() -> None:
    result = assess(MIDDLE)
    assert (result.tolerance, result.lowest) == ("C3", False)


def test_the_boldest_institution() -> None:
    result = assess(HIGHEST)
    assert (result.tolerance, result.lowest, result.score) == ("C5", False, 100)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"experience": "savings", "two_years": "funds"}, ["experience", "two_years"]),
        ({"experience": "funds", "two_years": "derivatives"}, ["two_years", "experience"]),
        ({"products": "none", "peak": "over_50m"}, ["products", "peak"]),
        ({"staffing": "none", "qualifications": "all"}, ["staffing", "qualifications"]),
        ({"aim": "preserve", "loss": "10_30"}, ["aim", "loss"]),
        ({"aim": "preserve", "loss": "up_to_10", "choice": "all_b"}, ["aim", "choice"]),
        ({"loss": "none", "aim": "steady", "choice": "more_b"}, ["loss", "choice"]),
        ({"loss": "none", "aim": "growth"}, ["loss", "aim"]),
    ],
)
def test_contradictions_are_asked_about_and_never_averaged(changed: dict[str, str], named: list[str]) -> None:
    with pytest.raises(FactsError, match="contradict each other") as caught:
        assess({**MIDDLE, **changed})
    assert caught.value.evidence["questions"] == named
