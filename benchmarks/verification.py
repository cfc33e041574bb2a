"""How long the verifier takes: one whole sale, and many records at once. CPU time of one core.

`.venv/bin/python -m benchmarks.verification [RECORDS]`. Bundles come from the generator of `tests/vectors`.
"""

import sys
import time
from pathlib import Path

from tests.vector_source.story import SELLER, Story
from tests.vector_source.world import Log, assemble, sealed
from verifier import merkle
from verifier.verify import verify

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, RECORDS = 20, 5_000


class Levels:
    """Every level of both trees, so that each path is a walk and not a computation."""

    def __init__(self, log: Log) -> None:
        self.trees = {
            suite: self._levels(suite, [leaf[i] for leaf in log.leaves]) for i, suite in enumerate(merkle.SUITES)
        }

    def inclusion(self, index: int, size: int) -> dict[str, list[str]]:
        """Return both paths of a leaf in the tree of all."""
        del size
        return {suite.name: self._path(levels, index) for suite, levels in self.trees.items()}

    @staticmethod
    def _levels(suite: merkle.Suite, level: list[bytes]) -> list[list[bytes]]:
        levels = [level]
        while len(level) > 1:
            paired = [suite.node(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
            level = paired + level[len(paired) * 2 :]
            levels.append(level)
        return levels

    @staticmethod
    def _path(levels: list[list[bytes]], index: int) -> list[str]:
        path = []
        for level in levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1].hex())
            index >>= 1
        return path


def many(records: int) -> bytes:
    """Return a bundle of about this many records."""
    story = Story("bench", ("product", "investor", "open_sale"), frozenset({"open_sale"})).tell()
    fields = {"channel": "phone", "direction": "inbound", "purpose": "question"}
    for _ in range(records):
        story.log.append("contact.made", story.sale, SELLER, fields)
    story.log.seal()
    story.log.inclusion = Levels(story.log).inclusion  # type: ignore[method-assign] # the generator's own is quadratic
    return sealed(assemble(story.log, story.sale))


def seconds(data: bytes, rounds: int) -> float:
    """Return the best CPU time of a verification that must hold."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        report = verify(data)
        times.append(time.process_time() - start)
        if report.verdict != "holds":
            sys.exit(f"the bundle does not verify: {report.first_problem}")
    return min(times)


def main(records: int) -> None:
    """Print both numbers."""
    whole = (ROOT / "tests" / "vectors" / "good" / "whole_sale" / "evidence.json").read_bytes()
    print(f"one sale ({len(whole):,} bytes): {seconds(whole, ROUNDS) * 1000:.1f} ms")
    print(f"{records:,} records: {records / seconds(many(records), 3):,.0f} records/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
