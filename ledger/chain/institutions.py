"""Members of the consortium, their roles, and how they decide together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar

from eth_abi.exceptions import DecodingError
from eth_typing import ChecksumAddress, HexStr

from ledger.chain.binding import Binding
from ledger.chain.errors import ContractRefusedError
from ledger.chain.units import instant, seconds, word


class Role(IntEnum):
    """What a member may do, in the order of `IInstitutions.Role`."""

    OPERATOR = 0
    CERTIFIER = 1
    ASSESSOR = 2
    SELLER = 3
    WITNESS = 4
    AUDITOR = 5
    GOVERNOR = 6


@dataclass(frozen=True, slots=True)
class Admission:
    """A new member; ``stream`` is its record stream (64 hex)."""

    address: ChecksumAddress
    stream: str
    roles: frozenset[Role]

    def item(self) -> tuple[ChecksumAddress, bytes, int]:
        """Return `IInstitutions.Admission`."""
        return self.address, word(self.stream), bits(self.roles)


@dataclass(frozen=True, slots=True)
class Member:
    """A member and its present roles, which it has since a block's time."""

    address: ChecksumAddress
    roles: frozenset[Role]
    since: datetime


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many governors decide, of how many."""

    threshold: int
    governors: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as kept; ``counting`` is how many of ``confirmations`` are of present governors."""

    expires_at: datetime
    executed: bool
    confirmations: tuple[ChecksumAddress, ...]
    counting: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a governor proposed: the calls and their salt, which name the proposal (32 bytes)."""

    proposal: bytes
    governor: ChecksumAddress
    calls: tuple[bytes, ...]
    salt: bytes


class Institutions(Binding):
    """`contracts/Institutions.sol`.

    Where one governor decides it calls `admit`, `assign` … directly; where k of n do, the calls that the methods ending
    in ``_call`` give are proposed, confirmed and executed.
    """

    name = "Institutions"
    unused: ClassVar[dict[str, str]] = {
        "hadRolesById": "for registries on the chain",
        "mayWrite": "for contracts on the chain",
        "MEMBER_LIMIT": "a constant",
        "PROPOSAL_LIFETIME": "a constant; proposals say when they expire",
    }

    def admit(self, address: ChecksumAddress, stream: str, roles: Iterable[Role]) -> HexStr:
        """Admit one member whose record stream is ``stream`` (64 hex)."""
        return self._write("admit", [Admission(address, stream, frozenset(roles)).item()])

    def admit_call(self, admissions: Iterable[Admission]) -> bytes:
        """Return the call that admits members."""
        return self._encoded("admit", [admission.item() for admission in admissions])

    def assign(self, address: ChecksumAddress, roles: Iterable[Role]) -> HexStr:
        """Replace the roles of a member."""
        return self._write("assign", [(address, bits(roles))])

    def assign_call(self, roles: Iterable[tuple[ChecksumAddress, Iterable[Role]]]) -> bytes:
        """Return the call that replaces the roles of members."""
        return self._encoded("assign", [(address, bits(each)) for address, each in roles])

    def set_threshold(self, threshold: int) -> HexStr:
        """Change how many governors decide."""
        return self._write("setThreshold", threshold)

    def set_threshold_call(self, threshold: int) -> bytes:
        """Return the call that changes how many governors decide."""
        return self._encoded("setThreshold", threshold)

    def pause(self) -> HexStr:
        """Stop all writes of all contracts; the sender is any governor."""
        return self._write("pause")

    def unpause(self) -> HexStr:
        """Let writes go on."""
        return self._write("unpause")

    def unpause_call(self) -> bytes:
        """Return the call that lets writes go on."""
        return self._encoded("unpause")

    def paused(self) -> bool:
        """Say whether writes are stopped."""
        return bool(self._read("paused"))

    def propose(self, calls: Sequence[bytes], salt: bytes = bytes(32)) -> HexStr:
        """Propose calls and confirm them; ``salt`` (32 bytes) lets the same calls be proposed again."""
        return self._write("propose", list(calls), salt)

    def confirm(self, proposal: bytes) -> HexStr:
        """Confirm a proposal as the sender, a governor."""
        return self._write("confirm", proposal)

    def withdraw(self, proposal: bytes) -> HexStr:
        """Take the sender's confirmation back."""
        return self._write("withdraw", proposal)

    def execute(self, calls: Sequence[bytes], salt: bytes = bytes(32)) -> HexStr:
        """Execute what enough governors confirmed."""
        return self._write("execute", list(calls), salt)

    def proposal_id(self, calls: Sequence[bytes], salt: bytes = bytes(32)) -> bytes:
        """Return the name of a proposal (32 bytes)."""
        return bytes(self._read("proposalId", list(calls), salt))

    def proposal(self, proposal: bytes) -> Proposal | None:
        """Return a proposal as kept, ``None`` if nobody made it."""
        try:
            expires_at, executed, confirmations = self._read("proposalOf", proposal)
        except ContractRefusedError as error:
            if error.name == "UnknownProposal":
                return None
            raise
        counting = int(self._read("confirmationsOf", proposal))
        return Proposal(instant(expires_at), executed, tuple(confirmations), counting)

    def admitted(self, begin: int) -> tuple[tuple[ChecksumAddress, bytes], ...]:
        """Return (address, stream) of all members in the order of their admission, since the block of deployment."""
        events = self._events("MemberAdmitted", begin)
        return tuple((event["args"]["member"], bytes(event["args"]["stream"])) for event in events)

    def proposed(self, begin: int) -> tuple[Proposed, ...]:
        """Return all proposals in their order, since the block of deployment."""
        told = (event["args"] for event in self._events("Proposed", begin))
        return tuple(
            Proposed(bytes(each["proposal"]), each["governor"], tuple(map(bytes, each["calls"])), bytes(each["salt"]))
            for each in told
        )

    def decoded(self, data: bytes) -> tuple[str, dict[str, Any]] | None:
        """Return name and arguments of a call to this contract; ``None`` unless exactly that call gives these bytes."""
        try:
            function, arguments = self._contract.decode_function_input(data)
        except (ValueError, DecodingError):
            return None
        name = str(function.fn_name)
        return (name, dict(arguments)) if self._encoded(name, *arguments.values()) == data else None

    def quorum(self) -> Quorum:
        """Return how many governors decide, of how many."""
        return Quorum(*self._read("quorum"))

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
