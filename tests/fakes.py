"""Stand-ins for ports in unit tests: a chain in memory, a clock that is set by hand, a timestamp authority."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Draft, Value
from ledger.errors import ChainError, OperatorError
from ledger.ports.anchor import ChainStatus, ChainWrites, CosignatureRefusedError, Standing, WitnessSignature
from ledger.ports.log import Block
from ledger.ports.wallets import ApprovalWrite, Question, Says
from verifier import checkpoint
from verifier.approvals.eip1271 import Asked
from verifier.checkpoint import Checkpoint

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ORIGIN = "ledger.test/log"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STAFF = Actor("5" * 32, Role.SALES)
SYSTEM = Actor("0" * 32, Role.SYSTEM)


class FakeClock:
    """Stands still until `advance`."""

    simulated = True

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **kind: float) -> datetime:
        self.at += timedelta(**kind)
        return self.at


class PowerCut(BaseException):
    """What a crash looks like from inside: nobody catches it."""


@dataclass
class FakeAnchor:
    """A chain in memory. Blocks come by `mine`; it can be away, forget, or cut the power at a named arrow."""

    away: bool = False
    automatic: bool = True
    """Every transaction is mined and final at once."""
    cut_before: str = ""
    cut_after: str = ""
    held: dict[int, tuple[str, Checkpoint, ChainWrites]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    dated: list[datetime] = field(default_factory=list)
    """What each block was told to be dated."""
    refused: dict[str, str] = field(default_factory=dict)
    """Leaves that a contract will not take, with the name of its error ("" for the usual one)."""
    forks: int = 0
    """How often every block was made again with another hash."""
    block_time: datetime = START
    names_leaf: int = 64
    """How much of the leaf its error tells."""
    admitted: set[str] = field(default_factory=set)
    """Accounts of witnesses."""
    cosigned: list[tuple[int, str, str]] = field(default_factory=list)
    """Size, account and transaction of each cosignature that was sent."""

    @property
    def contract_wallets(self) -> "FakeWallets":
        return FakeWallets(self)

    def status(self) -> ChainStatus:
        self._answer()
        return ChainStatus("fake", 1, max(self.held, default=0), START)

    def anchored_size(self) -> int:
        self._answer()
        return max((size for size, (tx, _, _) in self.held.items() if self.states[tx] != "submitted"), default=0)

    def submit(self, checkpoint: Checkpoint, writes: ChainWrites, at: datetime) -> str:
        self._answer()
        self._cut(self.cut_before, "submit")
        assert checkpoint.size > max(self.held, default=0), "checkpoints grow"
        self._judge(writes)
        transaction = hashlib.sha256(f"{checkpoint.size}:{len(self.sent)}:{at}".encode()).hexdigest()
        self.held[checkpoint.size] = (transaction, checkpoint, writes)
        self.states[transaction] = "final" if self.automatic else "submitted"
        self.sent.append(checkpoint.size)
        self.dated.append(at)
        self._cut(self.cut_after, "submit")
        return transaction

    def _judge(self, writes: ChainWrites) -> None:
        """Refuse as contracts do: by index within a list, in the order of `EvidenceLog`."""
        lists = (
            ("EmptyValidity", [w.leaf for w in writes.certifications if w.revokes is None]),
            ("UnknownCertification", [w.leaf for w in writes.certifications if w.revokes is not None]),
            ("EmptyValidity", [w.leaf for w in writes.assessments]),
            ("UnknownAssessment", [w.leaf for w in writes.endings]),
            ("AlreadySigned", [w.leaf for w in writes.signatures]),
            ("StepOutOfOrder", [w.leaf for w in writes.sale_steps]),
            ("BadSignature", [w.leaf for w in writes.approvals]),
        )
        for name, leaves in lists:
            for index, leaf in enumerate(leaves):
                if leaf in self.refused:
                    told = self.refused[leaf] or name
                    raise ChainError("a contract refused", name=told, index=index, leaf=leaf[: self.names_leaf])

    def differing(self, writes: ChainWrites) -> Iterator[tuple[str, str]]:
        """Compare by leaf alone."""
        self._answer()
        sent = [held for _, _, held in self.held.values()]
        for name in ("certifications", "assessments", "signatures", "sale_steps", "endings"):
            leaves = {write.leaf for held in sent for write in getattr(held, name)}
            yield from ((w.leaf, "not held") for w in getattr(writes, name) if w.leaf not in leaves)

    def tend(self, transaction: str) -> Standing:
        self._answer()
        self._cut(self.cut_before, "tend")
        if transaction not in self.states:
            return Standing("lost", transaction, reason="the chain does not know it")
        self._cut(self.cut_after, "tend")
        state = self.states[transaction]
        carries = all(transaction != sent for _, _, sent in self.cosigned)
        return Standing(
            state, transaction, self.block_of(transaction) if state in {"mined", "final"} and carries else None
        )

    def block_of(self, transaction: str) -> Block:
        size = next(size for size, (held, _, _) in self.held.items() if held == transaction)
        return Block(size, hashlib.sha256(f"{transaction}{self.forks}".encode()).hexdigest(), self.block_time)

    def holds(self, block: Block) -> bool:
        self._answer()
        return any(block.hash == self.block_of(transaction).hash for transaction, _, _ in self.held.values())

    def find(self, size: int) -> str | None:
        self._answer()
        return self.held[size][0] if size in self.held else None

    def evidence(self, size: int) -> dict[str, Value]:
        self._answer()
        return {"kind": "fake", "size": size, "transaction": self.held[size][0]}

    def root_at(self, size: int) -> tuple[bytes, bytes, bytes] | None:
        self._answer()
        if size not in self.held or self.states[self.held[size][0]] == "submitted":
            return None
        return self.held[size][1].roots

    def cosign(self, checkpoint: Checkpoint, signed: WitnessSignature, at: datetime) -> str:
        self._answer()
        self._cut(self.cut_before, "cosign")
        assert not self.has_cosigned(checkpoint.size, signed.witness), "asked before"
        if signed.witness not in self.admitted:
            raise CosignatureRefusedError("the account is no witness on the chain", name="NotWitness")
        transaction = hashlib.sha256(f"cosign {checkpoint.size}:{signed.witness}:{at}".encode()).hexdigest()
        self.cosigned.append((checkpoint.size, signed.witness, transaction))
        self.states[transaction] = "final" if self.automatic else "submitted"
        self._cut(self.cut_after, "cosign")
        return transaction

    def cosignature(self, transaction: str, size: int, witness: str) -> dict[str, Value] | None:
        self._answer()
        found = self.states.get(transaction) == "final"
        return {"kind": "fake", "size": size, "witness": witness, "transaction": transaction} if found else None

    def has_cosigned(self, size: int, witness: str) -> bool:
        self._answer()
        return any((size, witness) == (held, account) for held, account, tx in self.cosigned if tx in self.states)

    def witness_count(self, size: int) -> int:
        self._answer()
        return sum(held == size for held, _, tx in self.cosigned if tx in self.states)

    def mine(self, state: str = "mined") -> None:
        """Bring every transaction to this state."""
        self.states = dict.fromkeys(self.states, state)

    def forget(self, size: int) -> None:
        """Reorganise: this checkpoint's transaction never happened."""
        transaction, _, _ = self.held.pop(size)
        del self.states[transaction]

    def _answer(self) -> None:
        if self.away:
            raise ChainError("the chain does not answer: is its node running?")

    @staticmethod
    def _cut(where: str, here: str) -> None:
        if where == here:
            raise PowerCut(here)


@dataclass
class FakeWallets:
    """Contract wallets that take every signature, where the chain answers at all."""

    chain: FakeAnchor

    def registry(self) -> tuple[int, str]:
        self.chain._answer()
        return 1, "c0" * 20

    def ask(self, question: Question) -> Says:
        del question
        self.chain._answer()
        return Says.YES

    def send(self, approvals: tuple[ApprovalWrite, ...], at: datetime) -> None:
        raise NotImplementedError("the fake chain takes approvals with their checkpoint")

    def evidence(self, asked: Asked) -> dict[str, Value] | None:
        del asked
        return None


class FakeTimestampAuthority:
    """Gives tokens that say what they are over; not RFC 3161."""

    stand_in = True

    def __init__(self, name: str = "fake-tsa", interval: timedelta = timedelta()) -> None:
        self.name, self.interval = name, interval
        self.away = False
        self.asked: list[datetime] = []

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:
        self.asked.append(at)
        if self.away:
            raise OperatorError(f"the timestamp authority {self.name} does not answer")
        return b"token:" + sha256_digest + at.isoformat().encode()

    def roots_pem(self) -> tuple[str, ...]:
        return ()


class FakeSecrets:
    """Only the log's verifier key is real."""

    def mac(self, purpose: str, message: bytes) -> bytes:
        return hashlib.sha256(purpose.encode() + message).digest()

    def seal(self, digest: bytes) -> bytes:
        return LOG_KEY.sign(digest)

    def seal_public_key(self) -> bytes:
        return LOG_KEY.public_key().public_bytes_raw()

    def log_vkey(self) -> str:
        return checkpoint.vkey(ORIGIN, LOG_KEY.public_key())


def registered(stream: str, at: datetime = START, **changed: Value) -> Draft:
    """Draft an investor's first record."""
    fields: Mapping[str, Value] = {
        "kind": "natural_person",
        "name": "王小明",
        "id_type": "resident_id",
        "id_number": "110101199003070011",
        "mobile": "13800000000",
        "channel": "web",
    }
    return Draft("investor.registered", stream, stream, STAFF, at, {**fields, **changed})


def notified(stream: str, at: datetime = START, subject: str | None = None) -> Draft:
    """Draft a small record that an investor's stream may hold any number of."""
    return Draft("assessment.notified", stream, subject or stream, SYSTEM, at, {"tolerance": "C3"})
