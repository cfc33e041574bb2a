"""The working-day calendar: the same as the library's, counted exactly, and honest about what is not published."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules import calendar, load
from ledger.rules.calendar import CalendarNotPublishedError
from scripts import make_calendar
from tests.rules import world

CALENDAR = calendar.of(load().law(world.NOW))
FILE = Path(__file__).parents[2] / "ledger/rulesets/cn/holiday_notices/unnumbered_working_days.toml"
DAYS = st.dates(date(2014, 1, 1), date(2026, 11, 1))


def test_every_day_is_what_the_library_says() -> None:
    day = date(2014, 1, 1)
    while day.year <= max(CALENDAR.years):
        assert CALENDAR.works(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_the_committed_file_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    make_calendar.main()
    assert capsys.readouterr().out == FILE.read_text(encoding="utf-8"), "run scripts/make_calendar.py again"


@pytest.mark.parametrize("day", [date(2013, 12, 31), date(2027, 1, 1)])
def test_an_unpublished_year_is_an_error_that_names_file_and_year(day: date) -> None:
    with pytest.raises(CalendarNotPublishedError, match=rf"unnumbered_working_days\.toml, {day.year}: has no row"):
        CALENDAR.works(day)


def test_counting_into_an_unpublished_year_is_the_same_error() -> None:
    assert CALENDAR.after(date(2026, 12, 24), 5) == date(2026, 12, 31)
    with pytest.raises(CalendarNotPublishedError):
        CALENDAR.after(date(2026, 12, 24), 6)
    assert CALENDAR.provisional(date(2026, 12, 24), 5) == (date(2026, 12, 31), False)
    assert CALENDAR.provisional(date(2026, 12, 24), 6) == (date(2027, 1, 1), True)


@given(DAYS, st.integers(1, 20))
def test_between_lie_exactly_so_many_working_days(start: date, number: int) -> None:
    end = CALENDAR.after(start, number)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(CALENDAR.works(day) for day in between) == number
    assert CALENDAR.works(end)
    assert CALENDAR.provisional(start, number) == (end, False)


@given(DAYS, st.integers(1, 20))
def test_a_later_start_never_ends_earlier(start: date, number: int) -> None:
    assert CALENDAR.after(start + timedelta(days=1), number) >= CALENDAR.after(start, number)
