"""Re-derive the whole log from its records, compare it with what is stored and with the chain, name each difference.

Nothing stored is believed: canonical bytes, leaf hashes, stream chains, references, disclosures against commitments,
documents, tiles, roots, the stream map, the signatures of checkpoints, and what the chain holds for each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from ledger.domain.events import Value
from ledger.errors import ChainError, IntegrityError
from ledger.ports.access import Secrets
from ledger.ports.anchor import Anchor
from ledger.ports.log import SealedCheckpoint
from ledger.ports.outbox import AnchoredLog
from ledger.ports.outside import Documents
from ledger.ports.store import Store
from ledger.services.fsck_contracts import check_contracts, streams
from ledger.services.fsck_map import MapCheck
from ledger.services.fsck_records import RecordCheck
from ledger.services.fsck_trees import TreeCheck, check_anchor, check_chain_end, check_cosignatures, check_signature
from ledger.services.sale_steps import SaleLaw
from ledger.services.witnessing import Witnessing
from verifier.errors import VerifierError

Progress: TypeAlias = Callable[[str, int, int], None]
_BATCH: Final = 500
_HOLE: Final = (bytes(32), bytes(32))  # keeps the tiles after a missing record comparable


class Checked(Protocol):
    """The parts of `Ledger` that are checked."""

    @property
    def store(self) -> Store:
        """Records."""
        ...

    @property
    def log(self) -> AnchoredLog:
        """Tiles and checkpoints."""
        ...

    @property
    def anchor(self) -> Anchor:
        """The chain."""
        ...

    @property
    def documents(self) -> Documents:
        """Documents that records name."""
        ...

    @property
    def rules(self) -> SaleLaw:
        """What the law says of cooling-off."""
        ...

    @property
    def secrets(self) -> Secrets:
        """Who signs checkpoints."""
        ...

    @property
    def witnessing(self) -> Witnessing | None:
        """What witnesses cosigned."""
        ...


@dataclass(slots=True)
class FsckReport:
    """What was looked at and every difference, in the order in which it was found."""

    records: int = 0
    streams: int = 0
    withheld: int = 0
    documents: int = 0
    tiles: int = 0
    checkpoints: int = 0
    anchored: int = 0
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        problems: list[Value] = list(self.problems)
        return {
            "records": self.records,
            "streams": self.streams,
            "withheld": self.withheld,
            "documents": self.documents,
            "tiles": self.tiles,
            "checkpoints": self.checkpoints,
            "anchored": self.anchored,
            "problems": problems,
        }

    def summary(self) -> str:
        """Say it in one line."""
        verdict = f"{len(self.problems)} differences" if self.problems else "all agree"
        return (
            f"{self.records} records of {self.streams} streams ({self.withheld} withheld), {self.documents} documents,"
            f" {self.tiles} tiles, {self.checkpoints} checkpoints, {self.anchored} of them on the chain: {verdict}"
        )


def fsck(ledger: Checked, progress: Progress = lambda _stage, _done, _total: None) -> FsckReport:
    """Check everything; a difference never hides the next. ``progress(stage, done, total)`` is told as it goes."""
    report = FsckReport()
    heads = _all_checkpoints(ledger.log, report)
    _records(ledger, heads, report, progress)
    _checkpoints(ledger, heads, report, progress)
    _contracts(ledger, heads, report, progress)
    return report


def _records(ledger: Checked, heads: list[SealedCheckpoint], report: FsckReport, progress: Progress) -> None:
    with ledger.store.snapshot() as reader:
        total = reader.size()
    records = RecordCheck(ledger.documents, report.problems)
    trees = TreeCheck(ledger.log, heads, report.problems)
    streams = MapCheck(heads, report.problems)
    for first in range(0, total, _BATCH):
        count = min(_BATCH, total - first)
        with ledger.store.snapshot() as reader:
            batch = {stored.index: stored for stored in reader.range(first, count)}
        for index in range(first, first + count):
            if index in batch:
                trees.push(records.leaves(batch[index]))
                streams.push(index, records.parsed)
            else:
                report.problems.append(f"record {index}: missing")
                trees.push(_HOLE)
                streams.push(index, None)
        progress("records", first + count, total)
    trees.finish()
    streams.finish(ledger.log, progress)
    report.records, report.streams, report.withheld = total, streams.streams, records.withheld
    report.documents, report.tiles = len(records.documents), trees.tiles


def _checkpoints(ledger: Checked, heads: list[SealedCheckpoint], report: FsckReport, progress: Progress) -> None:
    vkey = ledger.secrets.log_vkey()
    for head in heads:
        check_signature(head, vkey, report.problems)
        if ledger.witnessing is not None:
            check_cosignatures(head, ledger.witnessing.book.of(head.checkpoint.size), report.problems)
    report.checkpoints = len(heads)
    try:
        check_chain_end(ledger.log, ledger.anchor, report.problems)
        for done, head in enumerate(heads, 1):
            report.anchored += check_anchor(head, ledger.anchor, report.problems)
            progress("chain", done, len(heads))
    except ChainError as error:
        report.problems.append(f"chain: cannot be compared: {error.message}")


def _contracts(ledger: Checked, heads: list[SealedCheckpoint], report: FsckReport, progress: Progress) -> None:
    """Compare all streams, each in a view of its own; what cannot be read is named by the other parts."""
    size = max((head.checkpoint.size for head in heads if head.state == "final"), default=0)
    with ledger.store.snapshot() as reader:
        names = tuple(streams(reader))
    for done, name in enumerate(names, 1):
        try:
            with ledger.store.snapshot() as reader:
                report.problems += check_contracts(reader, ledger.rules, ledger.anchor, name, size)
        except ChainError as error:
            report.problems.append(f"contracts: cannot be compared: {error.message}")
            return
        except (IntegrityError, VerifierError):
            continue
        progress("contracts", done, len(names))


def _all_checkpoints(log: AnchoredLog, report: FsckReport) -> list[SealedCheckpoint]:
    """Read all that can be read, naming the others."""
    found: list[SealedCheckpoint] = []
    after, limit = 0, _BATCH
    while True:
        try:
            page = log.checkpoints(after=after, limit=limit)
        except IntegrityError as error:
            if limit == 1:
                report.problems.append(error.message)
                after = int(str(error.evidence["size"]))
            limit = 1
            continue
        if not page:
            return found
        found += page
        after = page[-1].checkpoint.size
