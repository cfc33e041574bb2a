from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.instants import SHANGHAI, day_of, from_text, months_after, require_utc, to_text, years_after

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_an_instant_is_written_with_six_decimals_and_z() -> None:
    assert to_text(NOON) == "2026-03-02T12:00:00.000000Z"
    assert to_text(NOON.replace(microsecond=7)) == "2026-03-02T12:00:00.000007Z"
    assert to_text(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00.000Z",
        "2026-3-2T12:00:00.000000Z",
        "2026-03-02t12:00:00.000000z",
        "2026-03-02T12:00:00.000000+00:00",
        "2026-03-02 12:00:00.000000Z",
        "2026-03-02T24:00:00.000000Z",
        "2026-02-29T12:00:00.000000Z",
        "٢٠٢٦-03-02T12:00:00.000000Z",
        "2026-03-02T12:00:00.000000Z\n",
        "",
    ],
)
def test_only_that_form_is_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not written as|does not match|day is out of range|unconverted"):
        from_text(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_survives_the_wire(at: datetime) -> None:
    assert from_text(to_text(at)) == at


@pytest.mark.parametrize("at", [NOON.replace(tzinfo=None), NOON.astimezone(SHANGHAI)])
def test_an_instant_that_is_not_utc_is_refused(at: datetime) -> None:
    for function in (require_utc, to_text, day_of, lambda a: years_after(a, 1)):
        with pytest.raises(ValueError, match="is not UTC; pass an aware UTC datetime"):
            function(at)


def test_another_name_for_utc_is_utc() -> None:
    assert to_text(NOON.replace(tzinfo=timezone(timedelta(0)))) == to_text(NOON)


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert day_of(midnight - timedelta(microseconds=1)) == date(2026, 3, 1)
    assert day_of(midnight) == date(2026, 3, 2)


def test_years_are_counted_on_the_wall_clock_of_shanghai() -> None:
    assert years_after(NOON, 3) == NOON.replace(year=2029)
    assert years_after(NOON, -1) == NOON.replace(year=2025)


def test_a_leap_day_becomes_the_28th_of_february() -> None:
    leap = datetime(2028, 2, 28, 17, 0, tzinfo=UTC)  # 29 February, one in the morning, in Shanghai
    assert years_after(leap, 1) == datetime(2029, 2, 27, 17, 0, tzinfo=UTC)
    assert years_after(leap, 4) == datetime(2032, 2, 28, 17, 0, tzinfo=UTC)


def test_a_year_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="year"):
        years_after(NOON, 9000)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2026-06-30", 6, "2026-12-30"),
        ("2026-07-15", 6, "2027-01-15"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-02", 0, "2026-03-02"),
        ("2026-03-02", 24, "2028-03-02"),
    ],
)
def test_months_later_stay_in_their_month(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == later
