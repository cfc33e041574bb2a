"""Members of the consortium and their roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import ClassVar

from eth_typing import ChecksumAddress, HexStr

from ledger.chain.binding import Binding
from ledger.chain.units import instant, seconds, word


class Role(IntEnum):
    """What a member may do, in the order of `IInstitutions.Role`."""

    OPERATOR = 0
    CERTIFIER = 1
    ASSESSOR = 2
    SELLER = 3
    WITNESS = 4
    AUDITOR = 5


@dataclass(frozen=True, slots=True)
class Member:
    """A member and its present roles, which it has since a block's time."""

    address: ChecksumAddress
    roles: frozenset[Role]
    since: datetime


class Institutions(Binding):
    """`contracts/Institutions.sol`."""

    name = "Institutions"
    unused: ClassVar[dict[str, str]] = {
        "renounceOwnership": "always reverts",
        "owner": "governance tools come with k-of-n",
        "pendingOwner": "governance tools come with k-of-n",
        "transferOwnership": "governance tools come with k-of-n",
        "acceptOwnership": "governance tools come with k-of-n",
        "hadRolesById": "for registries on the chain",
    }

    def admit(self, address: ChecksumAddress, stream: str, roles: Iterable[Role]) -> HexStr:
        """Admit one member whose record stream is ``stream`` (64 hex)."""
        return self._write("admit", [(address, word(stream), bits(roles))])

    def assign(self, address: ChecksumAddress, roles: Iterable[Role]) -> HexStr:
        """Replace the roles of a member."""
        return self._write("assign", [(address, bits(roles))])

    def has_role(self, address: ChecksumAddress, role: Role) -> bool:
        """Say whether a member has a role now."""
        return bool(self._read("hasRole", address, role))

    def had_role(self, address: ChecksumAddress, role: Role, at: datetime) -> bool:
        """Say whether a member had a role at an instant."""
        return bool(self._read("hadRole", address, role, seconds(at)))

    def member(self, member_id: bytes) -> Member | None:
        """Return the member behind an id of six bytes, ``None`` if there is none."""
        address, roles, since = self._read("memberById", member_id)
        if not int(address, 16):
            return None
        return Member(address, frozenset(role for role in Role if roles >> role & 1), instant(since))


def bits(roles: Iterable[Role]) -> int:
    """Return the bit set of roles."""
    return sum(1 << role for role in frozenset(roles))
