"""Turn a scenario's words into facts and a question. Every word that is not known is an error."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Facts, Finding
from ledger.domain.events import Value
from ledger.domain.investor import Assessment, Certification, InvestorState, Proof
from ledger.domain.money import Money
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState, Step, Visit
from ledger.rules import Rules
from tests.rules import world

WHO = {
    "investor": Actor(world.INVESTOR, Role.INVESTOR),
    "another investor": Actor("9" * 64, Role.INVESTOR),
    "seller": Actor(world.SELLER, Role.SALES),
    "seller as certifier": Actor(world.SELLER, Role.CERTIFIER),
    "seller as visitor": Actor(world.SELLER, Role.VISITOR),
    "certifier": Actor(world.CERTIFIER, Role.CERTIFIER),
    "visitor": Actor(world.VISITOR, Role.VISITOR),
    "compliance": Actor(world.COMPLIANCE, Role.COMPLIANCE),
    "system": Actor("0" * 32, Role.SYSTEM),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WORDS = {"name", "rule", "given", "at", "decide", "step", "by", "inputs", "done", "then", "sale", "on"}


def ask(rules: Rules, case: Mapping[str, Any]) -> tuple[str | None, tuple[Finding, ...]]:
    """Ask for a decision (``decide = true``) or for a step; return the answer and the findings."""
    if unknown := set(case) - WORDS:
        raise ValueError(f"unknown words in a scenario: {sorted(unknown)}")
    facts, at = build(case), moment(case.get("at", "now"))
    if "on" in case:
        then = datetime.fromisoformat(case["on"]).astimezone(UTC)
        facts, at = shifted(facts, then - world.NOW), at + (then - world.NOW)
    if case.get("decide"):
        decision = rules.decide(facts, at=at, as_of=at, known_at=at)
        return decision.answer.value, decision.findings
    facts = replace(facts, inputs=MappingProxyType(_inputs(case.get("inputs", {}))))
    return None, rules.permit(facts, Step(case["step"]), WHO[case.get("by", "system")], at)


def build(case: Mapping[str, Any]) -> Facts:
    """Take the world in order and change what the scenario gives."""
    facts = world.facts(case.get("done", "paid_at") if case.get("sale", True) else None)
    for path, value in case.get("given", {}).items():
        facts = _change(facts, path.split("."), value)
    return facts


def moment(text: str) -> datetime:
    """Read ``now``, ``now + 2 days``, ``now - 1 us`` or an instant with its zone."""
    if text == "now":
        return world.NOW
    if not text.startswith("now "):
        return datetime.fromisoformat(text).astimezone(UTC)
    sign, number, unit = text.removeprefix("now ").split(" ")
    spans = {
        "us": timedelta(microseconds=1),
        "hours": timedelta(hours=1),
        "days": timedelta(days=1),
    }
    span = int(number) * spans[unit]
    return world.NOW + span if sign == "+" else world.NOW - span


def shifted(state: Any, by: timedelta) -> Any:
    """Move a whole world in time: every instant and every calendar day in it."""
    match state:
        case datetime():
            return state + by
        case str() if _DAY.fullmatch(state):
            return (date.fromisoformat(state) + by).isoformat()
        case tuple():
            return tuple(shifted(entry, by) for entry in state)
        case Mapping():
            return MappingProxyType({key: shifted(value, by) for key, value in state.items()})
        case (
            Facts()
            | InvestorState()
            | ProductState()
            | SaleState()
            | Assessment()
            | Certification()
            | Proof()
            | Visit()
        ):
            moved: Any = {f.name: shifted(getattr(state, f.name), by) for f in fields(state) if f.name != "version"}
            return replace(state, **moved)
        case _:
            return state


def _change(facts: Facts, path: list[str], value: Any) -> Facts:
    head, name = path
    match head:
        case "assessment" | "certification" | "proof":
            return _change_one(facts, head, name, value)
        case "investor" | "product" | "sale":
            state = getattr(facts, head)
            return replace(facts, **{head: replace(state, **{name: _value(state, name, value)})})
        case "question":
            return replace(facts, **{name: _read(value, money=True)})
        case _:
            raise ValueError(f"unknown fact {head}.{name}")


def _change_one(facts: Facts, what: str, name: str, value: Any) -> Facts:
    plural = f"{what}s"
    (one,) = getattr(facts.investor, plural)
    changed: Any = () if name == "none" else (replace(one, **{name: _value(one, name, value)}),)
    return replace(facts, investor=replace(facts.investor, **{plural: changed}))


def _value(state: Any, name: str, value: Any) -> Any:  # noqa: PLR0911 - one arm per form of fact
    form = {f.name: str(f.type) for f in fields(state)}[name]
    if name == "seats":
        return MappingProxyType({**{f"{n:064x}": 1 for n in range(value)}, world.SALE: 1})
    if name == "items":
        start = world.NOW - 56 * world.HOUR
        return MappingProxyType({n: start + timedelta(minutes=n) for n in value})
    if name == "sellers":
        return frozenset(WHO[v].id for v in value)
    if name in {"approved_by", "introduced_by", "granted_by"}:
        return WHO[value].id
    if name == "visits":
        return tuple(world.visited(world.sale(), moment(at)).visits[0] for at in value)
    if "datetime" in form:
        return None if value == "never" else moment(value)
    return _read(value, money="Money" in form)


def _read(value: Any, *, money: bool) -> Any:
    if value == "none":
        return None
    if money:
        amount, _, currency = str(value).partition(" ")
        return Money(Decimal(amount), currency or "CNY")
    return value


def _inputs(given: Mapping[str, Any]) -> dict[str, Value]:
    read: dict[str, Value] = {}
    for name, value in given.items():
        if name == "amount":
            amount, _, currency = str(value).partition(" ")
            read[name] = {"amount": amount, "currency": currency or "CNY"}
        elif name in {"valid_until", "occurred_at"}:
            read[name] = moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif name in {"proof", "certification"}:
            read[name] = world.leaf(value)
        else:
            read[name] = value
    return read
