"""Turn a scenario's words into facts and a question. Every word that is not known is an error."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ledger.domain import holders
from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Facts, Finding
from ledger.domain.events import Value
from ledger.domain.holdings import Holding
from ledger.domain.institution import Qualification
from ledger.domain.investor import InvestorState
from ledger.domain.lifecycle import Material, Size
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.domain.upkeep import Change
from ledger.rules import Rules, load
from tests.rules import abroad, world

WHO = {
    "investor": Actor(world.INVESTOR, Role.INVESTOR),
    "another investor": Actor("9" * 64, Role.INVESTOR),
    "seller": Actor(world.SELLER, Role.SALES),
    "seller as certifier": Actor(world.SELLER, Role.CERTIFIER),
    "seller as visitor": Actor(world.SELLER, Role.VISITOR),
    "certifier": Actor(world.CERTIFIER, Role.CERTIFIER),
    "visitor": Actor(world.VISITOR, Role.VISITOR),
    "assessor": Actor("6" * 32, Role.ASSESSOR),
    "compliance": Actor(world.COMPLIANCE, Role.COMPLIANCE),
    "system": Actor("0" * 32, Role.SYSTEM),
}
WORDING = load().wording_digest(world.NOW)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WORDS = {
    "name",
    "rule",
    "given",
    "at",
    "decide",
    "step",
    "by",
    "inputs",
    "done",
    "then",
    "sale",
    "on",
    "special",
} | abroad.WORDS


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
    given = _inputs(case.get("inputs", {})) | abroad.inputs(case)
    facts = replace(facts, inputs=MappingProxyType(given))
    return None, rules.permit(facts, Step(case["step"]), WHO[case.get("by", "system")], at)


def build(case: Mapping[str, Any]) -> Facts:
    """Take the world in order and change what the scenario gives."""
    facts = world.facts(case.get("done", "paid_at") if case.get("sale", True) else None)
    for path, value in case.get("given", {}).items():
        facts = _change(facts, path.split("."), value)
    facts = _special(facts, case["special"]) if "special" in case else facts
    facts = abroad.change(facts, case, moment)
    return _matched(facts, set(case.get("given", {})))


def _matched(facts: Facts, told: set[str]) -> Facts:
    """Let the match rest on the class and level that are given, unless the scenario says what it rested on."""
    sale, known = facts.sale, facts.investor.assessments
    if sale is None or sale.matched_at is None or not known or any(name.startswith("sale.match_") for name in told):
        return facts
    rested: dict[str, Any] = {"match_tolerance": known[0].tolerance, "match_lowest": known[0].lowest}
    return replace(facts, sale=replace(sale, match_risk_level=facts.product.risk_level, **rested))


def _special(facts: Facts, words: Mapping[str, Any]) -> Facts:
    """Read ``{done = "warned", tolerance = …, level = …}`` and single facts of the purchase above tolerance."""
    tolerance, level = facts.investor.assessments[0].tolerance, facts.product.risk_level or ""
    purchase = world.special(words["done"], words.get("tolerance", tolerance), words.get("level", level))
    for name in set(words) - {"done", "tolerance", "level"}:
        purchase = replace(purchase, **{name: _value(purchase, name, words[name])})
    return replace(facts, investor=replace(facts.investor, special=MappingProxyType({world.PRODUCT: purchase})))


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
        case _ if is_dataclass(state) and not isinstance(state, type) and not isinstance(state, Money | Actor):
            moved: Any = {f.name: shifted(getattr(state, f.name), by) for f in fields(state) if f.name != "version"}
            return replace(state, **moved)
        case _:
            return state


def _change(facts: Facts, path: list[str], value: Any) -> Facts:  # noqa: PLR0911 - one arm per kind of fact
    head, name = path
    match head:
        case "assessment" | "certification" | "proof":
            return _change_one(facts, head, name, value)
        case "investor" | "product" | "sale":
            state = getattr(facts, head)
            return replace(facts, **{head: replace(state, **{name: _value(state, name, value)})})
        case "upkeep":
            upkeep = replace(facts.investor.upkeep, **{name: _value(facts.investor.upkeep, name, value)})
            return replace(facts, investor=replace(facts.investor, upkeep=upkeep))
        case "diligence":
            found: Any = facts.investor.diligence
            found = replace(found, **{name: _value(found, name, value)})
            return replace(facts, investor=replace(facts.investor, diligence=found))
        case "mandate":
            mandate = facts.product.mandate
            assert mandate is not None
            return replace(
                facts, product=replace(facts.product, mandate=replace(mandate, **{name: _value(mandate, name, value)}))
            )
        case "size":
            size = facts.product.size or Size(world.leaf("size"), "2026-02-27", Money(Decimal(9_000_000)))
            return replace(
                facts, product=replace(facts.product, size=replace(size, **{name: _value(size, name, value)}))
            )
        case "question" if name == "staff":
            known = {} if value == "nobody" else {world.SELLER: Qualification(world.leaf("q"), "A1", moment(value))}
            return replace(facts, staff=MappingProxyType(known))
        case "question":
            return replace(facts, **{name: _read(value, money=True)})
        case "profile" | "exemption" | "professional" | "conversion":
            return replace(facts, investor=_described(facts.investor, head, name, value))
        case _:
            raise ValueError(f"unknown fact {head}.{name}")


def _described(investor: InvestorState, what: str, name: str, value: Any) -> InvestorState:
    """Change one fact of what an ordinary natural person has none of; it begins as `world` has it."""
    if what in {"professional", "conversion"}:
        state: Any = getattr(investor.standing, what) or world.BEGUN[what]
        changed: Any = replace(state, **{name: _value(state, name, value)})
        return replace(investor, standing=replace(investor.standing, **{what: changed}))
    known: Any = getattr(investor, what) or world.BEGUN[what]
    after: Any = replace(known, **{name: _value(known, name, value)})
    return replace(investor, **{what: after})


def _change_one(facts: Facts, what: str, name: str, value: Any) -> Facts:
    plural = f"{what}s"
    (one,) = getattr(facts.investor, plural)
    changed: Any = () if name == "none" else (replace(one, **{name: _value(one, name, value)}),)
    return replace(facts, investor=replace(facts.investor, **{plural: changed}))


def _value(state: Any, name: str, value: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - one arm per form of fact
    form = {f.name: str(f.type) for f in fields(state)}[name]
    if name == "seats":
        return MappingProxyType({**{f"{n:064x}": 1 for n in range(value)}, world.SALE: 1})
    if name == "items":
        start = world.NOW - 56 * world.HOUR
        return MappingProxyType({n: start + timedelta(minutes=n) for n in value})
    if name == "sellers":
        return frozenset(WHO[v].id for v in value)
    if name == "consents":
        return world.consents(*value)
    if name == "changes":
        told = [text.partition(" at ") for text in value]
        return tuple(Change(world.leaf(what), tuple(what.split()), moment(at)) for what, _, at in told)
    if name == "holdings":
        return MappingProxyType({world.PRODUCT: Holding(world.leaf("holding"), world.NOW, _read(value, money=True))})
    if name in {"shown", "promoted"}:
        return MappingProxyType({world.PRODUCT: moment(value)})
    if name == "documents":
        return tuple(world.paper(kind) for kind in value)
    if name == "materials":
        gone = world.NOW if value == "withdrawn" else None
        read = "0" * 64 if value == "old" else WORDING
        material = Material(world.leaf("material"), value, "specific_persons", world.NOW, read, gone)
        return MappingProxyType({value: material})
    if name in {"approved_by", "introduced_by", "rated_by", "granted_by"}:
        return WHO[value].id
    if name == "holders":
        return holders.parse(value)
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
        if name in {"amount", "net_assets", "financial_assets", "income"}:
            amount, _, currency = str(value).partition(" ")
            read[name] = {"amount": amount, "currency": currency or "CNY"}
        elif name in {"valid_until", "occurred_at"}:
            read[name] = moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif name == "proofs":
            read[name] = [world.leaf(v) for v in value]
        elif name in {"proof", "certification"}:
            read[name] = world.leaf(value)
        else:
            read[name] = value
    return read
