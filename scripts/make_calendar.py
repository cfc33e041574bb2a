"""Write the rows of the working-day calendar from the library `chinesecalendar`; run again when it knows a new year.

Usage: python -m scripts.make_calendar > ledger/rulesets/cn/holiday_notices/unnumbered_working_days.toml
"""

from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

FIRST = 2014
HEAD = """# Made by scripts/make_calendar.py from the library chinesecalendar; a test holds the two together.
description = "Weekdays off and weekend days that are working days, by year of the State Council's notice"
unit = "calendar_year"
term = "国务院办公厅关于部分节假日安排的通知"
stricter = "fixed"

[[value]]
from = 2014-08-21
force = "binding"
status = "unconfirmed"
checked_on = 2026-11-22
note = "as the library chinesecalendar 1.11.0 has it; a year without a row has not been published"

[value.citation]
norm = "holiday_notices"
article = "unnumbered"
url = ""
"""


def rows() -> dict[int, tuple[list[str], list[str]]]:
    """Return for each published year the weekdays off and the weekend days on, as MM-DD."""
    last = max(*holidays, *workdays).year
    found: dict[int, tuple[list[str], list[str]]] = {year: ([], []) for year in range(FIRST, last + 1)}
    day = date(FIRST, 1, 1)
    while day.year <= last:
        works, weekend = chinese_calendar.is_workday(day), day.isoweekday() > 5  # noqa: PLR2004 - Friday
        if works is weekend:  # a weekend day on which one works, or a weekday on which one does not
            found[day.year][1 if works else 0].append(f"{day:%m-%d}")
        day += timedelta(days=1)
    return found


def main() -> None:
    """Print the whole file."""
    print(HEAD, end="")
    for year, (off, on) in rows().items():
        print(f"\n[[value.items]]\nyear = {year}")
        for name, days in (("off", off), ("on", on)):
            print(f"{name} = [{', '.join(repr(d) for d in days)}]".replace("'", '"'))


if __name__ == "__main__":
    main()
