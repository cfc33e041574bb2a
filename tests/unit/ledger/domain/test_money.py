from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.money import Money


@pytest.mark.parametrize("text", ["0", "0.5", "0.05", "1", "1000000.00", "999999999999999999.99"])
def test_a_plain_decimal_is_read_and_written_as_it_stood(text: str) -> None:
    assert Money.parse(text).as_json() == {"amount": text, "currency": "CNY"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "01",
        "1.",
        ".5",
        "1.005",
        "1e6",
        "1,000",
        " 1",
        "1\n",
        "NaN",
        "Infinity",
        "٣",
        "1" * 19,
        "1.0.0",
        "0x1",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a plain decimal"):
        Money.parse(text)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-0.01", "-0", "0.001", "1E+18", "1E-3"])
def test_an_amount_that_cannot_be_written_down_is_no_money(amount: str) -> None:
    with pytest.raises(ValueError, match="must be finite, not negative"):
        Money(Decimal(amount))


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYX", "C1Y", "CNY\n", "元人民"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="must be a three-letter ISO 4217 code"):
        Money.parse("1", currency)


def test_an_exponent_is_written_out() -> None:
    assert Money(Decimal("1E+6")).as_json()["amount"] == "1000000"


def test_equal_amounts_are_equal_whatever_their_zeros() -> None:
    assert Money.parse("1") == Money.parse("1.00")
    assert Money.parse("1") != Money.parse("1", "USD")


def test_money_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Money.parse("1").amount = Decimal(2)  # type: ignore[misc]  # that it cannot be done is the test


def test_subtraction_is_exact_and_never_below_zero() -> None:
    assert Money.parse("1000000.01").minus(Money.parse("0.02")) == Money.parse("999999.99")
    assert Money.parse("1").minus(Money.parse("1")) == Money.parse("0")
    with pytest.raises(ValueError, match="not negative"):
        Money.parse("1").minus(Money.parse("1.01"))


def test_at_least_holds_at_the_limit_and_not_a_cent_below() -> None:
    limit = Money.parse("1000000")
    assert Money.parse("1000000.01").at_least(limit)
    assert Money.parse("1000000.00").at_least(limit)
    assert not Money.parse("999999.99").at_least(limit)


def test_currencies_are_never_mixed() -> None:
    yuan, dollar = Money.parse("1"), Money.parse("1", "USD")
    with pytest.raises(ValueError, match="cannot compare CNY with USD: convert first"):
        yuan.minus(dollar)
    with pytest.raises(ValueError, match="cannot compare USD with CNY: convert first"):
        dollar.at_least(yuan)


cents = st.integers(0, 10**20 - 1).map(lambda n: Money(Decimal(n).scaleb(-2)))


@given(cents)
def test_every_amount_survives_the_wire(money: Money) -> None:
    wire = money.as_json()
    assert Money.parse(wire["amount"], wire["currency"]) == money


@given(cents, cents)
def test_one_of_two_amounts_is_at_least_the_other_and_the_difference_is_exact(a: Money, b: Money) -> None:
    more, less = (a, b) if a.at_least(b) else (b, a)
    assert more.minus(less).amount + less.amount == more.amount
