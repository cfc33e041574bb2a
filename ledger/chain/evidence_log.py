"""Checkpoints on the chain and the writes that travel with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from eth_typing import ChecksumAddress, HexStr
from eth_utils import keccak
from hexbytes import HexBytes

from ledger.chain.binding import Binding
from ledger.chain.errors import ContractRefusedError, translated
from ledger.chain.investor_registry import assessment, certification, ending, revocation
from ledger.chain.sale_procedure import sale_step
from ledger.chain.signature_registry import recorded_signature
from ledger.chain.units import instant, seconds, word
from ledger.ports.anchor import ChainWrites
from verifier.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class ChainCheckpoint:
    """A checkpoint as the chain keeps it; ``roots`` is what `commitment` gives of its roots."""

    size: int
    time: datetime
    block: int
    roots: bytes


@dataclass(frozen=True, slots=True)
class ChainCosignature:
    """A witness' EIP-712 signature (`ledger.chain.typed_data.cosign`) of a checkpoint, to be sent by ``deadline``."""

    witness: ChecksumAddress
    checkpoint: Checkpoint
    deadline: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class Anchored:
    """The event of a checkpoint."""

    transaction: str
    block: int
    sha256_root: bytes
    sm3_root: bytes
    map_root: bytes
    previous_size: int

    @property
    def roots(self) -> tuple[bytes, bytes, bytes]:
        """Return the roots of both trees and of the stream map."""
        return self.sha256_root, self.sm3_root, self.map_root


class EvidenceLog(Binding):
    """`contracts/EvidenceLog.sol`."""

    name = "EvidenceLog"
    unused: ClassVar[dict[str, str]] = {
        "eip712Domain": "for wallets",
        "EIP712DomainChanged": "the domain never changes",
    }

    def anchor(self, checkpoint: Checkpoint, writes: ChainWrites) -> HexStr:
        """Anchor a checkpoint and its writes in one transaction."""
        if writes == ChainWrites():
            return self._write("anchor", *_head(checkpoint))
        return self._write("anchorWith", _head(checkpoint), _writes(writes))

    def anchor_batch(self, checkpoints: Iterable[Checkpoint]) -> HexStr:
        """Anchor a backlog, oldest first."""
        return self._write("anchorBatch", [_head(checkpoint) for checkpoint in checkpoints])

    def record_ahead(self, writes: ChainWrites) -> HexStr:
        """Send a part of a checkpoint's writes that does not fit into one block with its head."""
        return self._write("recordAhead", _writes(writes))

    def head(self) -> tuple[int, int]:
        """Return the size of the newest checkpoint and how many there are."""
        size, count, _ = self._read("head")
        return int(size), int(count)

    def checkpoint(self, size: int) -> ChainCheckpoint | None:
        """Return the checkpoint of a size, ``None`` if there is none."""
        try:
            time, block, roots = self._read("checkpointOf", size)
        except ContractRefusedError as error:
            if error.name == "UnknownCheckpoint":
                return None
            raise
        return ChainCheckpoint(size, instant(time), block, bytes(roots))

    def anchored(self, checkpoint: ChainCheckpoint) -> Anchored:
        """Return the event of a checkpoint from the block that the state names."""
        event = self._contract.events.CheckpointAnchored()
        with translated("read the event of a checkpoint"):
            (log,) = event.get_logs(
                from_block=checkpoint.block, to_block=checkpoint.block, argument_filters={"size": checkpoint.size}
            )
        values = log["args"]
        return Anchored(
            transaction=HexBytes(log["transactionHash"]).hex().removeprefix("0x"),
            block=log["blockNumber"],
            sha256_root=bytes(values["sha256Root"]),
            sm3_root=bytes(values["sm3Root"]),
            map_root=bytes(values["mapRoot"]),
            previous_size=values["previousSize"],
        )

    def verify_inclusion(self, leaf: str, index: int, checkpoint: Checkpoint, path: Sequence[bytes]) -> datetime:
        """Have the chain check that a record is under a checkpoint; returns the checkpoint's block time."""
        return instant(self._read("verifyInclusion", word(leaf), index, _head(checkpoint), list(path)))

    def cosign(self, checkpoint: Checkpoint) -> HexStr:
        """Cosign an anchored checkpoint as the sender, a witness."""
        return self._write("cosign", _head(checkpoint))

    def cosign_by_sig(self, cosignatures: Iterable[ChainCosignature]) -> HexStr:
        """Send cosignatures that witnesses signed; all or nothing."""
        items = [
            (item.witness, _head(item.checkpoint), seconds(item.deadline), item.signature) for item in cosignatures
        ]
        return self._write("cosignBySig", items)

    def witness_count(self, size: int) -> int:
        """Return how many witnesses cosigned the checkpoint of a size."""
        return int(self._read("witnessCount", size))

    def has_cosigned(self, size: int, witness: ChecksumAddress) -> bool:
        """Say whether a witness cosigned the checkpoint of a size."""
        return bool(self._read("hasCosigned", size, witness))

    def witnesses(self, size: int) -> tuple[bytes, ...]:
        """Return the member ids (six bytes) of a checkpoint's witnesses, first cosignature first."""
        return tuple(self._read("witnessesOf", size))

    def parts(self) -> dict[str, ChecksumAddress]:
        """Return the addresses of the contracts that this log is bound to."""
        return {
            "Institutions": self._read("institutions"),
            "InvestorRegistry": self._read("investors"),
            "SignatureRegistry": self._read("signatures"),
            "SaleProcedure": self._read("sales"),
        }


def commitment(roots: tuple[bytes, bytes, bytes]) -> bytes:
    """Return the 23 bytes that the chain's state keeps of `Checkpoint.roots`."""
    return keccak(b"".join(roots))[:23]


def _head(checkpoint: Checkpoint) -> tuple[object, ...]:
    return (checkpoint.size, *checkpoint.roots)


def _writes(writes: ChainWrites) -> tuple[object, ...]:
    return (
        [certification(write) for write in writes.certifications if write.revokes is None],
        [revocation(write) for write in writes.certifications if write.revokes is not None],
        [assessment(write) for write in writes.assessments],
        [ending(write) for write in writes.endings],
        [recorded_signature(write) for write in writes.signatures],
        [sale_step(write) for write in writes.sale_steps],
    )
