import pytest

from ledger.domain.decision import Answer, Citation, Decision, Facts, Finding, Outcome
from ledger.domain.investor import InvestorState
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from tests.unit.ledger.domain.make import STREAM, at, leaf

CITATION = Citation("私募投资基金监督管理暂行办法", "12", "合格投资者", "https://example.org/105", "confirmed")
UPLOAD = ("upload a proof", "请上传证明材料")
FINDING = Finding("cn.105.art12", Outcome.PASS, CITATION, "Certified.", "已认定。", rests_on=(leaf(1), leaf(2)))
DECISION = Decision(
    question="may_buy",
    investor="1" * 64,
    product="2" * 64,
    sale=None,
    amount=Money.parse("1000000.00"),
    fee=None,
    answer=Answer.CONDITIONAL,
    findings=(FINDING,),
    conditions=(UPLOAD,),
    at=at(0),
    as_of=at(1),
    known_at=at(2),
    law_date="2026-03-02",
    ruleset="3" * 64,
    engine="4" * 64,
    changes_at=at(3),
    unconfirmed=("cn.105.art12",),
)


def test_a_finding_is_written_with_its_article_and_both_languages() -> None:
    assert FINDING.as_json() == {
        "rule": "cn.105.art12",
        "outcome": "PASS",
        "citation": {
            "norm": "私募投资基金监督管理暂行办法",
            "article": "12",
            "title": "合格投资者",
            "url": "https://example.org/105",
            "status": "confirmed",
        },
        "reason": {"en": "Certified.", "zh": "已认定。"},
        "rests_on": [leaf(1), leaf(2)],
    }


def test_a_finding_says_what_would_help_and_when_it_may_change_only_if_it_knows() -> None:
    wire = FINDING._replace(outcome=Outcome.NEEDS_EVIDENCE, condition=UPLOAD, changes_at=at(3)).as_json()
    assert wire["outcome"] == "NEEDS_EVIDENCE"
    assert wire["condition"] == {"en": "upload a proof", "zh": "请上传证明材料"}
    assert wire["changes_at"] == "2026-03-02T01:03:00.000000Z"
    assert not {"condition", "changes_at"} & FINDING.as_json().keys()


def test_a_decision_is_written_whole() -> None:
    assert DECISION.as_json() == {
        "question": "may_buy",
        "investor": "1" * 64,
        "product": "2" * 64,
        "sale": None,
        "amount": {"amount": "1000000.00", "currency": "CNY"},
        "fee": None,
        "answer": "conditional",
        "findings": [FINDING.as_json()],
        "conditions": [{"en": "upload a proof", "zh": "请上传证明材料"}],
        "at": "2026-03-02T01:00:00.000000Z",
        "as_of": "2026-03-02T01:01:00.000000Z",
        "known_at": "2026-03-02T01:02:00.000000Z",
        "law_date": "2026-03-02",
        "ruleset": "3" * 64,
        "engine": "4" * 64,
        "changes_at": "2026-03-02T01:03:00.000000Z",
        "unconfirmed": ["cn.105.art12"],
    }


def test_a_decision_that_time_alone_never_changes_says_so() -> None:
    assert DECISION._replace(changes_at=None).as_json()["changes_at"] is None


def test_a_decision_at_an_instant_that_is_not_utc_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="is not UTC"):
        DECISION._replace(known_at=at(0).replace(tzinfo=None)).as_json()


def test_facts_need_no_sale() -> None:
    facts = Facts(InvestorState(STREAM), ProductState(STREAM))
    assert (facts.sale, facts.amount, facts.step, facts.actor, dict(facts.inputs)) == (None, None, None, None, {})
