"""Which assessment a reported change of circumstances ends on the chain."""

from collections.abc import Mapping
from datetime import timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Event, Value
from ledger.services.chain_writes import _endings
from tests.fakes import START

ACTOR = Actor("0" * 32, Role.SYSTEM)
INVESTOR = "1" * 64
HOUR = timedelta(hours=1)


def told(*happened: tuple[str, int]) -> list[tuple[int, str, str, int]]:
    """Of one stream by mark (``a…`` an assessment, ``c…`` a change) and hour; (index, change, assessment, hour)."""
    types: Mapping[str, str] = {"a": "assessment.completed", "c": "investor.changed", "x": "assessment.notified"}
    fields: Mapping[str, Value] = {}
    events = [
        Event(types[mark[0]], INVESTOR, n, 10 + n, mark, ACTOR, START + hour * HOUR, START + hour * HOUR, fields)
        for n, (mark, hour) in enumerate(happened)
    ]
    found = list(_endings(events))
    assert {end.investor for _, end in found} <= {INVESTOR}
    return [(index, end.leaf, end.assessment, (end.ended_at - START) // HOUR) for index, end in found]


def test_a_change_ends_the_assessment_before_it_once() -> None:
    assert told(("a1", 0), ("x", 1), ("c1", 2), ("c2", 3)) == [(12, "c1", "a1", 2)]


def test_a_change_before_any_assessment_ends_nothing() -> None:
    assert told(("c1", 0), ("a1", 1)) == []


def test_who_is_assessed_again_has_that_ended_by_the_next_change() -> None:
    assert told(("a1", 0), ("c1", 1), ("a2", 2), ("c2", 3)) == [(11, "c1", "a1", 1), (13, "c2", "a2", 3)]


def test_only_the_last_assessment_is_ended_and_its_own_instant_counts() -> None:
    assert told(("a1", 0), ("a2", 1), ("c1", 1)) == [(12, "c1", "a2", 1)]


def test_a_change_that_happened_before_an_assessment_does_not_end_it() -> None:
    assert told(("a1", 0), ("a2", 5), ("c1", 3)) == [(12, "c1", "a1", 3)]
