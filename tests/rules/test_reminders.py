"""Institution policy on reminders: how often, how many of one step, when unasked, and when of something that ends."""

from datetime import timedelta

import pytest

from ledger.domain.decision import Outcome
from ledger.rules import load
from ledger.rules.policy import reminders
from ledger.rules.policy.reminders import Told
from tests.rules import world
from tests.rules.world import NOW

LAW = load().law(NOW)
TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)


def told(*ago: timedelta, about: str = "items") -> tuple[Told, ...]:
    return tuple(Told(world.leaf(f"told {each}"), about, NOW - each) for each in ago)


def refused(earlier: tuple[Told, ...], about: str = "items") -> dict[str, tuple[str, ...]]:
    found = reminders.judge(earlier, about, LAW, NOW)
    assert all(f.reason_zh and f.reason_en for f in found)
    return {f.rule: f.rests_on for f in found if f.outcome is not Outcome.PASS}


def test_the_first_is_allowed() -> None:
    assert refused(()) == {}


@pytest.mark.parametrize(
    ("ago", "barred"), [(timedelta(), True), (24 * HOUR - TICK, True), (24 * HOUR, False), (24 * HOUR + TICK, False)]
)
def test_a_second_message_waits_until_the_interval_is_over(ago: timedelta, *, barred: bool) -> None:
    earlier = told(5 * DAY, ago, about="payment")  # of whatever step: the last one counts
    assert refused(earlier) == ({reminders.INTERVAL: (earlier[-1].leaf,)} if barred else {})
    (interval, _) = reminders.judge(earlier, "items", LAW, NOW)
    assert interval.changes_at == (NOW - ago + 24 * HOUR if barred else None)


@pytest.mark.parametrize(("count", "barred"), [(2, False), (3, True), (4, True)])
def test_a_step_is_reminded_of_three_times_and_no_more(count: int, *, barred: bool) -> None:
    earlier = told(*(DAY * (9 - n) for n in range(count)))
    assert set(refused(earlier)) == ({reminders.COUNT} if barred else set())
    assert refused(earlier, about="contract") == {}, "another step begins anew"


@pytest.mark.parametrize(("ago", "due"), [(48 * HOUR - TICK, False), (48 * HOUR, True), (48 * HOUR + TICK, True)])
def test_the_service_reminds_of_itself_after_two_days(ago: timedelta, *, due: bool) -> None:
    assert reminders.idle(NOW - ago, LAW, NOW) is due


@pytest.mark.parametrize(
    ("left", "soon"), [(timedelta(), False), (TICK, True), (30 * DAY, True), (30 * DAY + TICK, False)]
)
def test_what_ends_within_thirty_days_may_be_reminded_of(left: timedelta, *, soon: bool) -> None:
    assert reminders.ends_soon(NOW + left, LAW, NOW) is soon
