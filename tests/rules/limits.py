"""Change one value of the law by its smallest step, and see whether a scenario notices."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from ledger.errors import LedgerError
from ledger.rules import Rules, load
from ledger.rules.cells import ranks
from ledger.rules.law import Count, Limit, Listing, Parameters, Period, Provision
from ledger.rules.loader import parse, read
from ledger.rules.values import Item, Kind, Parameter
from scripts.law_uses import FORMS, Uses, uses
from tests.rules import test_attempts, test_dated, test_scenarios

ROOT = Path(__file__).parents[2]
LAW = parse(read())
RULES = load()
FEN = Decimal("0.01")
NAMES = frozenset({"n", "year"})  # integers that number rows and limit nothing
ATTEMPTS = {"ledger/rules/policy/retakes.py", "ledger/rules/cn/nfra_suitability/unnumbered_tests.py"}
RUNNERS: dict[str, Any] = {"scenarios": test_scenarios, "dated": test_dated, "attempts.toml": test_attempts}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A law with one value changed; ``what`` says which, for the name of the test."""

    key: str
    what: str
    change: Callable[[Provision], Provision]


def numbers() -> Iterator[Mutant]:
    """Yield every number that counts, one step lower and one step higher. A number under a policy is not reached."""
    for parameter in _own():
        if parameter.unit.kind in {Kind.MONEY, Kind.COUNT, Kind.PERIOD}:
            step = FEN if parameter.unit.kind is Kind.MONEY else Decimal(1)
            for sign in (-1, 1):
                yield Mutant(parameter.key, f"{parameter.unit.name} {sign * step:+}", _moved(sign * step))


def cells() -> Iterator[Mutant]:
    """Yield every number and every ranked word in a list, changed."""
    for parameter in _own():
        for place, item in enumerate(parameter.values[-1].items):
            for column, form in (parameter.unit.columns or {}).items():
                row = " ".join(str(item[c]) for c in parameter.unit.key)
                for value in _others(item, column, form):
                    yield Mutant(parameter.key, f"{row}: {column} = {value}", _put(place, column, value))


def rows() -> Iterator[Mutant]:
    """Yield every row of a list, left out."""
    for parameter in _own():
        items = parameter.values[-1].items
        for place, item in enumerate(items if len(items) > 1 else ()):
            row = " ".join(str(item[c]) for c in parameter.unit.key)
            yield Mutant(parameter.key, f"without {row}", _without(place))


def noticed(mutant: Mutant) -> str | None:
    """Return the first scenario that no longer holds under the mutant; ``None`` when all of them hold."""
    for place, runner, case in _cases(mutant.key):
        with _under(mutant, runner.RULES):
            try:
                runner.test_scenario(case)
            except (AssertionError, LedgerError, pytest.fail.Exception, KeyError, ValueError):
                return f"{place}: {case['name']}"
    return None


def covering() -> Uses:
    """Return which tests cover which parameter, as the page for lawyers has it."""
    return _uses()


def _own() -> Iterator[Parameter]:
    for key, parameter in LAW.parameters.items():
        if parameter.restricts is None and not key.startswith(FORMS):
            yield parameter


@cache
def _uses() -> Uses:
    return uses(ROOT, LAW, LAW.parameters)


@cache
def _cases(key: str) -> tuple[tuple[str, Any, dict[str, Any]], ...]:
    overlay = LAW.overlays.get(key)
    tests = {*_uses().tests[key], *(() if overlay is None else _uses().tests[overlay.key])}
    tests |= {"tests/rules/attempts.toml"} if ATTEMPTS & {*_uses().modules[key]} else set()
    found: list[tuple[str, Any, dict[str, Any]]] = []
    for path in sorted(t for t in tests if t.endswith(".toml")):
        inside = path.removeprefix("tests/rules/")
        runner = RUNNERS.get(inside.split("/")[0])
        content = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))
        head = {"rule": content.get("rule", ""), "kind": content.get("kind", "")}
        kept = ("kind",) if runner is test_dated else ("rule",) if runner is test_scenarios else ()
        own = {**{k: head[k] for k in kept}, **(content.get("common", {}) if runner is test_scenarios else {})}
        found += [(inside, runner, {**own, **case}) for case in content["case"]]
    return tuple(found)


@contextmanager
def _under(mutant: Mutant, rules: Rules) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for plan in rules._plans:
            known = plan.parameters.provisions.get(mutant.key)
            if known is not None:
                patch.setattr(plan.parameters, "derived", {})
                for shelf in _shelves(plan.parameters, mutant.key):
                    patch.setitem(shelf, mutant.key, mutant.change(known))
        yield


def _shelves(parameters: Parameters, key: str) -> list[Any]:
    every = (parameters.provisions, parameters.limits, parameters.counts, parameters.periods, parameters.lists)
    return [shelf for shelf in every if key in shelf]


def _moved(step: Decimal) -> Callable[[Provision], Provision]:
    def change(known: Provision) -> Provision:
        match known:
            case Limit():
                return replace(known, money=replace(known.money, amount=known.money.amount + step))
            case Period():
                return replace(known, number=known.number + int(step))
            case Count():
                return replace(known, number=known.number + int(step))
            case _:
                raise TypeError(f"{known.key} is no number")

    return change


def _put(place: int, column: str, value: object) -> Callable[[Provision], Provision]:
    return lambda known: _listing(
        known, lambda items: [*items[:place], {**items[place], column: value}, *items[place + 1 :]]
    )


def _without(place: int) -> Callable[[Provision], Provision]:
    return lambda known: _listing(known, lambda items: [*items[:place], *items[place + 1 :]])


def _listing(known: Provision, change: Callable[[list[Item]], list[Any]]) -> Provision:
    assert isinstance(known, Listing)
    items = tuple(change(list(known.items)))
    names = LAW.parameters[known.key].unit.key
    by_key = MappingProxyType({tuple(item[c] for c in names): item for item in items})
    return replace(known, items=items, by_key=by_key)


def _others(item: Item, column: str, form: str) -> list[object]:
    value = item[column]
    if form == "integer" and column not in NAMES:
        assert isinstance(value, int)
        return [value - 1, value + 1]
    if form.startswith("rank:"):
        return [word for word in ranks(form) if word != value]
    return []
