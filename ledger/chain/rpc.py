"""A chain behind HTTP JSON-RPC: Polygon Edge, Besu, geth, FISCO BCOS' Web3 endpoint, anvil, Hardhat."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import RLock
from typing import Any, Final, cast

import rlp
from eth_typing import BlockNumber, HexStr
from eth_utils import keccak
from web3 import HTTPProvider, Web3
from web3.contract.contract import ContractEvent
from web3.exceptions import Web3RPCError
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import EventData, RPCEndpoint, TxParams

from ledger.chain.errors import translated
from ledger.chain.node import BlockProof
from ledger.errors import ChainError
from verifier import committed
from verifier.errors import MalformedError
from verifier.rlp import Item

TIMEOUT_SECONDS: Final = 10.0
_GAS_MARGIN: Final = 1.1
_FEWEST_BLOCKS: Final = 100  # no node gives fewer at a time
BFT_MIX_HASH: Final = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
# Header fields in order (yellow paper §4.4), each fork adding to the end: London, Shanghai, Cancun, Prague.
_BASE: Final = (
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom"
    " difficulty number gasLimit gasUsed timestamp extraData mixHash nonce"
).split()
_ADDED: Final = ("baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot requestsHash").split()
_NUMBERS: Final = frozenset(
    "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split()
)


class RpcNode:
    """`Node` over HTTP. ``confirmations``: blocks on top of one that make it final (0 where the consensus does)."""

    kind = "json-rpc"

    def __init__(
        self, url: str, *, confirmations: int = 0, timeout: float = TIMEOUT_SECONDS, gas_margin: float = _GAS_MARGIN
    ) -> None:
        """Connect lazily; the first use raises `ChainError` if nobody answers."""
        self._lock = RLock()
        self._confirmations = confirmations
        self._gas_margin = gas_margin
        self._provider = HTTPProvider(url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)
        self.web3 = Web3(self._provider)
        self.web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)  # Clique and QBFT fill extraData

    @contextmanager
    def using(self) -> Iterator[None]:
        """Let one thread use the account's nonce at a time."""
        with self._lock:
            yield

    def advance(self, at: datetime) -> None:
        """Do nothing: this chain has its own time."""

    def gas_for(self, transaction: TxParams) -> int:
        """Ask the node for an estimate, with some to spare."""
        return int(self.web3.eth.estimate_gas(transaction) * self._gas_margin)

    def send(self, raw: bytes) -> HexStr:
        """Hand the transaction to the node's pool."""
        return HexStr(self.web3.eth.send_raw_transaction(raw).to_0x_hex())

    def events(self, event: ContractEvent, begin: int) -> Iterator[EventData]:
        """Ask for everything at once, and for fewer and fewer blocks where the node bounds the answer."""
        newest = self.web3.eth.block_number
        step = newest + 1
        while begin <= newest:
            try:
                found = event.get_logs(from_block=begin, to_block=min(begin + step - 1, newest))
            except Web3RPCError:
                if step <= _FEWEST_BLOCKS:
                    raise
                step = max(_FEWEST_BLOCKS, min(step, newest - begin + 1) // 4)
            else:
                yield from found
                begin += step

    def block_proof(self, number: int) -> BlockProof:
        """Rebuild header and receipts from JSON and check the header against the block's hash."""
        with translated("read a block"):
            block = self._ask("eth_getBlockByNumber", hex(number), False)  # noqa: FBT003 - a parameter of the method
            receipts = [self._ask("eth_getTransactionReceipt", each) for each in block["transactions"]]
        kind, header = header_of(block)
        return BlockProof(header, tuple(receipt_rlp(receipt) for receipt in receipts), kind)

    def is_final(self, number: int) -> bool:
        """Say whether enough blocks are on top."""
        with translated("ask for the newest block"):
            return self.web3.eth.block_number - number >= self._confirmations

    def final_block(self) -> BlockNumber:
        """Count back from the newest block."""
        with translated("ask for the newest block"):
            return BlockNumber(max(0, self.web3.eth.block_number - self._confirmations))

    def close(self) -> None:
        """Close the connections."""
        self._provider._request_session_manager.session_cache.clear()  # noqa: SLF001 - there is no public way

    def _ask(self, method: str, *parameters: object) -> Mapping[str, Any]:
        answer = self._provider.make_request(cast("RPCEndpoint", method), parameters)
        result = answer.get("result")
        if not isinstance(result, Mapping):
            raise ChainError(f"the node answers {method} with {answer.get('error', 'nothing')}")
        return result


def header_of(block: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the kind of a JSON-RPC block and its header; `ChainError` unless the block's hash comes from it."""
    wanted = _bytes(block["hash"])
    if block.keys() >= set(_BASE):  # some chains show less
        header = header_rlp(block)
        if keccak(header) == wanted:
            return "evm", header
        if _bytes(block["mixHash"]) == BFT_MIX_HASH and (found := _bft(header, wanted)) is not None:
            return found
    number = int(block["number"], 16)
    raise ChainError(
        f"block {number} has a header of a form that we do not know: its hash is another. Anchors on this chain"
        " hold, but cannot be proven offline",
        f"区块 {number} 的区块头格式未知，无法离线证明",
        block=number,
    )


def _bft(header: bytes, wanted: bytes) -> tuple[str, bytes] | None:
    fields: list[Item] = list(rlp.decode(header))
    for kind, part in ((committed.QBFT, fields), (committed.IBFT, fields[: committed.IBFT_FIELDS])):
        with suppress(MalformedError):  # extra data of another form is another kind's
            if committed.block(kind, part).hash == wanted:
                return kind, bytes(rlp.encode(part))
    return None


def header_rlp(block: Mapping[str, Any]) -> bytes:
    """Return the header of a JSON-RPC block of any fork since Frontier."""
    names = [*_BASE, *(name for name in _ADDED if block.get(name) is not None)]
    return bytes(rlp.encode([_scalar(block[name]) if name in _NUMBERS else _bytes(block[name]) for name in names]))


def receipt_rlp(receipt: Mapping[str, Any]) -> bytes:
    """Return a JSON-RPC receipt as it stands in the receipt trie (EIP-2718: a type byte before all but legacy ones)."""
    logs = [
        [_bytes(log["address"]), [_bytes(topic) for topic in log["topics"]], _bytes(log["data"])]
        for log in receipt["logs"]
    ]
    outcome = _bytes(receipt["root"]) if "status" not in receipt else _scalar(receipt["status"])
    body = bytes(rlp.encode([outcome, _scalar(receipt["cumulativeGasUsed"]), _bytes(receipt["logsBloom"]), logs]))
    kind = int(receipt.get("type", "0x0"), 16)
    return bytes([kind]) + body if kind else body


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))


def _scalar(value: str) -> bytes:
    number = int(value, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
