"""`Governance` on the contract `Institutions`, as one account sees it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from eth_typing import ChecksumAddress, HexStr
from eth_utils import to_checksum_address

from ledger.chain.deploy import Deployment, receipt_of
from ledger.chain.errors import translated
from ledger.chain.institutions import Admission, Institutions, Proposed, Role
from ledger.chain.node import Node
from ledger.chain.sender import Sender
from ledger.chain.units import instant
from ledger.errors import ConfigurationError, NotFoundError
from ledger.ports.governance import Act, Admit, Assign, Foreign, Member, Proposal, Resume, Threshold

_ROLES: Final = {role.name.lower(): role for role in Role}


class EvmGovernance:
    """See `ledger.ports.governance.Governance`. ``now`` is told to a chain that lets itself be told."""

    def __init__(self, node: Node, deployment: Deployment, sender: Sender | None, now: Callable[[], datetime]) -> None:
        """Bind to a contract that `deploy.check` has found to be ours."""
        self._node = node
        self._sender = sender
        self._now = now
        self._begin = deployment.contracts["Institutions"].block
        self._contract = Institutions(node, deployment.address("Institutions"), sender)

    @property
    def account(self) -> str | None:
        """Who acts."""
        return None if self._sender is None else self._sender.address

    def now(self) -> datetime:
        """Return the time of the newest block."""
        with self._node.using(), translated("ask for the newest block"):
            return instant(self._node.web3.eth.get_block("latest")["timestamp"])

    def paused(self) -> bool:
        """Say whether writes are stopped."""
        with self._node.using():
            return self._contract.paused()

    def quorum(self) -> tuple[int, int]:
        """Return how many governors decide, of how many."""
        with self._node.using():
            found = self._contract.quorum()
        return found.threshold, found.governors

    def members(self) -> Sequence[Member]:
        """Return all members in the order of their admission."""
        with self._node.using():
            return [self._member(address, stream) for address, stream in self._contract.admitted(self._begin)]

    def roles_at(self, address: str, at: datetime) -> frozenset[str]:
        """Ask for each role."""
        asked = to_checksum_address(address)
        with self._node.using():
            return frozenset(name for name, role in _ROLES.items() if self._contract.had_role(asked, role, at))

    def proposals(self) -> Sequence[Proposal]:
        """Return all proposals in their order."""
        with self._node.using():
            return [self._proposal(each) for each in self._contract.proposed(self._begin)]

    def propose(self, acts: Sequence[Act], salt: bytes) -> str:
        """Propose acts in one transaction; return the proposal's name."""
        calls = [self._call(act) for act in acts]
        self._done(lambda: self._contract.propose(calls, salt))
        with self._node.using():
            return f"0x{self._contract.proposal_id(calls, salt).hex()}"

    def confirm(self, proposal: str) -> None:
        """Confirm a proposal."""
        self._done(lambda: self._contract.confirm(_id(proposal)))

    def withdraw(self, proposal: str) -> None:
        """Take one's confirmation back."""
        self._done(lambda: self._contract.withdraw(_id(proposal)))

    def execute(self, proposal: str) -> None:
        """Execute the calls that the proposal's event tells."""
        with self._node.using():
            wanted = (each for each in self._contract.proposed(self._begin) if each.proposal == _id(proposal))
            found = next(wanted, None)
        if found is None:
            raise NotFoundError(f"nobody proposed {proposal}: see `pfl chain proposals`", f"没有提案 {proposal}")
        calls, salt = found.calls, found.salt
        self._done(lambda: self._contract.execute(calls, salt))

    def pause(self) -> None:
        """Stop all writes."""
        self._done(self._contract.pause)

    def close(self) -> None:
        """Give files and connections back."""
        self._node.close()

    def _done(self, act: Callable[[], HexStr]) -> None:
        with self._node.using():
            self._require_money()
            self._node.advance(self._now())
            receipt_of(self._node, act())

    def _require_money(self) -> None:
        assert self._sender is not None  # noqa: S101 - narrows for mypy: an act without an account is our mistake
        address, eth = self._sender.address, self._node.web3.eth
        with translated("ask for the account's balance"):
            broke = eth.gas_price > 0 and eth.get_balance(address) == 0
        if broke:
            raise ConfigurationError(
                f"{address} has no money for gas on this chain: let somebody who has send it some",
                f"账户 {address} 没有余额支付手续费，请先转入",
            )

    def _member(self, address: ChecksumAddress, stream: bytes) -> Member:
        found = self._contract.member(bytes.fromhex(address[2:14]))
        assert found is not None  # noqa: S101 - narrows for mypy: nobody is ever taken off the list
        return Member(address, _names(found.roles), found.since, stream.hex())

    def _proposal(self, told: Proposed) -> Proposal:
        kept = self._contract.proposal(told.proposal)
        assert kept is not None  # noqa: S101 - narrows for mypy: its event is on the chain
        return Proposal(
            id=f"0x{told.proposal.hex()}",
            proposer=told.governor,
            acts=tuple(act for call in told.calls for act in self._acts(call)),
            expires_at=kept.expires_at,
            executed=kept.executed,
            confirmations=kept.confirmations,
            counting=kept.counting,
        )

    def _call(self, act: Act) -> bytes:
        match act:
            case Admit(address, stream, roles):
                return self._contract.admit_call([Admission(to_checksum_address(address), stream, _roles(roles))])
            case Assign(address, roles):
                return self._contract.assign_call([(to_checksum_address(address), _roles(roles))])
            case Threshold(governors):
                return self._contract.set_threshold_call(governors)
            case Resume():
                return self._contract.unpause_call()
            case Foreign(call):
                return call

    def _acts(self, call: bytes) -> Iterator[Act]:
        """Tell what a call does; one that we would not make so is shown as it is."""
        match self._contract.decoded(call):
            case "admit", {"admissions": admissions}:
                for each in admissions:
                    yield Admit(each["member"], bytes(each["stream"]).hex(), _set(each["roles"]))
            case "assign", {"assignments": assignments}:
                for each in assignments:
                    yield Assign(each["member"], _set(each["roles"]))
            case "setThreshold", {"threshold": threshold}:
                yield Threshold(threshold)
            case "unpause", _:
                yield Resume()
            case _:
                yield Foreign(call)


def founder(address: str, roles: frozenset[str], stream: str) -> Admission:
    """Return a member of the first hour, for a deployment."""
    return Admission(to_checksum_address(address), stream, _roles(roles))


def _id(proposal: str) -> bytes:
    return bytes.fromhex(proposal.removeprefix("0x"))


def _roles(names: frozenset[str]) -> frozenset[Role]:
    return frozenset(_ROLES[name] for name in names)


def _names(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(role.name.lower() for role in roles)


def _set(bits: Any) -> frozenset[str]:
    return _names(frozenset(role for role in Role if bits >> role & 1))
