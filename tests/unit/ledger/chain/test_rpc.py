"""Headers and receipts rebuilt from JSON-RPC, against py-evm's own encoding, fork by fork."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import rlp
from eth.rlp.headers import BlockHeader
from eth.rlp.logs import Log
from eth.rlp.receipts import Receipt
from eth.vm.forks.cancun.blocks import CancunBlockHeader
from eth.vm.forks.london.blocks import LondonBlockHeader
from eth.vm.forks.prague.blocks import PragueBlockHeader
from eth.vm.forks.shanghai.blocks import ShanghaiBlockHeader
from eth_utils import keccak
from web3.exceptions import Web3RPCError

from ledger.chain.rpc import _BASE, RpcNode, header_of, header_rlp, receipt_rlp
from ledger.errors import ChainError
from tests.vector_source import consortium

BASE: dict[str, Any] = {
    "difficulty": 2**40,
    "block_number": 1_000_000,
    "gas_limit": 30_000_000,
    "timestamp": 1_767_574_800,
    "coinbase": b"\x11" * 20,
    "parent_hash": b"\x22" * 32,
    "receipt_root": b"\x33" * 32,
    "gas_used": 0,
    "extra_data": b"consortium",
}
LONDON = {**BASE, "base_fee_per_gas": 7}
SHANGHAI = {**LONDON, "withdrawals_root": b"\x44" * 32}
CANCUN = {**SHANGHAI, "blob_gas_used": 0, "excess_blob_gas": 131_072, "parent_beacon_block_root": b"\x55" * 32}
PRAGUE = {**CANCUN, "requests_hash": b"\x66" * 32}
JSON_NAMES = {
    "parent_hash": "parentHash",
    "uncles_hash": "sha3Uncles",
    "coinbase": "miner",
    "state_root": "stateRoot",
    "transaction_root": "transactionsRoot",
    "receipt_root": "receiptsRoot",
    "difficulty": "difficulty",
    "block_number": "number",
    "gas_limit": "gasLimit",
    "gas_used": "gasUsed",
    "timestamp": "timestamp",
    "extra_data": "extraData",
    "mix_hash": "mixHash",
    "nonce": "nonce",
    "base_fee_per_gas": "baseFeePerGas",
    "withdrawals_root": "withdrawalsRoot",
    "blob_gas_used": "blobGasUsed",
    "excess_blob_gas": "excessBlobGas",
    "parent_beacon_block_root": "parentBeaconBlockRoot",
    "requests_hash": "requestsHash",
}


def as_json(header: Any) -> dict[str, object]:
    shown: dict[str, object] = {"logsBloom": f"0x{header.bloom:0512x}", "hash": "0x", "transactions": [], "size": "0x1"}
    for name, json_name in JSON_NAMES.items():
        value = getattr(header, name, None)
        if value is not None:
            shown[json_name] = hex(value) if isinstance(value, int) else f"0x{value.hex()}"
    return shown


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (BlockHeader, BASE),
        (LondonBlockHeader, LONDON),
        (ShanghaiBlockHeader, SHANGHAI),
        (CancunBlockHeader, CANCUN),
        (PragueBlockHeader, PRAGUE),
    ],
)
@pytest.mark.parametrize("extra", [{}, {"difficulty": 0, "gas_used": 21_000, "bloom": 2**2047 + 5}])
def test_the_header_of_every_fork_is_rebuilt(kind: Any, values: dict[str, Any], extra: dict[str, Any]) -> None:
    header = kind(**{**values, **extra})
    assert header_rlp(as_json(header)) == rlp.encode(header)


def test_a_consortium_chain_fills_extra_data_as_it_likes() -> None:
    header = LondonBlockHeader(**{**LONDON, "extra_data": b"\x77" * 300})
    with_null = {**as_json(header), "withdrawalsRoot": None}
    assert header_rlp(with_null) == rlp.encode(header)


@pytest.mark.parametrize("kind", [0, 1, 2, 4])
@pytest.mark.parametrize("status", [0, 1])
def test_receipts_are_rebuilt_with_their_type(kind: int, status: int) -> None:
    log = Log(b"\x11" * 20, (1, 2**255), b"data")
    receipt = Receipt(b"\x01" if status else b"", 123_456, [log])
    shown = {
        "type": hex(kind),
        "status": hex(status),
        "cumulativeGasUsed": hex(123_456),
        "logsBloom": f"0x{receipt.bloom:0512x}",
        "logs": [
            {"address": "0x" + "11" * 20, "topics": [f"0x{1:064x}", f"0x{2**255:064x}"], "data": "0x" + b"data".hex()}
        ],
    }
    prefix = bytes([kind]) if kind else b""
    assert receipt_rlp(shown) == prefix + rlp.encode(receipt)


def test_a_receipt_from_before_byzantium_holds_a_state_root() -> None:
    receipt = Receipt(b"\x88" * 32, 21_000, [])
    shown = {"root": "0x" + "88" * 32, "cumulativeGasUsed": "0x5208", "logsBloom": "0x" + "00" * 256, "logs": []}
    assert receipt_rlp(shown) == rlp.encode(receipt)


FIELDS: list[Any] = rlp.decode(rlp.encode(LondonBlockHeader(**{**LONDON, "mix_hash": consortium.MIX_HASH})))


def block_of(fields: list[Any], name: bytes) -> dict[str, object]:
    scalars = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}
    shown = {
        name: hex(int.from_bytes(value, "big")) if name in scalars else f"0x{value.hex()}"
        for name, value in zip((*_BASE, "baseFeePerGas"), fields, strict=True)
    }
    return {**shown, "hash": f"0x{name.hex()}"}


@pytest.mark.parametrize("how", [consortium.IBFT, consortium.QBFT])
def test_a_bft_block_is_known_by_the_hash_that_its_chain_gives_it(how: consortium.Sealing) -> None:
    made, name = consortium.header(FIELDS, how)
    full = [*made, *FIELDS[13:]] if how.kind == "ibft" else made
    assert header_of(block_of(full, name)) == (how.kind, rlp.encode(made))


def test_a_chain_that_hashes_headers_as_ethereum_does_is_evm() -> None:
    assert header_of(block_of(FIELDS, keccak(rlp.encode(FIELDS)))) == ("evm", rlp.encode(FIELDS))


@pytest.mark.parametrize("mix", [consortium.MIX_HASH, bytes(32)])
def test_a_header_whose_hash_nobody_knows_proves_nothing(mix: bytes) -> None:
    made, name = consortium.header(FIELDS, consortium.QBFT)
    strange = [*made[:13], mix, *made[14:]]
    with pytest.raises(ChainError, match="a form that we do not know"):
        header_of(block_of(strange, bytes(32)))
    with pytest.raises(ChainError, match="a form that we do not know"):
        header_of(block_of([*strange[:12], b"", *strange[13:]], name))


def test_a_header_of_which_the_node_leaves_a_part_out_proves_nothing() -> None:
    shown = block_of(FIELDS, keccak(rlp.encode(FIELDS)))
    del shown["mixHash"]
    with pytest.raises(ChainError, match="a form that we do not know"):
        header_of(shown)


@dataclass
class Bounded:
    """A node's events: one a block, at most so many blocks an answer."""

    newest: int
    most: int
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def block_number(self) -> int:
        return self.newest

    def get_logs(self, from_block: int, to_block: int) -> list[int]:
        self.asked.append((from_block, to_block))
        if to_block - from_block + 1 > self.most:
            raise Web3RPCError("block range too high")
        return list(range(from_block, to_block + 1))


@pytest.mark.parametrize(
    ("newest", "begin", "most", "asked"), [(999, 7, 993, 1), (50_000, 7, 5000, 19), (999, 7, 100, 12), (3, 3, 100, 1)]
)
def test_events_are_asked_for_in_as_many_parts_as_the_node_wants(
    newest: int, begin: int, most: int, asked: int
) -> None:
    bounded = Bounded(newest, most)
    node: Any = RpcNode("http://127.0.0.1:9")
    node.web3 = SimpleNamespace(eth=bounded)
    found: list[Any] = list(node.events(bounded, begin))
    assert found == list(range(begin, newest + 1))
    assert len(bounded.asked) == asked


def test_a_node_that_gives_no_events_at_all_is_not_asked_for_ever() -> None:
    bounded = Bounded(10**6, 0)
    node: Any = RpcNode("http://127.0.0.1:9")
    node.web3 = SimpleNamespace(eth=bounded)
    with pytest.raises(Web3RPCError):
        list(node.events(bounded, 0))
    assert len(bounded.asked) < 10
