"""Part of step 14: what was read of a paper before it was signed, and the shortest time that policy demanded."""

from datetime import timedelta
from typing import Any

from verifier import record
from verifier.errors import UndecidedError, VerificationError
from verifier.record import Record
from verifier.steps.case import Case

READ, ROLE, SECOND = "document.page_read", "read", timedelta(seconds=1)
PRESENTED = ("disclosure.presented", "contract.presented")


def require(case: Case, now: Record, shown: str) -> None:
    """Hold the readings that a signature refers to against the paper, and against the minimum that it names."""
    named = {ref.leaf for ref in now.refs if ref.role == ROLE}
    read = [r for r in case.of(READ, stream=now.stream) if r.leaf_sha256 in named and r.seq < now.seq]
    if len(read) != len(named):
        raise UndecidedError("reading_missing", "the bundle does not hold every reading that the signature refers to")
    seconds: dict[int, int] = {}
    pages: set[int] = set()
    for one in read:
        document, page, of, length = case.fields(one, "document", "page", "pages", "seconds")
        whole = all(type(number) is int for number in (page, of, length))
        if document != shown or not whole or not 0 < page <= of or length < 0:
            raise VerificationError("other_reading", "a reading is of another paper, or of no page of it")
        seconds[page] = seconds.get(page, 0) + length
        pages.add(of)
    if len(pages) > 1:
        raise VerificationError("other_reading", "the readings count the pages of one paper differently")
    if "reading" in now.fields:
        (minimum,) = case.fields(now, "reading")
        _require_minimum(case, now, shown, minimum, (max(pages, default=1), seconds))


def _require_minimum(case: Case, now: Record, shown: str, minimum: Any, read: tuple[int, dict[int, int]]) -> None:
    page, total = _minimum(minimum)
    pages, seconds = read
    if page <= 0 and total <= 0:
        return
    if short := [n for n in range(1, pages + 1) if seconds.get(n, 0) < page]:
        raise VerificationError("not_read", "a page was on the screen for less than policy demanded", pages=short)
    if sum(seconds.values()) < total:
        raise VerificationError("not_read", "the paper was on the screen for less than policy demanded")
    presented = [p for p in case.of(*PRESENTED, stream=now.stream) if shown in {d.sha256 for d in p.documents}]
    if not presented:
        raise UndecidedError("reading_missing", "the bundle does not hold the presentation of the signed paper")
    since = record.instant(now.occurred_at, "occurred_at") - record.instant(presented[0].occurred_at, "occurred_at")
    if since // SECOND < max(total, page * pages):
        raise VerificationError("not_read", "less time passed since the paper was presented than policy demanded")


def _minimum(said: Any) -> tuple[int, int]:
    match said:
        case {"ruleset": str(), "page": page, "total": total, **rest} if not rest and type(page) is type(total) is int:
            return page, total
        case _:
            raise VerificationError("bad_member", "reading is not {ruleset, page, total}")
