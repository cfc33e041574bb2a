"""A chain and authorities whose evidence a verifier accepts, without a chain or an authority."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from ledger.domain.events import Value
from ledger.domain.instants import from_text
from ledger.ports.anchor import ChainWrites
from ledger.ports.log import Block
from tests.fakes import FakeAnchor
from tests.vector_source import asn1, chain, keys
from verifier import canonical, certificates
from verifier.checkpoint import Checkpoint
from verifier.keccak import keccak256


class ProvingAnchor(FakeAnchor):
    """The chain in memory, whose evidence is a real block."""

    behind = timedelta()
    """How far its clock is behind what it is told."""

    def submit(self, checkpoint: Checkpoint, writes: ChainWrites, at: datetime) -> str:
        return super().submit(checkpoint, writes, at - self.behind)

    def evidence(self, size: int) -> dict[str, Value]:
        _, held, _ = self.held[size]
        sizes = sorted(self.held)
        place = sizes.index(size)
        return chain.anchor(held, sizes[place - 1] if place else 0, place + 1, self.dated[place])

    def cosignature(self, transaction: str, size: int, witness: str) -> dict[str, Value] | None:
        if self.states.get(transaction) != "final":
            return None
        number, at = 500 + len(self.cosigned), self.dated[-1] + timedelta(seconds=1)
        return chain.cosigned(self.held[size][1], bytes.fromhex(witness.removeprefix("0x")), number, at)

    def block_of(self, transaction: str) -> Block:
        (size,) = (size for size, (held, _, _) in self.held.items() if held == transaction)
        found = self.evidence(size)
        name = keccak256(bytes.fromhex(str(found["header"]))).hex()
        return Block(int(str(found["block_number"])), name, from_text(str(found["block_time"])))


@dataclass
class Authorities:
    """Certificate and timestamp authority of the vectors."""

    root: asn1.Identity
    name: str = "vectors"
    stand_in: bool = True
    interval: timedelta = timedelta()
    serial: list[int] = field(default_factory=lambda: [0])

    def roots_pem(self) -> tuple[str, ...]:
        return (certificates.to_pem(self.root.certificate.public_bytes(Encoding.DER)),)

    def sm2_roots_pem(self) -> tuple[str, ...]:
        return ()

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:
        self.serial[0] += 1
        return asn1.token(keys.TSA, sha256_digest, at, self.serial[0])


def reseal(body: dict[str, Any]) -> bytes:
    """Write a bundle's object as canonical bytes; the seal is whatever was in it."""
    return canonical.encode(body)
