"""Read the law for those who have no ledger open: the command line."""

from pathlib import Path

from ledger.rules import Rules, load


def read(*, policy: Path | None = None, allow_unconfirmed: bool = True) -> Rules:
    """Return the packaged law under an institution's policy; `RulesetError` points at the first mistake."""
    return load(policy=policy, allow_unconfirmed=allow_unconfirmed)
