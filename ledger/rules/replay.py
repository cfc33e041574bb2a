"""Re-run a decision from its facts and the ruleset files it named; the same input gives the same bytes, for ever."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Decision, Facts
from ledger.rules.canonical import encode
from ledger.rules.engine import Rules
from ledger.rules.loader import parse
from ledger.rules.registry import RULES


def canonical(decision: Decision) -> bytes:
    """Return the bytes that a receipt commits to."""
    return encode(decision.as_json())


def rules_of(files: Mapping[str, str]) -> Rules:
    """Build the rules of a ruleset of any age: a rule that came later than it, with files of its own, is left out."""
    ruleset = parse(files)
    known = tuple(rule for rule in RULES if {*rule.needs, *rule.also} <= ruleset.parameters.keys())
    return Rules(ruleset, registry=known)


def replay(facts: Facts, files: Mapping[str, str], *, at: datetime, as_of: datetime, known_at: datetime) -> bytes:
    """Decide again under exactly these files; compare the result with the recorded decision's bytes."""
    return canonical(rules_of(files).decide(facts, at=at, as_of=as_of, known_at=known_at))
