"""What is kept with a state is what judging it again would give, at every instant and in every company."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import day_of
from ledger.errors import CallerError
from ledger.rules import Rules, load
from ledger.rules.registry import RULES as REGISTRY
from ledger.rules.replay import canonical
from ledger.rules.rule import INVESTOR, PRODUCT, Rule
from tests.rules import world
from tests.rules.test_changes_at import aged
from tests.searching import examples

RULES = load()
NOW = world.NOW
ALONE = [rule for rule in REGISTRY if rule.alone]
REGIMES = ("cn_private_fund", "cn_am_plan")
DAY = timedelta(days=1)


class Watched:
    """Facts that note which of them a rule looks at."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.looked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.looked.add(name)
        return getattr(self.facts, name)


def fresh(known: Facts) -> Facts:
    """Return the same facts about states that nobody has judged yet."""
    return replace(known, investor=replace(known.investor), product=replace(known.product))


def decided(rules: Rules, known: Facts, at: Any) -> bytes | str:
    try:
        return canonical(rules.decide(known, at=at, as_of=at, known_at=at))
    except CallerError as error:
        return error.message


def test_some_rules_look_at_one_state_alone() -> None:
    assert {rule.alone for rule in ALONE} == {PRODUCT, INVESTOR}
    assert all(rule.decides for rule in ALONE)


@examples(60)
@given(aged(), st.sampled_from(REGIMES))
def test_a_rule_that_says_so_looks_at_nothing_else(known: Facts, regime: str) -> None:
    known = replace(known, product=replace(known.product, regime=regime))
    parameters = RULES._on(day_of(NOW)).parameters
    for rule in ALONE:
        if regime in rule.regimes:
            watched = Watched(known)
            try:
                rule.judge(cast("Facts", watched), parameters, NOW)
            except CallerError:
                continue
            assert watched.looked <= {rule.alone, "step"}, rule.key


@examples(60)
@given(aged(), st.integers(0, 999))
def test_what_it_finds_is_the_same_to_the_letter_until_its_instant(known: Facts, part: int) -> None:
    parameters = RULES._on(day_of(NOW)).parameters
    for rule in ALONE:
        try:
            now = rule.judge(known, parameters, NOW)
        except CallerError:
            continue
        ends = now.changes_at if now.changes_at is not None and now.changes_at > NOW else NOW + 1500 * DAY
        for later in (NOW + (ends - NOW) // 1000 * part, ends - timedelta(microseconds=1)):
            assert rule.judge(known, parameters, later) == now, rule.key


@examples(40)
@given(aged(), aged(), st.lists(st.integers(0, 900), min_size=2, max_size=6))
def test_questions_in_any_order_and_company_are_answered_as_if_for_the_first_time(
    one: Facts, other: Facts, days: list[int]
) -> None:
    mixed = replace(one, product=other.product, sale=None)
    for after in days:
        for known in (one, mixed, other):
            at = NOW + after * DAY
            assert decided(RULES, known, at) == decided(RULES, fresh(known), at)


def test_another_law_finds_anew() -> None:
    files = RULES.files()
    name = "policy/default/assessment_validity.toml"
    shorter = Rules.from_files({**files, name: files[name].replace('amount = "1"', 'amount = "0"')})
    known = world.facts(None)
    assert decided(RULES, known, NOW) != decided(shorter, known, NOW)
    assert decided(shorter, known, NOW) == decided(shorter, fresh(known), NOW)


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.key)
def test_the_kept_finding_is_in_its_place(rule: Rule) -> None:
    if "cn_private_fund" not in rule.regimes:
        return
    known = world.facts(None)
    first = RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW).findings
    again = RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW).findings
    assert [f.rule for f in again] == [f.rule for f in first]
    assert _of(again, rule) is _of(first, rule)
    assert _of(RULES.decide(fresh(known), at=NOW, as_of=NOW, known_at=NOW).findings, rule) is not _of(first, rule)


def test_what_is_kept_takes_no_part_in_equality_and_is_not_copied() -> None:
    known = world.facts(None)
    RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW)
    assert known.product.judged
    assert known.product == world.product()
    assert not replace(known.product).judged
    assert "judged" not in {f.name for f in fields(known.product)}


def _of(findings: tuple[Finding, ...], rule: Rule) -> Finding:
    (found,) = [f for f in findings if f.rule == rule.key]
    return found
