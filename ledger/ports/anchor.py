"""Anchoring: one checkpoint, one transaction, with the typed writes of the records under it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ledger.domain.events import Value
from ledger.errors import ChainError
from ledger.ports.log import Block
from ledger.ports.wallets import ApprovalWrite, ContractWallets
from verifier.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class CertificationWrite:
    """A qualified-investor certification for `InvestorRegistry`. Streams and leaves are 64 hex digits."""

    investor: str
    regime: str
    leaf: str
    granted_at: datetime
    valid_until: datetime
    revokes: str | None = None


@dataclass(frozen=True, slots=True)
class AssessmentWrite:
    """A risk assessment for `InvestorRegistry`: tolerance 1-5 and the lowest-class flag.

    ``regime`` is the one whose law gave ``valid_until``.
    """

    investor: str
    leaf: str
    tolerance: int
    lowest: bool
    completed_at: datetime
    valid_until: datetime
    regime: str = "cn_private_fund"


@dataclass(frozen=True, slots=True)
class EndingWrite:
    """The early end of an ``assessment`` (its leaf) in `InvestorRegistry`: the investor's circumstances changed."""

    investor: str
    leaf: str
    assessment: str
    ended_at: datetime
    regime: str = "cn_private_fund"


@dataclass(frozen=True, slots=True)
class SignatureWrite:
    """A signature for `SignatureRegistry`: who (key thumbprint) signed which document digest, by which suite."""

    document_sha256: str
    key: str
    suite: str
    leaf: str
    signed_at: datetime


class SaleStep(StrEnum):
    """What `SaleProcedure` knows of a sale; ``reopened``: its match no longer stands and is to be made again."""

    OPENED = "opened"
    MATCHED = "matched"
    DISCLOSED = "disclosed"
    QUALIFIED = "qualified"
    SIGNED = "signed"
    COMPLETED = "completed"
    PAID = "paid"
    VISITED = "visited"
    EFFECTIVE = "effective"
    RESCINDED = "rescinded"
    REOPENED = "reopened"


class Exempt(StrEnum):
    """What an exemption lets skip (募集 art. 32): nothing, cooling-off and visit, or qualification too."""

    NOTHING = "nothing"
    VISIT = "visit"
    QUALIFICATION = "qualification"


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What the contract agrees: whole hours of cooling-off, what begins it (as `SaleState` has it), whether visited."""

    cooling_off_hours: int
    cooling_off_from: str
    visit_due: bool


@dataclass(frozen=True, slots=True)
class SaleStepWrite:
    """One step of a sale for `SaleProcedure`: ``number`` counts them from 1; ``terms`` only where it is opened."""

    sale: str
    leaf: str
    step: SaleStep
    number: int
    at: datetime
    terms: SaleTerms | None = None
    exempt: Exempt = Exempt.NOTHING


@dataclass(frozen=True, slots=True)
class ChainWrites:
    """Everything that travels with one checkpoint."""

    certifications: tuple[CertificationWrite, ...] = ()
    assessments: tuple[AssessmentWrite, ...] = ()
    signatures: tuple[SignatureWrite, ...] = ()
    sale_steps: tuple[SaleStepWrite, ...] = ()
    endings: tuple[EndingWrite, ...] = ()
    approvals: tuple[ApprovalWrite, ...] = ()
    """These go before it, in transactions of their own: the contract asks each wallet."""


class CosignatureRefusedError(ChainError):
    """The contract does not take a witness's cosignature, and will not later; nothing was sent."""

    code = "cosignature_refused"


@dataclass(frozen=True, slots=True)
class WitnessSignature:
    """An EIP-712 `Cosign` of a checkpoint: the witness's account (0x…), until when it may be sent, 65 bytes."""

    witness: str
    deadline: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What `health` and `pfl chain status` say. ``trust`` is what an anchor there can rest on (`docs/format.md` §6)."""

    kind: str
    chain_id: int
    block: int
    block_time: datetime
    contracts: dict[str, str] = field(default_factory=dict)
    trust: str = "self-asserted"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a transaction is: ``submitted``, ``mined``, ``final``, or ``lost`` (with the ``reason``).

    ``transaction`` is the one that counts: another than was asked for if that was replaced. ``replaced`` says that it
    was just now.
    """

    state: str
    transaction: str
    block: Block | None = None
    reason: str = ""
    replaced: bool = False


class Anchor(Protocol):
    """A chain that holds checkpoints. Raises `ChainError` when it is away; nothing is lost then."""

    @property
    def contract_wallets(self) -> ContractWallets:
        """Wallets that are contracts there."""
        ...

    def status(self) -> ChainStatus:
        """Ask the chain who and where it is."""
        ...

    def anchored_size(self) -> int:
        """Return the size of the newest checkpoint that the chain holds (0 if none)."""
        ...

    def submit(self, checkpoint: Checkpoint, writes: ChainWrites, at: datetime) -> str:
        """Send one transaction (hex hash). Asks first what the chain holds, so a repeat never anchors twice."""
        ...

    def tend(self, transaction: str) -> Standing:
        """Say where a transaction is, and help it on: send it again if it was dropped, dearer if it is stuck."""
        ...

    def holds(self, block: Block) -> bool:
        """Say whether the chain still has this block in its place; `ChainError` if it has not come so far (yet)."""
        ...

    def find(self, size: int) -> str | None:
        """Return the transaction that anchored the checkpoint of this size, if any (crash recovery)."""
        ...

    def differing(self, writes: ChainWrites) -> Iterator[tuple[str, str]]:
        """Yield (leaf, what differs) of each write that the contracts do not hold so; of a sale give all steps."""
        ...

    def evidence(self, size: int) -> dict[str, Value]:
        """Return the anchor object of `docs/format.md` §6 (header, receipt proof, log) that needs no RPC to check."""
        ...

    def root_at(self, size: int) -> tuple[bytes, bytes, bytes] | None:
        """Return `Checkpoint.roots` as the chain holds them for this size; ``None`` if it has none."""
        ...

    def cosign(self, checkpoint: Checkpoint, signed: WitnessSignature, at: datetime) -> str:
        """Send a witness's cosignature of an anchored checkpoint (hex hash); `CosignatureRefusedError` for good."""
        ...

    def cosignature(self, transaction: str, size: int, witness: str) -> dict[str, Value] | None:
        """Return the anchor object of a cosignature (`docs/format.md` §6); ``None`` unless it is final there."""
        ...

    def has_cosigned(self, size: int, witness: str) -> bool:
        """Say whether the chain holds this account's cosignature of the checkpoint of this size."""
        ...

    def witness_count(self, size: int) -> int:
        """Return how many witnesses the chain holds for the checkpoint of this size."""
        ...
