"""金融机构产品适当性管理办法: at most so many tests a day and in 12 months, at institutions that NFRA licenses."""

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.decision import Finding
from ledger.domain.instants import to_text
from ledger.rules.attempts import Attempt, in_day, in_year
from ledger.rules.law import Count, Parameters
from ledger.rules.rule import failed, not_applicable, passed

DAY = "cn/nfra_suitability/unnumbered_tests_in_day"
YEAR = "cn/nfra_suitability/unnumbered_tests_in_year"
BOUND = "cn/nfra_suitability/unnumbered_institutions"
PROVISIONS = ((DAY, BOUND), (YEAR, BOUND))
"""What each finding rests on, its own provision first."""


def judge(attempt: Attempt, parameters: Parameters, at: datetime) -> Iterator[Finding]:
    """Both limits, where the order is in force and binds the institution or the investor's channel."""
    bound = parameters.lists.in_force(BOUND)
    if bound is None:
        return
    today, tomorrow = in_day(attempt.scored, at)
    year = parameters.counts[YEAR]
    recent, again = in_year(attempt.scored, at, year.number)
    for by, count, opens in ((parameters.counts[DAY], today, tomorrow), (year, recent, again)):
        if not bound.by_key.keys() & {(attempt.institution,), (attempt.investor.channel,)}:
            yield not_applicable(by.key, by, "the order does not bind this institution", "该办法不适用于本机构")
        else:
            yield _limit(by, count, opens)


def _limit(by: Count, count: int, opens: datetime | None) -> Finding:
    if count < by.number or opens is None:
        return passed(by.key, by, f"{count} of {by.number} tests taken", f"已测评{count}次，上限{by.number}次")
    return failed(
        by.key,
        by,
        f"{count} tests were taken, and {by.number} is the limit until {to_text(opens)}",
        f"已测评{count}次，达到上限{by.number}次",
        condition=(f"ask again at {to_text(opens)}", f"请于{to_text(opens)}后重新测评"),
        changes_at=opens,
    )
