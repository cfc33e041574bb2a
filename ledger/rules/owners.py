"""Beneficial owners as declared, against the grounds that the law lists (受益所有人信息管理办法 art. 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.rules.law import Parameters
from ledger.rules.values import text, whole

GROUNDS = "cn/beneficial_owner_measures/art6_grounds"


@dataclass(frozen=True, slots=True)
class Owner:
    """One natural person; ``share`` in percent where the ground asks for one."""

    basis: str
    share: Decimal | None


def require(owners: Sequence[Owner], law: Parameters) -> None:
    """Hold a declaration against the grounds in force; ``ValueError`` names the entry and what is wrong with it."""
    grounds = {text(row, "basis"): row for row in law.lists[GROUNDS].items}
    for number, owner in enumerate(owners, 1):
        ground = grounds.get(owner.basis)
        if ground is None:
            raise ValueError(f"owner {number}: the ground is one of {', '.join(grounds)}")
        least = whole(ground, "least")
        if least and owner.share is None:
            raise ValueError(f"owner {number}: say which share in percent")
        if least and owner.share is not None and not least <= owner.share <= 100:  # noqa: PLR2004 - the whole
            raise ValueError(f"owner {number}: a share counts from {least} percent to 100")
        if not least and owner.share is not None:
            raise ValueError(f"owner {number}: the ground {owner.basis} asks for no share")
    fallback = [bool(grounds[owner.basis]["fallback"]) for owner in owners]
    if any(fallback) and not all(fallback):
        raise ValueError("a manager counts only where nobody is an owner on another ground: leave the manager out")
