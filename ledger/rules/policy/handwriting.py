"""Institution policy: whether a drawn name is kept beside a signature. It is never the signature itself."""

from ledger.rules.errors import RulesetError
from ledger.rules.law import Parameters

KEY = "policy/handwriting"


def asked(parameters: Parameters, paper: str) -> bool:
    """Tell whether whoever signs this paper is asked."""
    row = parameters.lists[KEY].by_key.get((paper,))
    if row is None:
        raise RulesetError(f"says nothing about the paper {paper}", file=f"{KEY}.toml", key="value.items")
    return row["asked"] is True
