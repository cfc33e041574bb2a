"""Witnesses that the operator asks to cosign checkpoints (C2SP tlog-witness)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.errors import OperatorError
from ledger.ports.log import Proof
from verifier.checkpoint import Checkpoint


class WitnessError(OperatorError):
    """A witness is away, refuses, or answers what is not of the protocol. Sales and anchoring go on without it."""

    code = "witness_error"


class WitnessAheadError(WitnessError):
    """The witness has cosigned another size than we thought; ``size`` is its last one."""

    code = "witness_ahead"

    def __init__(self, message: str, zh: str, *, size: int) -> None:
        """``size`` in records."""
        super().__init__(message, zh, size=size)
        self.size = size


class WitnessRefusesError(WitnessError):
    """The witness says that our checkpoint contradicts what it cosigned before."""

    code = "witness_refuses"


@dataclass(frozen=True, slots=True)
class Witness:
    """Who is asked: verifier key (C2SP vkey of type 0x04) and the name in it."""

    name: str
    vkey: str


class Witnesses(Protocol):
    """The configured witnesses. Every call is bounded in time."""

    @property
    def all(self) -> Sequence[Witness]:
        """Those that are asked, by name; empty if there are none."""
        ...

    @property
    def quorum(self) -> int:
        """How many cosignatures make a checkpoint a witnessed one (0 without witnesses)."""
        ...

    def cosign(self, witness: Witness, note: str, old: int, proof: Proof, old_head: Checkpoint | None) -> Sequence[str]:
        """Submit a checkpoint with its proof from size ``old``; return the witness's own signature lines, verified.

        `WitnessAheadError` when the witness's last size is not ``old``, `WitnessRefusesError`, `WitnessError`.
        """
        ...

    def latest(self, witness: Witness, origin: str) -> str | None:
        """Return the newest note of this log that the witness serves, not believed; ``None`` if it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A stored cosignature line (with its newline) over the checkpoint of a size."""

    size: int
    vkey: str
    line: str


class Cosignatures(Protocol):
    """What the operator keeps of witnesses, beside the log."""

    def keep_cosignature(self, cosigned: Cosigned) -> None:
        """Keep a line; one a witness and size, the first."""
        ...

    def cosignatures(self, sizes: Sequence[int]) -> Mapping[int, Sequence[Cosigned]]:
        """Return the lines over checkpoints of these sizes, by size; sizes without any are absent."""
        ...
