"""Shortest reading times are policy: at the limit, a second below it, page by page and in all, and never by default."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Finding, Outcome
from ledger.domain.events import Value
from ledger.domain.sale import Step
from ledger.rules import Rules, load
from ledger.rules.errors import FactsError, RulesetError
from ledger.rules.loader import read
from ledger.rules.policy import handwriting, reading_time
from ledger.rules.policy.reading_time import Minimum
from tests.rules import world

FILE = "policy/default/reading_time.toml"
NAME = "policy/default/handwriting.toml"
BUYER = Actor(world.INVESTOR, Role.INVESTOR)
RULES = load()


def demanding(page: int, total: int, paper: str = "risk_disclosure") -> Rules:
    """Return the rules under a policy that demands so many seconds of one paper."""
    files = read()
    row = f'{{ paper = "{paper}", page = '
    assert f"{row}0, total = 0 }}" in files[FILE]
    files[FILE] = files[FILE].replace(f"{row}0, total = 0 }}", f"{row}{page}, total = {total} }}")
    return Rules.from_files(files)


def judged(rules: Rules, reading: Value, step: Step = Step.SIGN_DISCLOSURE) -> Finding:
    inputs = {} if reading is None else {"reading": reading}
    facts = replace(world.facts("disclosure_presented_at"), inputs=inputs)
    findings = rules.permit(facts, step, BUYER, world.NOW)
    return next(f for f in findings if f.rule == reading_time.KEY)


def told(seconds: Mapping[str, int], since: int = 3600, pages: int = 3) -> Value:
    return {"pages": pages, "seconds": dict(seconds), "since": since}


@pytest.mark.parametrize(
    ("page", "total", "reading", "lacks"),
    [
        (5, 0, told({"1": 5, "2": 5, "3": 5}), ""),
        (5, 0, told({"1": 5, "2": 4, "3": 9}), "page 2: 1 s more, 1 s more in all"),
        (5, 0, told({"1": 5, "3": 2}), "page 2: 5 s more, page 3: 3 s more, 8 s more in all"),
        (0, 20, told({"1": 20}), ""),
        (0, 20, told({"1": 12, "2": 7}), "1 s more in all"),
        (5, 20, told({"1": 5, "2": 5, "3": 10}), ""),
        (5, 20, told({"1": 5, "2": 4, "3": 5}), "page 2: 1 s more, 6 s more in all"),
        # whatever the browser says, nobody read for longer than the paper was there
        (0, 20, told({"1": 20}, since=20), ""),
        (0, 20, told({"1": 20}, since=19), "1 s more in all"),
        (5, 0, told({"1": 5, "2": 5, "3": 5}, since=14), "1 s more in all"),
    ],
)
def test_what_is_still_to_be_read_is_told_page_by_page(page: int, total: int, reading: Value, lacks: str) -> None:
    found = judged(demanding(page, total), reading)
    assert found.outcome is (Outcome.FAIL if lacks else Outcome.PASS)
    assert found.reason_en == (
        f"the paper was not read for long enough ({lacks})" if lacks else "all 3 pages were on the screen long enough"
    )
    assert ("秒" in found.reason_zh) is bool(lacks)


def test_of_another_paper_nothing_is_demanded() -> None:
    rules = demanding(5, 20, "fund_contract")
    assert judged(rules, None).outcome is Outcome.NOT_APPLICABLE
    facts = world.facts("qualification_confirmed_at")
    (found,) = [f for f in rules.permit(facts, Step.SIGN_CONTRACT, BUYER, world.NOW) if f.rule == reading_time.KEY]
    assert (found.outcome, found.condition) == (
        Outcome.NEEDS_EVIDENCE,
        ("read the paper page by page", "请逐页阅读文件"),
    )


@pytest.mark.parametrize("reading", [3, {"pages": 3}, {"pages": "3", "seconds": {}, "since": 1}])
def test_a_reading_in_another_form_is_no_fact(reading: Any) -> None:
    with pytest.raises(FactsError, match="not \\{pages"):
        judged(demanding(5, 0), reading)


def test_by_default_nothing_is_demanded() -> None:
    law = RULES.law(world.NOW)
    for paper in reading_time.PAPERS.values():
        assert reading_time.minimum(law, paper) == Minimum(0, 0)
        assert handwriting.asked(law, paper) is False


def test_a_policy_that_asks_for_a_drawn_name() -> None:
    files = read()
    files[NAME] = files[NAME].replace(
        '{ paper = "fund_contract", asked = false }', '{ paper = "fund_contract", asked = true }'
    )
    law = Rules.from_files(files).law(world.NOW)
    assert [handwriting.asked(law, paper) for paper in ("risk_disclosure", "fund_contract")] == [False, True]


@pytest.mark.parametrize("ask", [reading_time.minimum, handwriting.asked])
def test_there_is_no_default_for_a_paper_that_policy_does_not_name(ask: Any) -> None:
    with pytest.raises(RulesetError, match="says nothing about the paper lease"):
        ask(RULES.law(world.NOW), "lease")
