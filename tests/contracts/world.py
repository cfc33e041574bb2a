"""A chain with our contracts and some accounts, for the contract tests."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from eth_account import Account
from eth_typing import ChecksumAddress, HexStr
from web3.types import TxReceipt, Wei

from ledger.chain.deploy import Deployment, deploy
from ledger.chain.embedded import EmbeddedNode
from ledger.chain.evidence_log import EvidenceLog
from ledger.chain.institutions import Institutions, Role
from ledger.chain.investor_registry import InvestorRegistry
from ledger.chain.sale_procedure import SaleProcedure
from ledger.chain.sender import Sender, account_of
from ledger.chain.signature_registry import SignatureRegistry
from ledger.chain.wallet_registry import WalletRegistry
from ledger.errors import LedgerError

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REGIME = "cn_private_fund"


def digest(name: str) -> str:
    """Return 64 hex digits that stand for a name."""
    return hashlib.sha256(name.encode()).hexdigest()


def key(name: str) -> bytes:
    """Return an account's private key."""
    return hashlib.sha256(f"key {name}".encode()).digest()


@dataclass
class World:
    """Contracts on an embedded chain, as seen by ``operator``; `seen_by` gives another account's view."""

    node: EmbeddedNode
    deployment: Deployment
    sender: Sender

    @property
    def institutions(self) -> Institutions:
        return Institutions(self.node, self.deployment.address("Institutions"), self.sender)

    @property
    def log(self) -> EvidenceLog:
        return EvidenceLog(self.node, self.deployment.address("EvidenceLog"), self.sender)

    @property
    def investors(self) -> InvestorRegistry:
        return InvestorRegistry(self.node, self.deployment.address("InvestorRegistry"), self.sender)

    @property
    def signatures(self) -> SignatureRegistry:
        return SignatureRegistry(self.node, self.deployment.address("SignatureRegistry"), self.sender)

    @property
    def sales(self) -> SaleProcedure:
        return SaleProcedure(self.node, self.deployment.address("SaleProcedure"), self.sender)

    @property
    def wallets(self) -> WalletRegistry:
        return WalletRegistry(self.node, self.deployment.address("WalletRegistry"), self.sender)

    @property
    def address(self) -> ChecksumAddress:
        return self.sender.address

    def seen_by(self, name: str) -> "World":
        """Return the same world as another account, with money for gas."""
        other = World(self.node, self.deployment, Sender(self.node, key(name)))
        if not self.node.web3.eth.get_balance(other.address):
            _pay(self, other.address)
        return other

    def member(self, name: str, *roles: Role) -> "World":
        """Admit another account."""
        other = self.seen_by(name)
        self.institutions.admit(other.address, digest(name), roles)
        return other

    def at(self, when: datetime) -> None:
        """Let the next block be at this instant."""
        self.node.advance(when)

    def now(self) -> datetime:
        """Return the newest block's time."""
        return datetime.fromtimestamp(self.node.web3.eth.get_block("latest")["timestamp"], UTC)

    def receipt(self, sent: HexStr) -> TxReceipt:
        return self.node.web3.eth.get_transaction_receipt(sent)

    def gas(self, sent: HexStr) -> int:
        return self.receipt(sent)["gasUsed"]


def new_world(folder: Path) -> World:
    """Begin a chain at `START`: a copy of one that is deployed once a run."""
    path = folder / "chain.sqlite"
    content, deployment = _deployed()
    path.write_bytes(content)
    node = _open(path)
    return World(node, deployment, Sender(node, key("operator")))


@cache
def _deployed() -> tuple[bytes, Deployment]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chain.sqlite"
        node = _open(path)
        deployment = deploy(node, Sender(node, key("operator")))
        node.close()
        return path.read_bytes(), deployment


def _open(path: Path) -> EmbeddedNode:
    return EmbeddedNode(path, funded=account_of(key("operator")).address, now=START)


@contextmanager
def refused(name: str, **arguments: object) -> Iterator[None]:
    """Expect the custom error ``name`` with these arguments."""
    with pytest.raises(LedgerError) as caught:
        yield
    evidence: dict[str, Any] = dict(caught.value.evidence)
    assert evidence.get("name") == name, caught.value
    assert {argument: evidence[argument] for argument in arguments} == arguments


def _pay(world: World, to: ChecksumAddress) -> None:
    account = Account.from_key(key("operator"))
    eth = world.node.web3.eth
    signed = account.sign_transaction(
        {
            "to": to,
            "value": Wei(10**24),
            "gas": 21_000,
            "gasPrice": Wei(10**10),
            "nonce": eth.get_transaction_count(account.address),
            "chainId": eth.chain_id,
        }
    )
    world.node.send(bytes(signed.raw_transaction))
