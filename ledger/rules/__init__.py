"""The law as pure rules over dated, cited data (`design.md` §7). `load` reads a ruleset; `Rules` answers."""

from pathlib import Path

from ledger.rules.assessing import AssessmentResult
from ledger.rules.engine import Rules
from ledger.rules.loader import parse, read

__all__ = ["AssessmentResult", "Rules", "load"]


def load(path: Path | None = None, *, policy: Path | None = None, allow_unconfirmed: bool = True) -> Rules:
    """Read law and policy (packaged by default); `RulesetError` points at file, key and date of the first mistake."""
    return Rules(parse(read(path, policy=policy)), allow_unconfirmed=allow_unconfirmed)
