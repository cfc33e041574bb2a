"""Every finding says in two languages what it found, by which article, on which records, and what would mend it."""

import re
from collections.abc import Iterator

import pytest

from ledger.domain.decision import Finding, Outcome
from ledger.rules import load
from tests.differential.cases import NOW, cases, facts

RULES = load()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ARTICLE = re.compile(r"[0-9]+|unnumbered|[a-z0-9_().\-]+")
ABSOLUTE = frozenset({"cn/order_130/art22_lowest_class"})
"""Nothing mends these: no warning, no signature, no later day."""

NOTHING_RECORDED = frozenset({"cn/pipl/art47_freeze"})
"""These pass because there is no record."""

SYNTHETIC = frozenset(
    {"cn/order_130/art21_rematch", "cn/order_130/art20_high_risk_care", "cn/order_175/unnumbered_sales_list"}
)
"""The drawn sales have acts without records for these; their scenarios look at the leaves."""


def findings() -> Iterator[Finding]:
    for case in cases(1500, seed=11):
        yield from RULES.decide(facts(case), at=NOW, as_of=NOW, known_at=NOW).findings


FOUND = tuple(set(findings()))


@pytest.fixture(params=sorted({f.rule for f in FOUND}))
def of_rule(request: pytest.FixtureRequest) -> list[Finding]:
    """All findings of one rule."""
    return [f for f in FOUND if f.rule == request.param]


def test_the_reason_is_given_in_chinese_and_in_english(of_rule: list[Finding]) -> None:
    for finding in of_rule:
        assert CHINESE.search(finding.reason_zh), finding
        assert re.search(r"[a-z]{2}", finding.reason_en), finding
        assert not CHINESE.search(finding.reason_en), finding
        for reason in (finding.reason_en, finding.reason_zh):
            assert reason == reason.strip()
            assert not re.search(r"None|[a-z]_[a-z]+\.[a-z]|0x|<.*>", reason), finding


def test_the_article_is_cited(of_rule: list[Finding]) -> None:
    for finding in of_rule:
        cited = finding.citation
        assert cited.norm
        assert cited.title
        assert ARTICLE.fullmatch(cited.article), finding
        assert cited.status in {"confirmed", "unconfirmed"}
        assert cited.url or cited.status == "unconfirmed", finding


def test_what_stands_in_the_way_says_what_would_mend_it(of_rule: list[Finding]) -> None:
    for finding in of_rule:
        if finding.outcome in (Outcome.FAIL, Outcome.NEEDS_EVIDENCE):
            closed = "closed" in finding.reason_en
            assert finding.condition or finding.rule in ABSOLUTE or closed, finding
        else:
            assert finding.condition is None, finding
        if finding.condition is not None:
            en, zh = finding.condition
            assert re.search(r"[a-z]{2}", en), finding
            assert not CHINESE.search(en), finding
            assert CHINESE.search(zh), finding
            assert "None" not in zh, finding


def test_what_passes_or_fails_rests_on_records(of_rule: list[Finding]) -> None:
    for finding in of_rule:
        if finding.outcome in (Outcome.PASS, Outcome.FAIL) and finding.rule not in NOTHING_RECORDED | SYNTHETIC:
            assert finding.rests_on, finding
        assert all(re.fullmatch(r"[0-9a-f]{64}", leaf) for leaf in finding.rests_on)
        assert len(set(finding.rests_on)) == len(finding.rests_on)
