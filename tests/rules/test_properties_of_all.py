"""What must hold of every scenario there is: under stricter values, later ends, in another order, in conflict."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.actors import Actor
from ledger.domain.decision import Answer, Facts, Finding, Outcome
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.rules import Rules, load
from ledger.rules.errors import ConflictingRulesError
from ledger.rules.law import Parameters
from ledger.rules.registry import RULES as REGISTRY
from ledger.rules.replay import canonical
from ledger.rules.rule import Rule
from ledger.rules.values import Kind, Parameter, Stricter
from tests.rules import given as words
from tests.rules import limits
from tests.searching import examples

RULES = load()
HERE = Path(__file__).parent / "scenarios"
SPEAKING = (Outcome.PASS, Outcome.FAIL)
REFUSING = (Outcome.FAIL, Outcome.NEEDS_EVIDENCE)
SILENT = {
    "cn/order_105/art12_experience": "order 105 asks for no years: the file is there for drafts that do",
}
MOVED = [p for p in limits._own() if p.stricter in {Stricter.HIGHER, Stricter.LOWER} and p.unit.kind is not Kind.DUTY]


def scenarios() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(HERE.rglob("*.toml")):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in content["case"]:
            if "error" not in case["then"]:
                asked = {"rule": content.get("rule", ""), **content.get("common", {}), **case}
                yield asked["rule"], asked


ALL = list(scenarios())
DECISIONS = [case for _, case in ALL if case.get("decide")]


def asked(case: Mapping[str, Any]) -> tuple[Facts, datetime]:
    """Return the facts and the instant that a scenario asks about."""
    seen: list[tuple[Facts, datetime]] = []

    class Seen:
        def decide(self, facts: Facts, *, at: datetime, as_of: datetime, known_at: datetime) -> Any:
            del as_of, known_at
            seen.append((facts, at))
            return RULES.decide(facts, at=at, as_of=at, known_at=at)

        def permit(self, facts: Facts, step: Step, actor: Actor, at: datetime) -> tuple[Finding, ...]:
            seen.append((replace(facts, step=step, actor=actor), at))
            return ()

    words.ask(Seen(), case)  # type: ignore[arg-type] # it only listens
    (heard,) = seen
    return heard


def allowed(rules: Rules, case: Mapping[str, Any]) -> bool:
    answer, findings = words.ask(rules, case)
    if answer is not None:
        return answer == Answer.ELIGIBLE
    return not any(f.outcome in REFUSING for f in findings)


def decision(facts: Facts, at: datetime) -> Any:
    return RULES.decide(facts, at=at, as_of=at, known_at=at)


@examples(120)
@given(st.sampled_from(ALL), st.lists(st.tuples(st.sampled_from(MOVED), st.integers(1, 40)), min_size=1, max_size=5))
def test_no_stricter_value_allows_what_the_law_refuses(
    scenario: tuple[str, dict[str, Any]], moves: list[tuple[Parameter, int]]
) -> None:
    case = scenario[1]
    law = allowed(RULES, case)
    with ExitStack() as stack:
        for parameter, far in {p.key: (p, n) for p, n in moves}.values():
            stack.enter_context(limits._under(stricter(parameter, far), RULES))
        assert law or not allowed(RULES, case)


def stricter(parameter: Parameter, far: int) -> limits.Mutant:
    """Move a value in its stricter direction, at most as far as nothing is left."""
    most = int(parameter.values[-1].amount or 0)
    if parameter.stricter is Stricter.LOWER:
        far = -min(far, most)
    return limits.Mutant(parameter.key, f"{far:+}", limits._moved(Decimal(far)))


@examples(120)
@given(st.sampled_from(DECISIONS), st.integers(1, 2000), st.data())
def test_no_later_end_shortens_what_is_valid(case: dict[str, Any], days: int, data: st.DataObject) -> None:
    facts, at = asked(case)
    ends = sorted(set(_ends(facts)))
    one = data.draw(st.sampled_from(ends)) if ends else None
    later = _later(facts, one, timedelta(days=days))
    if decision(facts, at).answer is Answer.ELIGIBLE:
        assert decision(later, at).answer is Answer.ELIGIBLE


def _ends(state: Any) -> Iterator[datetime]:
    if is_dataclass(state) and not isinstance(state, type):
        for field in fields(state):
            value = getattr(state, field.name)
            if field.name.endswith("valid_until") and value is not None:
                yield value
            else:
                yield from _ends(value)
    elif isinstance(state, Mapping):
        yield from (end for value in state.values() for end in _ends(value))
    elif isinstance(state, tuple):
        yield from (end for value in state for end in _ends(value))


def _later(state: Any, one: datetime | None, by: timedelta) -> Any:
    """Move every end that falls on ``one``."""
    if isinstance(state, Mapping):
        return MappingProxyType({k: _later(v, one, by) for k, v in state.items()})
    if isinstance(state, tuple):
        return tuple(_later(v, one, by) for v in state)
    if not is_dataclass(state) or isinstance(state, type | Money | Actor):
        return state
    changed: dict[str, Any] = {}
    for field in fields(state):
        value = getattr(state, field.name)
        ends = field.name.endswith("valid_until") and value is not None
        changed[field.name] = value + by if ends and value == one else value if ends else _later(value, one, by)
    return replace(state, **changed)


@examples(120)
@given(st.sampled_from(DECISIONS), st.randoms(use_true_random=False))
def test_no_decision_depends_on_the_order_of_facts(case: dict[str, Any], shuffle: Random) -> None:
    facts, at = asked(case)
    person, fund = facts.investor, facts.product
    mixed = replace(
        facts,
        investor=replace(
            person,
            assessments=_mixed(person.assessments, shuffle),
            certifications=_mixed(person.certifications, shuffle),
            proofs=_mixed(person.proofs, shuffle),
            holders=_mixed(person.holders, shuffle),
            leaves=_mixed(person.leaves, shuffle),
        ),
        product=replace(
            fund,
            seats=_mixed(fund.seats, shuffle),
            documents=_mixed(fund.documents, shuffle),
            leaves=_mixed(fund.leaves, shuffle),
        ),
    )
    assert canonical(decision(mixed, at)) == canonical(decision(facts, at))


def _mixed(entries: Any, shuffle: Random) -> Any:
    known = list(entries.items() if isinstance(entries, Mapping) else entries)
    shuffle.shuffle(known)
    return MappingProxyType(dict(known)) if isinstance(entries, Mapping) else tuple(known)


@cache
def spoken() -> Mapping[str, list[dict[str, Any]]]:
    """Map each rule to the scenarios in whose decision it says yes or no."""
    found = defaultdict(list)
    for case in DECISIONS:
        for finding in words.ask(RULES, case)[1]:
            if finding.outcome in SPEAKING:
                found[finding.rule].append(case)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("rule", [r for r in REGISTRY if r.decides and r.key not in SILENT], ids=lambda rule: rule.key)
def test_whoever_contradicts_a_rule_that_speaks_is_an_error_and_never_an_answer(rule: Rule) -> None:
    def contradict(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        finding = rule.judge(facts, parameters, at)
        turned = {Outcome.PASS: Outcome.FAIL, Outcome.FAIL: Outcome.PASS}.get(finding.outcome, finding.outcome)
        return finding._replace(rule="cn/other/art1_other", outcome=turned)

    cases = spoken()[rule.key]
    assert cases, "write a scenario in which this rule decides"
    rules = Rules(limits.LAW, registry=(*REGISTRY, replace(rule, key="cn/other/art1_other", judge=contradict)))
    for case in (cases[0], cases[-1]):
        with pytest.raises(ConflictingRulesError, match="cn/other/art1_other says"):
            words.ask(rules, case)


@pytest.mark.parametrize("key", SILENT)
def test_what_is_silent_in_every_decision_is_so_for_its_reason(key: str) -> None:
    assert key in {rule.key for rule in REGISTRY}
    assert spoken()[key] == []
