"""Wallets that are contracts (ERC-1271): what they sign only they can say, so the chain is asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ledger.domain.events import Value
from ledger.errors import ChainError
from verifier.approvals.eip1271 import Asked


class Says(StrEnum):
    """What a wallet answers about a signature."""

    YES = "yes"
    NO = "no"
    NOT_A_CONTRACT = "not_a_contract"
    SIGNED_BEFORE = "signed_before"
    """The chain keeps a signature of this document by this wallet already, and takes no second one."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether ``address`` (40 hex) takes ``signature`` for its own over 32 bytes; ``document``: what it is to sign."""

    address: str
    digest: bytes
    signature: bytes
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A question and the chain's answer to it, or why there is none. Asked outside of any transaction."""

    question: Question
    says: Says | ChainError


@dataclass(frozen=True, slots=True)
class ApprovalWrite:
    """A contract wallet's approval for `SignatureRegistry`, which asks the wallet itself; ``leaf`` is its record's."""

    asked: Asked
    leaf: str


class ContractWallets(Protocol):
    """Contract wallets on the ledger's chain. Raises `ChainError` when it is away."""

    def registry(self) -> tuple[int, str]:
        """Return the chain's number and the address (40 hex) of its `SignatureRegistry`."""
        ...

    def ask(self, question: Question) -> Says:
        """Ask the wallet, and the registry about the document, as they are in the newest final block."""
        ...

    def send(self, approvals: tuple[ApprovalWrite, ...], at: datetime) -> None:
        """Have the registry take approvals that it has not, and wait until blocks hold them.

        `ChainError` with ``name`` and ``index`` for one that it refuses.
        """
        ...

    def evidence(self, asked: Asked) -> dict[str, Value] | None:
        """Return the anchor object of `docs/format.md` §6 for an approval; ``None`` while no final block holds it."""
        ...
