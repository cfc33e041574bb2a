"""The chain's word that a witness cosigned a checkpoint there: an anchor of a checkpoint and an account (format §6)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier import receipt, rlp
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError
from verifier.keccak import keccak256
from verifier.receipt import Claim, Proven
from verifier.record import members

EVENT: Final = "Cosigned(uint64,address,bytes32,bytes32,bytes32)"
TOPIC: Final = bytes.fromhex(
    "1974216d27dfe5944ac7c98364d094de1f504d159aae28293e590fa0f5f00ded"
)  # Keccak-256 of EVENT; a test recomputes it
_MEMBERS: Final = receipt.MEMBERS | {"size", "witness"}
_PADDING: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is claimed: ``claim``'s contract took this account's cosignature of the checkpoint of ``size``."""

    size: int
    witness: bytes
    claim: Claim


@dataclass(frozen=True, slots=True)
class Seen:
    """What is proven: in ``block`` it did. ``witness`` is 40 hex digits."""

    size: int
    witness: str
    block: Proven


def named(value: object) -> bool:
    """Say whether an anchor object is about a witness, not a checkpoint alone."""
    return isinstance(value, dict) and "witness" in value


def parse(value: object) -> Sight:
    """Read an anchor object about a cosignature; `MalformedError` unless it is exactly of the format."""
    body = members(value, _MEMBERS, "anchor")
    claim = receipt.parse(body)
    return Sight(receipt.count(body, "size"), receipt.hexadecimal(body["witness"], "witness", 20, 20), claim)


def check(sight: Sight, checkpoint: Checkpoint, digest: Callable[[bytes], bytes] = keccak256) -> Seen:
    """Return what the receipt proves about ``checkpoint``; `VerificationError` unless it holds one such event."""
    block, logs = receipt.check(sight.claim, digest)
    topics: list[rlp.Item] = [TOPIC, checkpoint.size.to_bytes(32, "big"), _PADDING + sight.witness]
    wanted: rlp.Item = [sight.claim.contract, topics, b"".join(checkpoint.roots)]
    found = logs.count(wanted)
    if found != 1:
        raise VerificationError(
            "event_missing",
            f"the receipt holds {found} events of the contract for this witness and checkpoint {sight.size}, not one",
            size=sight.size,
            witness=sight.witness.hex(),
            contract=sight.claim.contract.hex(),
        )
    return Seen(sight.size, sight.witness.hex(), block)
