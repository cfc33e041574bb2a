"""Every requirement and every trap has its rule, its test, or a reason; and all that is named exists."""

import pytest

from scripts import make_coverage


def test_every_requirement_and_trap_is_there_and_all_that_is_named_exists() -> None:
    assert list(make_coverage.problems()) == []


def test_the_page_is_current() -> None:
    current = make_coverage.PAGE.read_text(encoding="utf-8") == make_coverage.text()
    assert current, "docs/coverage.md is not current: run python -m scripts.make_coverage"


@pytest.mark.parametrize("trap", make_coverage.entries("trap"), ids=lambda entry: f"{entry.n:02}")
def test_every_trap_has_a_test_of_its_own_name(trap: make_coverage.Entry) -> None:
    assert any(f"::test_trap_{trap.n:02}_" in name for name in trap.tests)
