"""What the engine tells services about matching: the outcome, what a purchase above tolerance lacks, the words."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from ledger.domain.decision import Facts
from ledger.rules import load
from tests.rules import world
from tests.rules.given import build

RULES = load()
NOW = world.NOW
ABOVE = {"assessment.tolerance": "C2", "product.risk_level": "R4"}


def facts(**case: Any) -> Facts:
    return build({"sale": False, **case})


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ({}, "match"),
        ({"given": {"assessment.tolerance": "C2"}}, "refused"),
        ({"given": ABOVE, "special": {"done": "acknowledged"}}, "refused"),
        ({"given": ABOVE, "special": {"done": "insisted"}}, "special"),
        ({"given": {**ABOVE, "investor.promoted": "now - 1 days"}, "special": {"done": "insisted"}}, "refused"),
        ({"given": {"assessment.none": True}}, "refused"),
    ],
)
def test_an_outcome_is_a_match_a_special_one_or_none(case: dict[str, Any], outcome: str) -> None:
    assert RULES.match_outcome(facts(**case), NOW) == outcome


def test_what_is_lacking_is_told_in_both_languages() -> None:
    assert RULES.special_lacks(facts(given=ABOVE, special={"done": "insisted"})) is None
    en, zh = RULES.special_lacks(facts(given=ABOVE, special={"done": "requested"})) or ("", "")
    assert "notice" in en
    assert "告知" in zh


def test_a_match_is_worse_only_when_there_is_one() -> None:
    assert not RULES.match_worse(facts())
    assert not RULES.match_worse(build({"done": "opened_at"}))
    assert RULES.match_worse(build({"given": {"sale.match_risk_level": "R2", "sale.match_tolerance": "C4"}}))
    without = build({"given": {"sale.match_risk_level": "R2", "sale.match_tolerance": "C4", "assessment.none": True}})
    assert not RULES.match_worse(without)


def test_the_warnings_are_numbered_from_one_in_both_languages() -> None:
    for items in (RULES.special_warning(NOW), RULES.high_risk_items(NOW)):
        assert [n for n, _, _ in items] == list(range(1, len(items) + 1))
        assert all(zh.endswith("。") and en.endswith(".") for _, zh, en in items)


def test_another_products_procedure_counts_for_nothing() -> None:
    known = facts(given=ABOVE, special={"done": "insisted"})
    other = MappingProxyType({"9" * 64: known.investor.special[world.PRODUCT]})
    known = replace(known, investor=replace(known.investor, special=other))
    assert RULES.match_outcome(known, NOW) == "refused"
