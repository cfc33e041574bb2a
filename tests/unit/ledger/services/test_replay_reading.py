"""A signature names the shortest reading time that policy demanded; replay looks it up in the policy itself."""

from typing import Any

import pytest

from ledger.rules import Rules, load
from ledger.rules.loader import read
from ledger.services.replay import Comparison, Replay, _reading
from tests.unit.ledger.domain.make import Story
from verifier.report import Report

FILE = "policy/default/reading_time.toml"
FILES = read()
DEMANDING = {**FILES, FILE: FILES[FILE].replace("page = 0, total = 0", "page = 5, total = 60", 1)}
FREE, STRICT = load().digest, Rules.from_files(DEMANDING).digest
HELD = {FREE: FILES, STRICT: DEMANDING}


@pytest.mark.parametrize(
    ("reading", "outcome", "says"),
    [
        ({"ruleset": FREE, "page": 0, "total": 0}, Comparison.SAME, "0 s a page and 0 s in all were demanded"),
        ({"ruleset": STRICT, "page": 5, "total": 60}, Comparison.SAME, "5 s a page and 60 s in all were demanded"),
        ({"ruleset": STRICT, "page": 0, "total": 60}, Comparison.DIFFERS, "demanded were 5 s and 60 s"),
        ({"ruleset": STRICT, "page": 5, "total": 59}, Comparison.DIFFERS, "recorded 5 s a page and 59 s in all"),
        ({"ruleset": "f" * 64, "page": 0, "total": 0}, Comparison.UNDECIDED, "lacks ruleset ffffffffffff"),
        ({"ruleset": FREE}, Comparison.UNDECIDED, "its policy cannot be read"),
        ("none", Comparison.UNDECIDED, "its policy cannot be read"),
    ],
)
def test_the_minimum_is_that_of_the_ruleset(reading: Any, outcome: Comparison, says: str) -> None:
    found = _reading(Story().tell("document.signed", {"purpose": "risk_disclosure", "reading": reading}), HELD, {})
    assert found.outcome is outcome
    assert says in found.detail


def test_a_paper_that_policy_does_not_name_is_undecided_and_so_is_the_whole() -> None:
    said: dict[str, Any] = {"ruleset": FREE, "page": 0, "total": 0}
    found = _reading(Story().tell("document.signed", {"purpose": "lease", "reading": said}), HELD, {})
    whole = Replay(Report(()), readings=(found,))
    assert whole.as_json()["readings"] == [found.as_json()]
    assert found.outcome is whole.outcome is Comparison.UNDECIDED
