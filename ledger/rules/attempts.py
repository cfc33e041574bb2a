"""One attempt at a questionnaire: what the rules on attempts look at, and how earlier ones are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.instants import day_of, years_after
from ledger.domain.investor import InvestorState
from ledger.rules import calendar


@dataclass(frozen=True, slots=True)
class Attempt:
    """``institution``: the kind of institution that asks; ``device``: on which the answers are given."""

    investor: InvestorState
    questionnaire: str
    device: str
    institution: str

    @property
    def scored(self) -> tuple[datetime, ...]:
        """When the investor got a result before, in order of time."""
        return tuple(sorted(a.at for a in self.investor.upkeep.attempts if a.scored))


def in_day(moments: Sequence[datetime], at: datetime) -> tuple[int, datetime]:
    """Count what fell on the Shanghai day of ``at``, and return when that day is over."""
    day = day_of(at)
    return sum(1 for m in moments if day_of(m) == day), calendar.ends(day)


def in_year(moments: Sequence[datetime], at: datetime, limit: int) -> tuple[int, datetime | None]:
    """Count what is less than 12 months old, and return when the count falls below ``limit``, if it is not."""
    recent = [m for m in moments if m <= at < years_after(m, 1)]
    return len(recent), years_after(recent[-limit], 1) if 0 < limit <= len(recent) else None
