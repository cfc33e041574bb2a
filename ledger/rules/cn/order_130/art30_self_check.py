"""130号令 art. 30: the institution checks itself every half-year; what it finds goes to the local CSRC office."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from ledger.domain.instants import day_of
from ledger.errors import CallerError
from ledger.rules import calendar
from ledger.rules.obligations import Book, Law, Obligation

KEY = "cn/order_130/art30_self_check"
DAYS = "policy/self_check_days"
PERIOD = re.compile(r"(?P<year>[0-9]{4})-H(?P<half>[12])")
JULY = 7


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a half-year such as ``2026-H1``; `CallerError` otherwise."""
    match = PERIOD.fullmatch(period)
    if match is None or int(match["year"]) == 0:
        raise CallerError(
            f"{period!r} is not a half-year: write it as 2026-H1 or 2026-H2", "半年度格式应为 2026-H1 或 2026-H2"
        )
    year = int(match["year"])
    if match["half"] == "1":
        return date(year, 1, 1), date(year, 6, 30)
    return date(year, JULY, 1), date(year, 12, 31)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """One report for each half-year that began while the institution was registered, the running one included."""
    registered = book.oversight.registered_at
    if registered is None:
        return
    period, now = _period(day_of(registered)), day_of(at)
    while True:
        first, last = days_of(period)
        if first > now:
            return
        parameters = law(max(registered, calendar.begins(first)))
        by = parameters.duties.in_force(KEY)
        if by is not None:
            yield _of(book, period, max(registered, calendar.begins(first)), law)
        period = _period(day_of(calendar.ends(last)))


def _of(book: Book, period: str, since: datetime, law: Law) -> Obligation:
    parameters = law(since)
    made = [c for c in book.oversight.self_checks if c.period == period]
    whole = [c for c in made if not c.problems or c.reported_on is not None]
    first = min(whole, key=lambda c: (c.at, c.leaf), default=None)
    unreported = ("problems were found and not reported", "发现问题但尚未报告") if made and not whole else None
    return Obligation(
        "self_check",
        parameters.duties[KEY],
        book.oversight.stream,
        "institution",
        since,
        calendar.ends(days_of(period)[1]) + parameters.periods[DAYS].span(),
        (
            "a self-check report of the half-year, with problems reported to the local CSRC office",
            "半年度适当性自查报告，发现问题的向当地证监局报告",
        ),
        None if first is None else first.at,
        None if first is None else first.leaf,
        tuple(c.leaf for c in made),
        period,
        detail=unreported,
    )


def _period(day: date) -> str:
    return f"{day.year:04d}-H{2 if day.month >= JULY else 1}"
