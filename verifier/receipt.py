"""What an EVM block proves: that a transaction in it left certain events (`docs/format.md` §6)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from verifier import committed, rlp, trie
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256
from verifier.record import instant

MAX_HEADER: Final = 8 * 1024
MAX_NODE: Final = 256 * 1024

MEMBERS: Final = frozenset(
    {
        *("kind", "chain_id", "contract", "trust", "block_number", "block_time"),
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
class Claim:
    """A receipt as claimed, read but not yet checked. ``contract`` is the one whose events count."""

    kind: str
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
class Proven:
    """What a receipt proves: this block, at this time, holds events of this contract.

    ``sealers`` are the addresses whose seals the block carries, ``validators`` those that it names, if it names any.
    """

    kind: str
    chain_id: int
    contract: str
    block_hash: str
    block_number: int
    block_time: datetime
    validators: tuple[bytes, ...]
    sealers: tuple[bytes, ...]


def parse(body: Mapping[str, Any]) -> Claim:
    """Read the members of an anchor object that say where the event is; `MalformedError` unless of the format."""
    kind = body["kind"]
    if not isinstance(kind, str) or kind not in TRUST or body["trust"] != TRUST[kind]:
        known = ", ".join(f"{name} with trust {trust}" for name, trust in TRUST.items())
        raise MalformedError("unknown_anchor", f"an anchor is of none of the kinds {known}")
    proof = body["receipt_proof"]
    if not isinstance(proof, list) or not 0 < len(proof) <= trie.MAX_NODES:
        raise MalformedError("bad_anchor", "receipt_proof is not a list of trie nodes", member="receipt_proof")
    time = instant(body["block_time"], "block_time")
    return Claim(
        kind,
        count(body, "chain_id"),
        hexadecimal(body["contract"], "contract", 20, 20),
        body["trust"],
        count(body, "block_number"),
        time,
        hexadecimal(body["header"], "header", 1, MAX_HEADER),
        hexadecimal(body["transaction"], "transaction", 32, 32).hex(),
        count(body, "transaction_index"),
        tuple(hexadecimal(node, "receipt_proof", 1, MAX_NODE) for node in proof),
    )


def check(claim: Claim, digest: Callable[[bytes], bytes] = keccak256) -> tuple[Proven, list[rlp.Item]]:
    """Return the block and the events (RLP) that the receipt in it holds; `VerificationError` if it is another's.

    ``digest`` is Keccak-256; pass a table of digests made with `keccak256_all` to check many at once.
    """
    header = _header(claim)
    number, seconds = rlp.integer(header[_NUMBER]), rlp.integer(header[_TIMESTAMP])
    if number != claim.block_number or (seconds, 0) != _since_epoch(claim.block_time):
        raise VerificationError(
            "block_differs",
            "the header has another number or time than the anchor says",
            number=number,
            seconds=seconds,
        )
    key = rlp.encode_integer(claim.transaction_index)
    logs = _logs(trie.verify_value(rlp.text(header[_RECEIPTS_ROOT], 32), key, claim.receipt_proof, digest))
    about = claim.kind, claim.chain_id, claim.contract.hex()
    if claim.kind not in committed.KINDS:
        return Proven(*about, digest(claim.header).hex(), number, claim.block_time, (), ()), logs
    block = committed.block(claim.kind, header)
    sealers = committed.sealers(claim.kind, block)
    return Proven(*about, block.hash.hex(), number, claim.block_time, block.validators, sealers), logs


def block_hash(claim: Claim) -> str:
    """Return the block's hash (hex) as its chain computes it: Keccak-256 of the header, or what its consensus takes."""
    if claim.kind in committed.KINDS:
        return committed.block(claim.kind, _header(claim)).hash.hex()
    return keccak256(claim.header).hex()


def blobs(claim: Claim) -> tuple[bytes, ...]:
    """Return what `check` will hash with the ``digest`` that it is given, to hash many claims' at once."""
    return claim.header, *claim.receipt_proof


def count(body: Mapping[str, Any], name: str) -> int:
    """Return a member of an anchor that is a whole number from 0."""
    value = body[name]
    if type(value) is not int or value < 0:
        raise MalformedError("bad_anchor", f"{name} of an anchor is not a whole number from 0", member=name)
    return value


def hexadecimal(value: object, what: str, least: int, most: int) -> bytes:
    """Return the bytes of lower-case hex of a bounded length."""
    if not isinstance(value, str) or not least * 2 <= len(value) <= most * 2 or not _HEX.fullmatch(value):
        raise MalformedError("bad_hex", f"{what} is not lower-case hex of {least} to {most} bytes", member=what)
    return bytes.fromhex(value)


def _header(claim: Claim) -> list[rlp.Item]:
    """Read a header; Edge's has no field that its block hash does not cover."""
    header = rlp.decode_list(claim.header)
    if claim.kind == committed.IBFT:
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
