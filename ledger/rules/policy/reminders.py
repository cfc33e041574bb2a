"""Institution policy: a reminder is rare, about something that waits for the investor, and never pressed on anybody.

Whether the investor may be contacted at all is the law's (募集 art. 29); these bounds come on top of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.decision import Finding
from ledger.domain.instants import to_text
from ledger.rules.law import Parameters
from ledger.rules.rule import failed, passed

INTERVAL = "policy/reminder_interval"
COUNT = "policy/reminders_of_step"
IDLE = "policy/reminder_after"
BEFORE_END = "policy/reminder_before_end"

PROVISIONS = ((INTERVAL,), (COUNT,))
"""What each finding rests on."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a sale that went out or waits to: ``about`` a step, or an invitation; ``leaf`` its record."""

    leaf: str
    about: str
    at: datetime


def judge(earlier: Sequence[Told], about: str, parameters: Parameters, at: datetime) -> tuple[Finding, ...]:
    """Return the findings on reminding now of this; ``earlier`` are the messages of the same sale, oldest first."""
    return (_interval(earlier, parameters, at), _count(earlier, about, parameters))


def idle(since: datetime, parameters: Parameters, at: datetime) -> bool:
    """Tell whether so long nothing came from the investor that the service reminds without being asked."""
    return at >= parameters.periods[IDLE].after(since)


def ends_soon(valid_until: datetime, parameters: Parameters, at: datetime) -> bool:
    """Tell whether what is valid until then ends soon, and has not ended."""
    return at < valid_until <= parameters.periods[BEFORE_END].after(at)


def _interval(earlier: Sequence[Told], parameters: Parameters, at: datetime) -> Finding:
    by = parameters.periods[INTERVAL]
    opens = by.after(earlier[-1].at) if earlier else at
    if at >= opens:
        return passed(INTERVAL, by, "enough time has passed since the message before", "距上次消息已满规定间隔")
    return failed(
        INTERVAL,
        by,
        f"the last message went out too short a time ago: the next may at {to_text(opens)}",
        "距上次消息未满规定间隔，不得频繁提醒",
        rests_on=(earlier[-1].leaf,),
        condition=(f"wait until {to_text(opens)}", f"请等待至{to_text(opens)}"),
        changes_at=opens,
    )


def _count(earlier: Sequence[Told], about: str, parameters: Parameters) -> Finding:
    by = parameters.counts[COUNT]
    same = tuple(told.leaf for told in earlier if told.about == about)
    if len(same) < by.number:
        return passed(COUNT, by, f"{len(same)} of {by.number} reminders of this step", f"该步骤已提醒{len(same)}次")
    return failed(
        COUNT,
        by,
        f"the investor was reminded of this step {len(same)} times, and {by.number} is the limit",
        f"该步骤已提醒{len(same)}次，达到上限{by.number}次",
        rests_on=same,
        condition=("wait until the investor goes on or gets in touch", "请等待投资者继续办理或主动联系"),
    )
