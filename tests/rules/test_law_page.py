"""The page for lawyers says what the rulesets say, and every value in it is used and tested."""

from pathlib import Path

from ledger.rules.loader import parse, read
from scripts import make_law
from scripts.law_uses import uses

ROOT = Path(__file__).parents[2]
LAW = parse(read())
USES = uses(ROOT, LAW, LAW.parameters)


def test_the_page_is_current() -> None:
    current = make_law.PAGE.read_text(encoding="utf-8") == make_law.text()
    assert current, "docs/law.md is not current: run python -m scripts.make_law"


def test_the_page_holds_every_value_with_its_article_dates_status_and_source() -> None:
    page = make_law.PAGE.read_text(encoding="utf-8")
    for parameter in LAW.parameters.values():
        assert f"`{parameter.file}`" in page
        assert parameter.term in page
        for value in parameter.values:
            assert value.start.isoformat() in page
            assert value.note in page
            for item in value.items:
                assert all(cell in page for cell in item.values() if isinstance(cell, str) and "|" not in cell)


def test_no_parameter_lies_unused() -> None:
    assert [key for key in LAW.parameters if not USES.modules[key]] == []


def test_no_parameter_is_without_a_test() -> None:
    assert [key for key in LAW.parameters if not USES.tests[key]] == []
