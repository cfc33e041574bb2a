"""How members of the consortium see and change who they are: k of the n governors decide, nobody alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

ROLES: Final = ("operator", "certifier", "assessor", "seller", "witness", "auditor", "governor")
"""What a member may do on the chain, in the contract's order. Governors decide."""


@dataclass(frozen=True, slots=True)
class Member:
    """An institution on the chain: its account (0x…), its roles since a block's time, its record stream (64 hex)."""

    address: str
    roles: frozenset[str]
    since: datetime
    stream: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Take a new member in."""

    address: str
    stream: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Assign:
    """Replace a member's roles by these; none suspends it."""

    address: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Let so many governors decide."""

    governors: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Let writes go on after a pause."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A call that this software does not know, as it would be made; think twice before confirming it."""

    call: bytes


Act = Admit | Assign | Threshold | Resume | Foreign


@dataclass(frozen=True, slots=True)
class Proposal:
    """Acts that a governor proposed. ``id``: 0x and 64 hex digits; ``counting``: confirmations of present governors."""

    id: str
    proposer: str
    acts: tuple[Act, ...]
    expires_at: datetime
    executed: bool
    confirmations: tuple[str, ...]
    counting: int


class Governance(Protocol):
    """The contract `Institutions` as one account sees it. Acts return once they are mined.

    `ChainError` while the chain is away; what the contract refuses is named with what to do.
    """

    @property
    def account(self) -> str | None:
        """Who acts; ``None`` where nobody does, so that acts are a mistake of ours."""
        ...

    def now(self) -> datetime:
        """Return the time of the newest block."""
        ...

    def paused(self) -> bool:
        """Say whether writes are stopped."""
        ...

    def quorum(self) -> tuple[int, int]:
        """Return how many governors decide, of how many."""
        ...

    def members(self) -> Sequence[Member]:
        """Return all that were ever admitted, in that order."""
        ...

    def roles_at(self, address: str, at: datetime) -> frozenset[str]:
        """Return what a member was allowed to do at an instant."""
        ...

    def proposals(self) -> Sequence[Proposal]:
        """Return all that were ever made, in that order."""
        ...

    def propose(self, acts: Sequence[Act], salt: bytes) -> str:
        """Propose acts, which confirms them; return the proposal's id. ``salt`` is 32 bytes."""
        ...

    def confirm(self, proposal: str) -> None:
        """Confirm a proposal."""
        ...

    def withdraw(self, proposal: str) -> None:
        """Take one's confirmation back."""
        ...

    def execute(self, proposal: str) -> None:
        """Do what enough governors confirmed; `NotFoundError` for a proposal that nobody made."""
        ...

    def pause(self) -> None:
        """Stop all writes; any governor alone."""
        ...
