"""Working days of the Chinese calendar, from the ruleset: days off and make-up days come with the law's digest.

The State Council publishes the holidays of a year in a notice near the end of the year before. A year without a row
in `cn/holiday_notices/unnumbered_working_days.toml` is unknown: `Calendar.after` raises `CalendarNotPublishedError`.
`Calendar.provisional` is the documented way on: it takes Monday to Friday as working days and says that it did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ledger.domain.instants import SHANGHAI
from ledger.rules.errors import NotCoveredError
from ledger.rules.law import Listing, Parameters
from ledger.rules.values import texts, whole

KEY = "cn/holiday_notices/unnumbered_working_days"
FRIDAY = 5
ONE = timedelta(days=1)


class CalendarNotPublishedError(NotCoveredError):
    """A working day was asked for in a year whose holidays are not in the ruleset."""

    code = "calendar_not_published"


@dataclass(frozen=True, slots=True)
class Calendar:
    """``years``: for each published year the weekdays off and the weekend days on, as MM-DD."""

    years: Mapping[int, tuple[frozenset[str], frozenset[str]]]

    def works(self, day: date) -> bool:
        """Tell whether it is a working day; `CalendarNotPublishedError` for a year without a notice."""
        known = self.years.get(day.year)
        if known is None:
            raise CalendarNotPublishedError(
                f"has no row for {day.year}: add it from the State Council's notice on holidays",
                file=f"{KEY}.toml",
                key=str(day.year),
            )
        off, on = known
        name = f"{day:%m-%d}"
        return name not in off if day.isoweekday() <= FRIDAY else name in on

    def after(self, day: date, number: int) -> date:
        """Return the ``number``-th working day after ``day``, which itself does not count."""
        while number:
            day += ONE
            number -= self.works(day)
        return day

    def provisional(self, day: date, number: int) -> tuple[date, bool]:
        """As `after`, and whether it rests on Monday to Friday where no notice is published yet."""
        guessed = False
        while number:
            day += ONE
            if day.year in self.years:
                number -= self.works(day)
            else:
                guessed = True
                number -= day.isoweekday() <= FRIDAY
        return day, guessed


def of(parameters: Parameters) -> Calendar:
    """Read the calendar of a day's law."""
    return read(parameters.lists[KEY])


def read(listing: Listing) -> Calendar:
    """Read the rows."""
    return Calendar(
        {whole(row, "year"): (frozenset(texts(row, "off")), frozenset(texts(row, "on"))) for row in listing.items}
    )


def begins(day: date) -> datetime:
    """Return the first instant of a Shanghai day."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def ends(day: date) -> datetime:
    """Return the first instant after a Shanghai day."""
    return begins(day + ONE)
