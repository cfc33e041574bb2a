"""Anchors: the block header and receipt proof that an EVM chain took a checkpoint (`docs/format.md` §6)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier import receipt, rlp
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError
from verifier.keccak import keccak256
from verifier.receipt import Claim, Proven
from verifier.record import members

EVENT: Final = "CheckpointAnchored(uint64,bytes32,bytes32,bytes32,uint64)"
TOPIC: Final = bytes.fromhex(
    "50ef6e7083e02be5811dc2fc61293d659c2313d2cc1829c109fd33fb67612cdb"
)  # Keccak-256 of EVENT; a test recomputes it
_MEMBERS: Final = receipt.MEMBERS | {"size"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor as claimed, read but not yet checked: ``claim`` says where the event stands."""

    size: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor proves: ``block`` holds the event of its contract for the checkpoint of ``size``."""

    size: int
    block: Proven


def parse(value: object) -> Anchor:
    """Read an anchor object; `MalformedError` unless it is exactly of the format."""
    body = members(value, _MEMBERS, "anchor")
    claim = receipt.parse(body)
    return Anchor(receipt.count(body, "size"), claim)


def check(anchor: Anchor, checkpoint: Checkpoint, digest: Callable[[bytes], bytes] = keccak256) -> Anchored:
    """Return what the anchor proves about ``checkpoint``; `VerificationError` if it proves something else."""
    block, logs = receipt.check(anchor.claim, digest)
    found = [log for log in logs if _anchors(log, anchor.claim.contract, checkpoint)]
    if len(found) != 1:
        raise VerificationError(
            "event_missing",
            f"the receipt holds {len(found)} events of the contract for checkpoint {checkpoint.size}, not one",
            size=checkpoint.size,
            contract=anchor.claim.contract.hex(),
        )
    return Anchored(anchor.size, block)


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
