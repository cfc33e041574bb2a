"""Re-run a decision from its facts and the ruleset files it named; the same input gives the same bytes, for ever."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Decision, Facts
from ledger.rules.canonical import encode
from ledger.rules.engine import Rules


def canonical(decision: Decision) -> bytes:
    """Return the bytes that a receipt commits to."""
    return encode(decision.as_json())


def replay(facts: Facts, files: Mapping[str, str], *, at: datetime, as_of: datetime, known_at: datetime) -> bytes:
    """Decide again under exactly these files; compare the result with the recorded decision's bytes."""
    return canonical(Rules.from_files(files).decide(facts, at=at, as_of=as_of, known_at=known_at))
