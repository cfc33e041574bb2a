"""Witnesses that the operator asks to cosign checkpoints (C2SP tlog-witness)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.errors import OperatorError
from ledger.ports.anchor import WitnessSignature
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


@dataclass(frozen=True, slots=True)
class Given:
    """What a witness gave for a checkpoint: its signature lines, verified, and perhaps a signature for the chain.

    The latter is believed by nobody but the contract.
    """

    lines: Sequence[str]
    on_chain: WitnessSignature | None = None


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

    def cosign(self, witness: Witness, note: str, old: int, proof: Proof, old_head: Checkpoint | None) -> Given:
        """Submit a checkpoint with its proof from size ``old``; return what the witness gives.

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
    on_chain: WitnessSignature | None = None
    """Kept with it; see `Relay` for what becomes of it."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A cosignature on its way to the chain: ``waiting``, ``sent``, ``done`` (the chain holds it) or ``refused``."""

    size: int
    vkey: str
    signed: WitnessSignature
    state: str
    changed_at: datetime
    transaction: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in the way of a witness's cosignature, since when.

    ``contradiction``: it was shown, under our own key, that the log holds less or something else than it signed.
    """

    vkey: str
    problem: str
    since: datetime
    contradiction: bool = False


class WitnessBook(Protocol):
    """What the operator keeps of its witnesses, durably."""

    def keep(self, cosigned: Cosigned, at: datetime) -> None:
        """Keep a line, one a witness and size: the first."""
        ...

    def of(self, size: int) -> Sequence[Cosigned]:
        """Return the lines over the checkpoint of this size, by verifier key."""
        ...

    def last(self, vkey: str) -> int:
        """Return the largest size that this witness cosigned, as far as we hold its line; 0 if none."""
        ...

    def witnessed(self, vkeys: Sequence[str], quorum: int, *, above: int, limit: int = 20) -> Sequence[int]:
        """Return sizes above ``above`` that at least ``quorum`` of these cosigned, the largest first."""
        ...

    def relays(self, *, limit: int) -> Sequence[Relay]:
        """Return what is on its way: those that are sent, then, the newest first, those over final checkpoints."""
        ...

    def relayed(self) -> Sequence[Relay]:
        """Return of each witness the relay of its largest size that was sent, done or refused, by verifier key."""
        ...

    def relays_over(self, size: int) -> Sequence[Relay]:
        """Return every relay over the checkpoint of this size, by verifier key."""
        ...

    def move(self, relay: Relay) -> None:
        """Note where a relay is now: state, transaction, problem."""
        ...

    def reopen(self, size: int, since: datetime | None, at: datetime) -> None:
        """Let relays wait again: those over this size or a larger one, and those that moved at ``since`` or later."""
        ...

    def tell(self, trouble: Trouble) -> None:
        """Note what stands in a witness's way; the same problem keeps its first instant."""
        ...

    def settle(self, vkey: str) -> None:
        """Note that nothing does any more."""
        ...

    def troubles(self) -> Sequence[Trouble]:
        """Return what stands in the way, by verifier key."""
        ...
