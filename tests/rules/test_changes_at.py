"""Every finding tells the first instant at which time alone can change it: before that instant nothing changes."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.decision import Facts
from ledger.domain.instants import day_of, start_of
from ledger.errors import CallerError
from ledger.rules import load
from tests.rules import world
from tests.searching import examples

RULES = load()
NOW = world.NOW
TICK = timedelta(microseconds=1)
LIFETIME = timedelta(days=1500)
KINDS = ("natural_person", "institution", "product")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@st.composite
def aged(draw: st.DrawFn) -> Facts:
    """Draw the world with every instant and day in it moved: what happened earlier, what ends at any time."""
    known: Facts = _aged(draw, world.facts(draw(st.sampled_from([None, "opened_at", "paid_at"]))), "")
    level, kind = draw(st.sampled_from(["R1", "R3", "R5"])), draw(st.sampled_from(KINDS))
    investor = replace(known.investor, kind=kind)
    if draw(st.booleans()):
        investor = replace(investor, assessments=(), certifications=())
    return replace(known, investor=investor, product=replace(known.product, risk_level=level, manager_risk_level="R1"))


def _aged(draw: st.DrawFn, state: Any, name: str) -> Any:
    if isinstance(state, datetime):
        ends = name.endswith("until")
        moved = timedelta(days=draw(st.integers(-400, 400) if ends else st.integers(-1300, 0)))
        return NOW + moved + TICK * draw(st.integers(-1, 1)) * ends
    if isinstance(state, str) and name != "version" and _DAY.fullmatch(state):
        return (day_of(NOW) + timedelta(days=draw(st.integers(-40, 40)))).isoformat()
    if isinstance(state, tuple):
        return tuple(_aged(draw, entry, name) for entry in state)
    if isinstance(state, MappingProxyType):
        return MappingProxyType({key: _aged(draw, value, name) for key, value in state.items()})
    if is_dataclass(state) and not isinstance(state, type):
        changed: Any = {f.name: _aged(draw, getattr(state, f.name), f.name) for f in fields(state)}
        return replace(state, **changed)
    return state


@examples(120)
@given(aged(), st.integers(0, 999))
def test_nothing_changes_before_the_instant_that_is_named(known: Facts, part: int) -> None:
    try:
        now = RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW)
    except CallerError:
        return  # these facts are of the future, or contradict each other
    ends = now.changes_at or NOW + LIFETIME
    assert ends > NOW
    for later in (NOW + (ends - NOW) // 1000 * part, ends - TICK):
        then = RULES.decide(known, at=later, as_of=later, known_at=later)
        changed = [
            f"{a.rule}: {a.outcome} → {b.outcome} at {later}, not before {a.changes_at}"
            for a, b in zip(now.findings, then.findings, strict=True)
            if a.outcome is not b.outcome
        ]
        assert not changed


@examples(120)
@given(aged())
def test_each_finding_holds_until_its_own_instant(known: Facts) -> None:
    try:
        now = RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW)
    except CallerError:
        return
    for finding in now.findings:
        if finding.changes_at is None or finding.changes_at <= NOW:
            continue
        later = finding.changes_at - TICK
        then = RULES.decide(known, at=later, as_of=later, known_at=later, law_date=day_of(NOW))
        (same,) = [f for f in then.findings if f.rule == finding.rule]
        assert same.outcome is finding.outcome, f"{finding} became {same}"


@pytest.mark.parametrize("day", [-1, 0, 1])
def test_the_first_day_of_sale_is_an_instant_too(day: int) -> None:
    product = replace(world.product(), listed_from=(day_of(NOW) + timedelta(days=day)).isoformat())
    decision = RULES.decide(replace(world.facts(None), product=product), at=NOW, as_of=NOW, known_at=NOW)
    (finding,) = [f for f in decision.findings if f.rule == "cn/order_175/unnumbered_sales_list"]
    assert finding.changes_at == (start_of(day_of(NOW) + timedelta(days=1)) if day == 1 else None)
