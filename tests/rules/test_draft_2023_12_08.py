"""The draft of 2023-12-08 that would replace order 105: tried out, never law; what it would change at its limits."""

from typing import Any

import pytest

from ledger.domain.decision import Outcome
from ledger.rules import Rules, load
from ledger.rules.drafts import lay_over
from ledger.rules.loader import DRAFTS, PACKAGED
from tests.rules.given import ask

LAW = load()
DRAFT: Rules = lay_over(LAW.files(), PACKAGED / DRAFTS / "order_105_2023_12_08").rules
MINIMUM = "cn/order_105/art12_minimum"
TESTS = "cn/order_105/art12_qualified_investor"
YEARS = "cn/order_105/art12_experience"
AGENT, OWN = {"mandate.basis": "agency"}, {"mandate.basis": "manager"}
INSTITUTION: dict[str, Any] = {
    "investor.kind": "institution",
    "profile.form": "legal_person",
    "certification.branch": "net_assets",
    "certification.amount": "10000000",
}


def outcome(rules: Rules, rule: str, given: dict[str, Any]) -> Outcome:
    _, findings = ask(rules, {"given": given, "decide": True})
    (found,) = [f for f in findings if f.rule == rule]
    return found.outcome


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ({**OWN}, 1_000_000),
        ({**OWN, "product.fund_type": "private_equity"}, 3_000_000),
        ({**OWN, "product.fund_type": "venture_capital"}, 3_000_000),
        ({**OWN, "product.special_risks": ["no_custody"]}, 5_000_000),
        ({**AGENT}, 5_000_000),
        ({**OWN, "product.special_risks": ["real_estate"]}, 5_000_000),
        ({**OWN, "product.special_risks": ["single_target"]}, 10_000_000),
        ({**OWN, **INSTITUTION, "product.special_risks": ["single_target"]}, 5_000_000),
        ({**OWN, "product.fund_type": "private_equity", "product.special_risks": ["no_custody"]}, 5_000_000),
    ],
)
def test_the_minimum_by_kind(given: dict[str, Any], limit: int) -> None:
    for amount, expected in ((f"{limit - 1}.99", "FAIL"), (f"{limit}", "PASS"), (f"{limit}.01", "PASS")):
        asked = {**given, "question.amount": amount}
        assert outcome(DRAFT, MINIMUM, asked).value == expected, (asked, amount)
        lawful = outcome(LAW, MINIMUM, asked).value
        assert lawful == ("FAIL" if limit == 1_000_000 and expected == "FAIL" else "PASS")


@pytest.mark.parametrize(
    ("branch", "amount", "expected"),
    [
        ("household_net_financial_assets", "2999999.99", "FAIL"),
        ("household_net_financial_assets", "3000000", "PASS"),
        ("household_financial_assets", "4999999.99", "FAIL"),
        ("household_financial_assets", "5000000", "PASS"),
        ("income", "499999.99", "FAIL"),
        ("income", "500000", "PASS"),
        ("financial_assets", "3000000", "FAIL"),
    ],
)
def test_the_tests_are_of_the_household(branch: str, amount: str, expected: str) -> None:
    given = {"certification.branch": branch, "certification.amount": amount}
    assert outcome(DRAFT, TESTS, given).value == expected


def test_two_years_of_investing_are_asked_for() -> None:
    assert outcome(DRAFT, YEARS, {}) is Outcome.NEEDS_EVIDENCE
    assert outcome(DRAFT, YEARS, {"certification.experience_since": "2024-03-02"}) is Outcome.PASS
    assert outcome(DRAFT, YEARS, {"certification.experience_since": "2024-03-03"}) is Outcome.FAIL
    assert outcome(DRAFT, YEARS, INSTITUTION) is Outcome.NOT_APPLICABLE
    assert outcome(LAW, YEARS, {}) is Outcome.NOT_APPLICABLE


def test_the_draft_is_not_law() -> None:
    assert not any(DRAFTS in name for name in LAW.files())
    assert DRAFT.digest != LAW.digest
