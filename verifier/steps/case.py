"""What the steps hand to one another: the bundle and what earlier steps have established about it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cryptography import x509

from verifier import certificates
from verifier.approvals import sm2_certificates
from verifier.approvals.on_chain import Taken
from verifier.bundle import Bundle
from verifier.canonical import Value
from verifier.checkpoint import Checkpoint
from verifier.errors import UndecidedError, VerifierError
from verifier.fork import Fork
from verifier.receipt import Claim, Proven
from verifier.record import Record
from verifier.report import Basis
from verifier.seen import Seen
from verifier.trust import Trust

Found: TypeAlias = tuple[str, dict[str, Any]]
"""What a step that holds says: a sentence and evidence."""


@dataclass(slots=True)
class Case:
    """Filled step by step; a step only reads what the steps it needs have filled."""

    data: bytes
    trust: Trust | None
    bundle: Bundle = field(init=False)
    records: list[tuple[int, Record]] = field(default_factory=list)
    opened: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    """Streams of which no record may be missing."""
    head: Checkpoint = field(init=False)
    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    """Where every anchor says that it stands, checkpoints', wallets' and witnesses'."""
    blocks: list[Proven] = field(default_factory=list)
    """The same, as far as they are proven."""
    taken: dict[tuple[str, str], Taken] = field(default_factory=dict)
    """Signatures of contract wallets that a chain took, by document and wallet."""
    seen: list[Seen] = field(default_factory=list)
    """Cosignatures of witnesses that the chain took."""
    levels: dict[tuple[str, str], str] = field(default_factory=dict)
    """Of those that a statement's approval rests on: whose word they are."""
    basis: dict[str, Basis] = field(default_factory=dict)
    """What a step rests on where its pins, or what it found, make that another thing than the recipe says."""
    fork: Fork = field(init=False)
    heads: list[Checkpoint] = field(default_factory=list)

    def of(self, *types: str, stream: str | None = None) -> list[Record]:
        """Return the records of these types, in order, of one stream if given."""
        return [r for _, r in self.records if r.type in types and stream in (None, r.stream)]

    def fields(self, record: Record, *names: str) -> list[Any]:
        """Return disclosed values; `UndecidedError` when one of them is withheld."""
        opened = self.opened.get(record.leaf_sha256, {})
        if missing := [name for name in names if name not in opened]:
            raise UndecidedError(
                "withheld",
                f"{place(record)} does not disclose {', '.join(missing)}",
                leaf=record.leaf_sha256,
                fields=missing,
            )
        return [opened[name] for name in names]

    def roots(self) -> list[x509.Certificate]:
        """Return the bundle's roots for signatures."""
        with at("certificates.roots"):
            return [certificates.load(der) for der in self.bundle.roots]

    def sm2_roots(self) -> list[x509.Certificate]:
        """Return the bundle's roots for certificates of suite `sm2`."""
        with at("certificates.sm2_roots"):
            return [sm2_certificates.load(der) for der in self.bundle.sm2_roots]

    def timestamp_roots(self) -> list[x509.Certificate]:
        """Return the bundle's roots for timestamps."""
        with at("certificates.timestamp_roots"):
            return [certificates.load(der) for der in self.bundle.timestamp_roots]


def place(record: Record) -> str:
    """Name a record for people."""
    return f"record {record.type} {record.leaf_sha256[:12]}… (seq {record.seq} of stream {record.stream[:8]}…)"


@contextmanager
def at(where: str, **evidence: object) -> Iterator[None]:
    """Say where a check failed: the same error, its sentence led by the place."""
    try:
        yield
    except VerifierError as error:
        raise type(error)(error.code, f"{where}: {error.message}", **{**error.evidence, **evidence}) from error
