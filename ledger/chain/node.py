"""What the bindings need from a chain; the embedded one and JSON-RPC provide it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from eth_typing import BlockNumber, HexStr
from web3 import Web3
from web3.contract.contract import ContractEvent
from web3.types import EventData, TxParams


@dataclass(frozen=True, slots=True)
class BlockProof:
    """A block's header (RLP) and all its receipts (as in the receipt trie), checked against the block's hash.

    ``kind`` is how the header makes that hash: a kind of anchor of `docs/format.md` §6.
    """

    header: bytes
    receipts: tuple[bytes, ...]
    kind: str = "evm"


class Node(Protocol):
    """A chain behind web3."""

    @property
    def kind(self) -> str:
        """``embedded`` or ``json-rpc``."""
        ...

    @property
    def web3(self) -> Web3:
        """The provider layer."""
        ...

    def using(self) -> AbstractContextManager[None]:
        """Hold the chain for one use (one thread at a time), seeing its newest block."""
        ...

    def advance(self, at: datetime) -> None:
        """Let the next block be no earlier than this instant, where the chain lets us."""
        ...

    def gas_for(self, transaction: TxParams) -> int:
        """Return a gas limit; raises the contract's refusal if the transaction would revert."""
        ...

    def send(self, raw: bytes) -> HexStr:
        """Hand over a signed transaction; returns its hash with ``0x``."""
        ...

    def events(self, event: ContractEvent, begin: int) -> Iterator[EventData]:
        """Yield the events of one kind of one contract from a block on, oldest first."""
        ...

    def block_proof(self, number: int) -> BlockProof:
        """Return header and receipts of a block."""
        ...

    def is_final(self, number: int) -> bool:
        """Say whether the block of this number cannot be replaced any more."""
        ...

    def final_block(self) -> BlockNumber:
        """Return the number of the newest block that is."""
        ...

    def close(self) -> None:
        """Give files and connections back."""
        ...
