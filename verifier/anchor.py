"""Anchors: the block header and receipt proof that an EVM chain took a checkpoint (`docs/format.md` §6)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from verifier import committed, rlp, trie
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256
from verifier.record import instant, members

EVENT: Final = "CheckpointAnchored(uint64,bytes32,bytes32,bytes32,uint64)"
TOPIC: Final = bytes.fromhex(
    "50ef6e7083e02be5811dc2fc61293d659c2313d2cc1829c109fd33fb67612cdb"
)  # Keccak-256 of EVENT; a test recomputes it
MAX_HEADER: Final = 8 * 1024
MAX_NODE: Final = 256 * 1024

_MEMBERS: Final = frozenset(
    {
        *("kind", "size", "chain_id", "contract", "trust", "block_number", "block_time"),
        *("header", "transaction", "transaction_index", "receipt_proof"),
    }
)
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
TRUST: Final = {"evm": "self-asserted", **dict.fromkeys(sorted(committed.KINDS), "validators")}
"""What an anchor of each kind can rest on; what it does rest on depends on the reader's pins."""
_FIELDS_BEFORE_LONDON: Final = 15
_RECEIPTS_ROOT, _NUMBER, _TIMESTAMP = 5, 8, 11  # positions in a header, yellow paper §4.4
_SUCCESS: Final = b"\x01"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor as claimed, read but not yet checked."""

    kind: str
    size: int
    chain_id: int
    contract: bytes
    trust: str
    block_number: int
    block_time: datetime
    header: bytes
    transaction: str
    transaction_index: int
    receipt_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor proves: this block, at this time, holds the event of this contract for this checkpoint.

    ``sealers`` are the addresses whose seals the block carries, ``validators`` those that it names, if it names any.
    """

    kind: str
    size: int
    chain_id: int
    contract: str
    block_hash: str
    block_number: int
    block_time: datetime
    validators: tuple[bytes, ...] = ()
    sealers: tuple[bytes, ...] = ()


def parse(value: object) -> Anchor:
    """Read an anchor object; `MalformedError` unless it is exactly of the format."""
    body = members(value, _MEMBERS, "anchor")
    kind = body["kind"]
    if not isinstance(kind, str) or kind not in TRUST or body["trust"] != TRUST[kind]:
        known = ", ".join(f"{name} with trust {trust}" for name, trust in TRUST.items())
        raise MalformedError("unknown_anchor", f"an anchor is of none of the kinds {known}")
    proof = body["receipt_proof"]
    if not isinstance(proof, list) or not 0 < len(proof) <= trie.MAX_NODES:
        raise MalformedError("bad_anchor", "receipt_proof is not a list of trie nodes", member="receipt_proof")
    time = instant(body["block_time"], "block_time")
    return Anchor(
        kind,
        _count(body, "size"),
        _count(body, "chain_id"),
        _hex(body["contract"], "contract", 20, 20),
        body["trust"],
        _count(body, "block_number"),
        time,
        _hex(body["header"], "header", 1, MAX_HEADER),
        _hex(body["transaction"], "transaction", 32, 32).hex(),
        _count(body, "transaction_index"),
        tuple(_hex(node, "receipt_proof", 1, MAX_NODE) for node in proof),
    )


def check(anchor: Anchor, checkpoint: Checkpoint, digest: Callable[[bytes], bytes] = keccak256) -> Anchored:
    """Return what the anchor proves about ``checkpoint``; `VerificationError` if it proves something else.

    ``digest`` is Keccak-256; pass a table of digests made with `keccak256_all` to check many anchors at once.
    """
    header = _header(anchor)
    number, seconds = rlp.integer(header[_NUMBER]), rlp.integer(header[_TIMESTAMP])
    if number != anchor.block_number or (seconds, 0) != _since_epoch(anchor.block_time):
        raise VerificationError(
            "block_differs",
            "the header has another number or time than the anchor says",
            number=number,
            seconds=seconds,
        )
    key = rlp.encode_integer(anchor.transaction_index)
    receipt = trie.verify_value(rlp.text(header[_RECEIPTS_ROOT], 32), key, anchor.receipt_proof, digest)
    found = [log for log in _logs(receipt) if _anchors(log, anchor.contract, checkpoint)]
    if len(found) != 1:
        raise VerificationError(
            "event_missing",
            f"the receipt holds {len(found)} events of the contract for checkpoint {checkpoint.size}, not one",
            size=checkpoint.size,
            contract=anchor.contract.hex(),
        )
    proven = anchor.kind, anchor.size, anchor.chain_id, anchor.contract.hex()
    if anchor.kind not in committed.KINDS:
        return Anchored(*proven, digest(anchor.header).hex(), number, anchor.block_time)
    block = committed.block(anchor.kind, header)
    sealers = committed.sealers(anchor.kind, block)
    return Anchored(*proven, block.hash.hex(), number, anchor.block_time, block.validators, sealers)


def block_hash(anchor: Anchor) -> str:
    """Return the block's hash (hex) as its chain computes it: Keccak-256 of the header, or what its consensus takes."""
    if anchor.kind in committed.KINDS:
        return committed.block(anchor.kind, _header(anchor)).hash.hex()
    return keccak256(anchor.header).hex()


def blobs(anchor: Anchor) -> tuple[bytes, ...]:
    """Return what `check` will hash with the ``digest`` that it is given, to hash many anchors' at once."""
    return anchor.header, *anchor.receipt_proof


def _header(anchor: Anchor) -> list[rlp.Item]:
    """Read a header; Edge's has no field that its block hash does not cover."""
    header = rlp.decode_list(anchor.header)
    if anchor.kind == committed.IBFT:
        if len(header) != committed.IBFT_FIELDS:
            raise MalformedError("bad_header", f"an IBFT block header has {len(header)} fields, not 13")
    elif len(header) < _FIELDS_BEFORE_LONDON:
        raise MalformedError("bad_header", f"a block header has {len(header)} fields, fewer than 15")
    return header


def _since_epoch(at: datetime) -> tuple[int, int]:
    return (at - _EPOCH) // timedelta(seconds=1), at.microsecond


def _logs(receipt: bytes) -> list[rlp.Item]:
    if receipt[0] < 0x80:  # noqa: PLR2004 - EIP-2718: a typed receipt starts with its type
        receipt = receipt[1:]
    match rlp.decode_list(receipt):
        case [bytes(status), bytes(), bytes(), list(logs)]:
            if status != _SUCCESS:
                raise VerificationError("transaction_failed", "the anchoring transaction was reverted")
            return logs
        case _:
            raise MalformedError("bad_receipt", "a receipt is not status, gas, bloom and logs")


def _anchors(log: rlp.Item, contract: bytes, checkpoint: Checkpoint) -> bool:
    match log:
        case [bytes(address), [bytes(topic), bytes(size)], bytes(data)]:
            return (
                address == contract
                and topic == TOPIC
                and size == checkpoint.size.to_bytes(32, "big")
                and data[:96] == b"".join(checkpoint.roots)
                and len(data) == 128  # noqa: PLR2004 - four words
                and int.from_bytes(data[96:], "big") < checkpoint.size
            )
        case _:
            return False


def _count(body: Mapping[str, Any], name: str) -> int:
    value = body[name]
    if type(value) is not int or value < 0:
        raise MalformedError("bad_anchor", f"{name} of an anchor is not a whole number from 0", member=name)
    return value


def _hex(value: object, what: str, least: int, most: int) -> bytes:
    if not isinstance(value, str) or not least * 2 <= len(value) <= most * 2 or not _HEX.fullmatch(value):
        raise MalformedError("bad_hex", f"{what} is not lower-case hex of {least} to {most} bytes", member=what)
    return bytes.fromhex(value)
