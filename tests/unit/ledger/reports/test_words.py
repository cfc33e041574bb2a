from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ledger.domain.money import Money
from ledger.reports import words


@pytest.mark.parametrize(
    ("amount", "zh"),
    [
        ("0", "人民币零元整"),
        ("1", "人民币壹元整"),
        ("10", "人民币壹拾元整"),
        ("105", "人民币壹佰零伍元整"),
        ("1010", "人民币壹仟零壹拾元整"),
        ("10000", "人民币壹万元整"),
        ("100500", "人民币壹拾万零伍佰元整"),
        ("1000000", "人民币壹佰万元整"),
        ("1230000.50", "人民币壹佰贰拾叁万元伍角整"),
        ("3000000.05", "人民币叁佰万元零伍分"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角整"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("100000000", "人民币壹亿元整"),
        ("100010001", "人民币壹亿零壹万零壹元整"),
        ("1000000000000", "人民币壹万亿元整"),
    ],
)
def test_renminbi_in_capitals(amount: str, zh: str) -> None:
    assert words.capitals(Money(Decimal(amount))) == zh


def test_another_currency_has_no_capitals() -> None:
    assert words.capitals(Money(Decimal(5), "USD")) == "USD 5.00"


def test_money_is_grouped() -> None:
    assert words.money(Money(Decimal("1234567.5"))) == "CNY 1,234,567.50"


def test_instants_are_in_beijing_time_and_say_so() -> None:
    at = datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)
    assert words.beijing(at) == "2027-01-01 00:00:01 (UTC+8)"
    assert words.day(at) == "2027 年 1 月 1 日"


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("认购已生效:全部完成", "认购已生效：全部完成"),
        ("指引(试行)》,见", "指引（试行）》，见"),
        ("C4 (71)", "C4 (71)"),
        ("2026-11-22 19:58:02, a:b", "2026-11-22 19:58:02, a:b"),
    ],
)
def test_marks_between_ideographs_are_full_width(text: str, typeset: str) -> None:
    assert words.zh(text) == typeset


def test_unknown_words_stay_as_they_are() -> None:
    assert words.risk("R9") == "R9"
    assert words.risk("R5") == "R5 高风险"
    assert words.kind("securities", "contract") == "私募证券投资基金 · 契约型"
    assert words.kind("x", "y") == "x · y"
    assert words.short("ab") == "ab"
