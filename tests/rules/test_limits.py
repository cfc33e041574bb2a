"""Every value of the law is pinned from both sides: moved by its smallest step, some scenario no longer holds.

So there is a case at the limit, one a step below and one a step above, for each number, each cell and each row; nobody
has to count them. What scenarios cannot reach is pinned by the named test.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from ledger.rules import load
from ledger.rules.cn.order_130 import art32_retention
from ledger.rules.cn.regulation_762 import art22_filing
from scripts import tree_tests
from tests.rules import limits, world

ROOT = Path(__file__).parents[2]
RULES = load()
HERE = "tests/rules/test_limits.py"
ELSEWHERE = {
    "cn/aml_law/art34_identity_retention": f"{HERE}::test_the_terms_of_the_aml_law_are_never_the_last_to_end",
    "cn/aml_law/art34_trade_retention": f"{HERE}::test_the_terms_of_the_aml_law_are_never_the_last_to_end",
    "cn/beneficial_owner_measures/art6_grounds": "tests/rules/test_owners.py::test_owners_on_the_grounds_of_the_law",
    "policy/handwriting": "tests/rules/test_reading_time.py::test_by_default_nothing_is_demanded",
    "policy/sampling_share": "tests/rules/test_sampling.py::test_a_tenth_of_the_others",
    "policy/sampling_share_r5": "tests/rules/test_sampling.py::test_a_fifth_of_r5",
    "policy/reminder_interval": "tests/rules/test_reminders.py::test_a_second_message_waits_until_the_interval_is_over",
    "policy/reminders_of_step": "tests/rules/test_reminders.py::test_a_step_is_reminded_of_three_times_and_no_more",
    "policy/reminder_after": "tests/rules/test_reminders.py::test_the_service_reminds_of_itself_after_two_days",
    "policy/reminder_before_end": "tests/rules/test_reminders.py::test_what_ends_within_thirty_days_may_be_reminded_of",
    "cn/amac_suitability/unnumbered_high_risk_items": f"{HERE}::test_what_is_read_out_is_complete",
    "cn/order_130/art19_special_warning": f"{HERE}::test_what_is_read_out_is_complete",
    "cn/regulation_762/art22_filing_parts": f"{HERE}::test_each_part_of_a_filing_is_asked_for",
    "cn/holiday_notices/unnumbered_working_days": "tests/rules/test_calendar.py::test_the_committed_file_is_current",
}


def by_key(mutants: list[limits.Mutant]) -> list[object]:
    found = defaultdict(list)
    for mutant in mutants:
        found[mutant.key].append(mutant)
    return [pytest.param(key, of, id=key) for key, of in found.items()]


def pinned(key: str, mutants: list[limits.Mutant]) -> None:
    unnoticed = [mutant.what for mutant in mutants if limits.noticed(mutant) is None]
    assert not unnoticed or key in ELSEWHERE, f"no scenario notices {key}, {unnoticed}: add one at the limit"


@pytest.mark.parametrize(("key", "mutants"), by_key([*limits.numbers()]))
def test_each_number_is_pinned_from_both_sides(key: str, mutants: list[limits.Mutant]) -> None:
    pinned(key, mutants)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "mutants"), by_key([*limits.cells()]))
def test_each_cell_is_pinned(key: str, mutants: list[limits.Mutant]) -> None:
    pinned(key, mutants)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "mutants"), by_key([*limits.rows()]))
def test_each_row_is_needed(key: str, mutants: list[limits.Mutant]) -> None:
    pinned(key, mutants)


def test_what_is_pinned_elsewhere_names_a_test_that_exists() -> None:
    assert set(ELSEWHERE.values()) <= tree_tests.names(ROOT)


def test_there_are_more_than_four_hundred_scenarios_each_with_a_sentence_of_its_own() -> None:
    told = [(path, sentence) for path, _, sentence in tree_tests.cases(ROOT)]
    assert len(told) >= 400
    assert sorted({entry for entry in told if told.count(entry) > 1}) == []


def test_the_terms_of_the_aml_law_are_never_the_last_to_end() -> None:
    keys = (art32_retention.KEY, art32_retention.FUND, art32_retention.IDENTITY, art32_retention.TRADE)
    assert [RULES.law(world.NOW).periods[key].number for key in keys] == [20, 10, 10, 10]


def test_what_is_read_out_is_complete() -> None:
    assert [n for n, _, _ in RULES.special_warning(world.NOW)] == [1, 2, 3, 4]
    assert [n for n, _, _ in RULES.high_risk_items(world.NOW)] == [1, 2, 3, 4, 5]
    assert all(zh and en for _, zh, en in (*RULES.special_warning(world.NOW), *RULES.high_risk_items(world.NOW)))


@pytest.mark.parametrize(
    "part", ["contract", "custody", "assets", "investors", "amounts", "units", "beneficial_owners"]
)
def test_each_part_of_a_filing_is_asked_for(part: str) -> None:
    rows = RULES.law(world.NOW).lists[art22_filing.PARTS].by_key
    assert (part,) in rows
    others = [str(name) for (name,) in rows if name != part]
    assert len(art22_filing.lacking(others, RULES.law(world.NOW))) == 1
