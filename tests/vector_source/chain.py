"""Blocks that hold checkpoint events, made with the `rlp` and `trie` packages, which the verifier does not know."""

from datetime import datetime
from typing import Any

import rlp
from eth_utils import keccak
from trie import HexaryTrie

from verifier.checkpoint import Checkpoint

CONTRACT = bytes.fromhex("c0ffee" + "00" * 16 + "01")
CHAIN_ID = 0x70666C
EVENT = keccak(b"CheckpointAnchored(uint64,bytes32,bytes32,bytes32,uint64)")
SIGNED = keccak(b"WalletSigned(bytes32,address,bytes32,bytes32)")
COSIGNED = keccak(b"Cosigned(uint64,address,bytes32,bytes32,bytes32)")
REGISTRY = bytes.fromhex("c0ffee" + "00" * 16 + "02")


def anchor(
    checkpoint: Checkpoint,
    previous: int,
    number: int,
    at: datetime,
    *,
    contract: bytes = CONTRACT,
    status: bytes = b"\x01",
    others: int = 2,
) -> dict[str, Any]:
    """Return the anchor object of a block in which ``others`` transactions come before the anchoring one."""
    log = [
        contract,
        [EVENT, checkpoint.size.to_bytes(32, "big")],
        b"".join(checkpoint.roots) + previous.to_bytes(32, "big"),
    ]
    return {"size": checkpoint.size} | _block(log, number, at, contract, status, others)


def signed(
    document: bytes,
    wallet: bytes,
    digest: bytes,
    number: int,
    at: datetime,
    *,
    contract: bytes = REGISTRY,
    more: bytes = b"",
) -> dict[str, Any]:
    """Return the anchor object of a block in which a registry took a contract wallet's signature."""
    log = [contract, [SIGNED, document, wallet.rjust(32, b"\0")], digest + keccak(b"the wallet's code") + more]
    return {"document": document.hex(), "wallet": wallet.hex()} | _block(log, number, at, contract, b"\x01", 1)


def cosigned(
    checkpoint: Checkpoint,
    witness: bytes,
    number: int,
    at: datetime,
    *,
    contract: bytes = CONTRACT,
    times: int = 1,
) -> dict[str, Any]:
    """Return the anchor object of a block in which the log's contract took a witness's cosignature, ``times`` over."""
    topics = [COSIGNED, checkpoint.size.to_bytes(32, "big"), witness.rjust(32, b"\0")]
    log = [contract, topics, b"".join(checkpoint.roots)]
    block = _block(log, number, at, contract, b"\x01", 1, times=times)
    return {"size": checkpoint.size, "witness": witness.hex()} | block


def _block(
    log: Any, number: int, at: datetime, contract: bytes, status: bytes, others: int, *, times: int = 1
) -> dict[str, Any]:
    receipts = [_receipt(b"\x01", 21_000 * (i + 1), []) for i in range(others)]
    receipts.append(b"\x02" + _receipt(status, 21_000 * others + 60_000, [log] * times))
    trie = HexaryTrie({})
    for i, receipt in enumerate(receipts):
        trie[rlp.encode(i)] = receipt
    seconds = int(at.timestamp())
    header = [
        *(b"\x11" * 32, b"\x22" * 32, b"\x33" * 20, b"\x44" * 32, b"\x55" * 32, trie.root_hash, b"\0" * 256),
        *(b"", _number(number), _number(30_000_000), _number(150_000), _number(seconds), b"", b"\x66" * 32, b"\0" * 8),
        _number(7),
    ]
    path = [rlp.encode(node) for node in trie.get_proof(rlp.encode(others))]  # type: ignore[no-untyped-call] # the package types its front only
    return {
        "kind": "evm",
        "chain_id": CHAIN_ID,
        "contract": contract.hex(),
        "trust": "self-asserted",
        "block_number": number,
        "block_time": at.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        "header": rlp.encode(header).hex(),
        "transaction": keccak(b"transaction %d" % number).hex(),
        "transaction_index": others,
        "receipt_proof": [path[0].hex(), *(node.hex() for node in path[1:] if len(node) >= 32)],
    }


def _receipt(status: bytes, gas: int, logs: list[Any]) -> bytes:
    return bytes(rlp.encode([status, _number(gas), b"\0" * 256, logs]))


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
