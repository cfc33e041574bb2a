"""`fsck`, second part: tiles, roots, the signatures of checkpoints, and the chain."""

from collections.abc import Sequence

from ledger.errors import IntegrityError
from ledger.ports.anchor import Anchor
from ledger.ports.log import SealedCheckpoint
from ledger.ports.outbox import AnchoredLog
from ledger.ports.witnesses import Cosigned
from ledger.services.frontier import WIDTH, Frontier
from verifier import checkpoint, cosignature
from verifier.errors import VerifierError
from verifier.merkle import SUITES


class TreeCheck:
    """Grows both trees from derived leaf hashes and compares what is stored on the way."""

    def __init__(self, log: AnchoredLog, heads: Sequence[SealedCheckpoint], problems: list[str]) -> None:
        """``heads`` are all checkpoints, by size."""
        self._log = log
        self._problems = problems
        self._heads = {head.checkpoint.size: head.checkpoint for head in heads}
        self._sealed = max(self._heads, default=0)
        self._trees = [Frontier(suite) for suite in SUITES]
        self._forked: dict[str, tuple[int, int]] = {}
        self.tiles = 0

    def push(self, leaves: tuple[bytes, bytes]) -> None:
        """Add one record's leaf hashes."""
        for tree, leaf in zip(self._trees, leaves, strict=True):
            for level, number, hashes in tree.push(leaf):
                self._tile(tree.suite.name, level, number, hashes)
        size = self._trees[0].size
        if size in self._heads:
            self._roots(size)

    def finish(self) -> None:
        """Name what is left: checkpoints beyond the records, roots that differ, tiles that should not be there."""
        size = self._trees[0].size
        for beyond in sorted(known for known in self._heads if known > size):
            self._problems.append(f"checkpoint {beyond}: only {size} records are there")
        for suite, (first, more) in self._forked.items():
            also = f", nor in {more} later checkpoints" if more else ""
            self._problems.append(f"checkpoint {first}: its {suite} root is not that of the records{also}")
        sealed = max(self._sealed, newest_size(self._log))
        for suite_ in SUITES:
            for level, number in self._log.tiles(suite_.name):
                if (number + 1) * WIDTH ** (level + 1) > sealed:
                    self._problems.append(f"tile {suite_.name}/{level}/{number}: beyond the newest checkpoint")

    def _tile(self, suite: str, level: int, number: int, hashes: bytes) -> None:
        if (number + 1) * WIDTH ** (level + 1) > self._sealed:
            return  # full, but not under a checkpoint yet
        self.tiles += 1
        stored = self._log.tile(suite, level, number)
        if stored is None:
            self._problems.append(f"tile {suite}/{level}/{number}: missing")
        elif stored != hashes:
            differs = (i for i in range(WIDTH) if stored[32 * i : 32 * i + 32] != hashes[32 * i : 32 * i + 32])
            which = next((f"hash {i}" for i in differs), "its root")
            self._problems.append(f"tile {suite}/{level}/{number}: {which} is not that of the records")

    def _roots(self, size: int) -> None:
        head = self._heads[size]
        for tree, root in zip(self._trees, (head.sha256_root, head.sm3_root), strict=True):
            if tree.root() != root:
                first, more = self._forked.get(tree.suite.name, (size, -1))
                self._forked[tree.suite.name] = (first, more + 1)


def newest_size(log: AnchoredLog) -> int:
    """Return the size of the newest checkpoint, even if its note is damaged (which is named elsewhere)."""
    try:
        latest = log.latest()
    except IntegrityError as error:
        return int(str(error.evidence["size"]))
    return 0 if latest is None else latest.checkpoint.size


def check_signature(head: SealedCheckpoint, vkey: str, problems: list[str]) -> None:
    """Check that the log signed this checkpoint and that it is kept under its own size."""
    try:
        checkpoint.open_note(head.note, {vkey})
    except VerifierError as error:
        problems.append(f"checkpoint {head.checkpoint.size}: {error.message}")


def check_cosignatures(head: SealedCheckpoint, lines: Sequence[Cosigned], problems: list[str]) -> None:
    """Check that every stored cosignature is by its witness and over this checkpoint."""
    for line in lines:
        name = line.vkey.partition("+")[0]
        try:
            if not cosignature.read(cosignature.add(head.note, [line.line]), {line.vkey}):
                problems.append(f"checkpoint {head.checkpoint.size}: the cosignature kept of {name} is by another key")
        except VerifierError as error:
            problems.append(f"checkpoint {head.checkpoint.size}: {error.message}")


def check_anchor(head: SealedCheckpoint, anchor: Anchor, problems: list[str]) -> bool:
    """Compare with the chain and tell whether the chain holds this checkpoint; `ChainError` when it is away."""
    mine = head.checkpoint
    held = anchor.root_at(mine.size)
    if held is None:
        if head.state in {"mined", "final"}:
            problems.append(f"checkpoint {mine.size}: {head.state} by our books, but the chain does not hold it")
        return False
    if held != mine.roots:
        problems.append(f"checkpoint {mine.size}: the chain holds other roots")
    if head.state == "final" and head.block is not None and not anchor.holds(head.block):
        problems.append(f"checkpoint {mine.size}: block {head.block.number}, in which it was final, is off the chain")
    return True


def check_chain_end(log: AnchoredLog, anchor: Anchor, problems: list[str]) -> None:
    """Compare the chain's newest checkpoint with ours; `ChainError` when it is away."""
    held = anchor.anchored_size()
    newest = newest_size(log)
    if held > newest:
        problems.append(f"chain: it holds a checkpoint of {held} records, our newest is {newest}")
