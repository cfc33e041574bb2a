"""Our decision against the same core written in two other languages: same answer, and the same rules refuse."""

from collections import Counter

import pytest

from ledger.domain.decision import Answer
from ledger.rules import Rules, load
from tests.differential.cases import CORE, Case, cases
from tests.differential.engines import cedar, ours, refusals, rego

RULES = load()
SEEDS = range(10)
EACH = 1_000


@pytest.mark.parametrize("seed", SEEDS)
def test_our_rules_cedar_and_rego_agree(seed: int) -> None:
    drawn = cases(EACH, seed)
    _agree(drawn)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 150))
def test_our_rules_cedar_and_rego_agree_on_many_more(seed: int) -> None:
    _agree(cases(EACH, seed))


def test_the_cases_are_of_all_sorts() -> None:
    refused = Counter[str]()
    answers = Counter[Answer]()
    for case in cases(EACH, 0):
        decision = ours(RULES, case)
        answers[decision.answer] += 1
        refused.update(refusals(decision))
    assert set(refused) == CORE
    assert min(refused.values()) > EACH // 100, refused
    assert min(answers[a] for a in Answer) > EACH // 100, answers


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("cn/order_105/art12_financial_assets.toml", '"3000000"', '"3000000.01"'),
        ("cn/order_105/art12_minimum.toml", '"1000000"', '"1000000.01"'),
        ("cn/order_105/art11_seats.toml", "cap = 50", "cap = 51"),
        ("cn/amac_suitability/unnumbered_matching_matrix.toml", 'R5 = "refuse"', 'R5 = "buy"'),
        ("policy/default/certification_validity.toml", '"180"', '"179"'),
    ],
)
def test_a_value_that_is_off_by_one_is_noticed(file: str, old: str, new: str) -> None:
    files = RULES.files()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    wrong, drawn = Rules.from_files(files), cases(EACH, 0)
    assert [refusals(ours(wrong, case)) for case in drawn] != cedar(drawn)


def _agree(drawn: list[Case]) -> None:
    for case, by_cedar, by_rego in zip(drawn, cedar(drawn), rego(drawn), strict=True):
        decision = ours(RULES, case)
        assert refusals(decision) == by_cedar == by_rego, case
        assert (decision.answer is Answer.ELIGIBLE) is (not by_cedar), decision.findings
