"""Ask the rules one scenario in a line; what the trap tests are written with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.decision import Facts, Finding
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState
from ledger.rules import load
from tests.rules import world
from tests.rules.given import ask

RULES = load()
REFUSING = frozenset({"FAIL", "NEEDS_EVIDENCE"})


def answer(given: Mapping[str, Any] | None = None, /, **case: Any) -> str:
    """Return the answer of the decision."""
    told, _ = ask(RULES, {"decide": True, "given": given or {}, **case})
    assert told is not None
    return told


def findings(given: Mapping[str, Any] | None = None, /, **case: Any) -> tuple[Finding, ...]:
    """Return the findings on a step, or of the decision when no step is named."""
    question: dict[str, Any] = {} if "step" in case else {"decide": True}
    return ask(RULES, {**question, "given": given or {}, **case})[1]


def outcome(rule: str, given: Mapping[str, Any] | None = None, /, **case: Any) -> str:
    """Return one rule's outcome."""
    (finding,) = [f for f in findings(given, **case) if f.rule == rule]
    return finding.outcome.value


def refused(given: Mapping[str, Any] | None = None, /, **case: Any) -> set[str]:
    """Return the rules that refuse; none when the step is allowed."""
    return {f.rule for f in findings(given, **case) if f.outcome in REFUSING}


def judged(rule: str, facts: Facts) -> str:
    """Return one rule's outcome in the decision about facts that no scenario's words can say."""
    decision = RULES.decide(facts, at=world.NOW, as_of=world.NOW, known_at=world.NOW)
    (finding,) = [f for f in decision.findings if f.rule == rule]
    return finding.outcome.value


def with_investor(facts: Facts | None = None, **changed: Any) -> Facts:
    """Return facts with another investor."""
    known = world.facts(None) if facts is None else facts
    investor: InvestorState = replace(known.investor, **changed)
    return replace(known, investor=investor)


def with_product(facts: Facts | None = None, **changed: Any) -> Facts:
    """Return facts with another product."""
    known = world.facts(None) if facts is None else facts
    product: ProductState = replace(known.product, **changed)
    return replace(known, product=product)


def with_sale(done: str = "paid_at", **changed: Any) -> Facts:
    """Return facts with another sale."""
    sale: SaleState = replace(world.sale(done), **changed)
    return replace(world.facts(), sale=sale)
