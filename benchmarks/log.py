"""What the log costs, and that the cost does not grow with it.

    python benchmarks/log.py [--sizes 1000 10000 100000] [--group 100] [--json]

Durable records per second (groups of ``--group`` in one transaction, and single ones), then at every size the cost of
the next hundred records, of sealing them, of a proof with a cold and a warm tile cache, and of a checked read. Ratios
against the smallest size of the same run are what counts; absolute times are the machine's.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft
from ledger.storage.keys import MasterKey
from ledger.storage.log import SqlLog, open_log
from ledger.storage.store import SqlStore, open_store

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SYSTEM = Actor("0" * 32, Role.SYSTEM)
STREAMS, ROUNDS, BULK = 100, 15, 1000
CHANCE = random.Random(1)  # noqa: S311 - the same records in every run, no secret


class Bench:
    """A log in a directory that grows as asked."""

    def __init__(self, root: Path, group: int) -> None:
        """``group`` records are appended in one transaction when measured."""
        self.store: SqlStore = open_store(root / "ledger.sqlite", master=MasterKey(bytes(32)))
        self.signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.log = self.open_log()
        self.group = group
        with self.store.transaction() as tx:
            self.streams = [tx.create(Stream.INVESTOR) for _ in range(STREAMS)]

    def open_log(self) -> SqlLog:
        """Open the log with an empty tile cache."""
        return open_log(self.store, origin="benchmark/log", signer=self.signer)

    def append(self, count: int) -> None:
        """Append in one transaction, to streams in turn."""
        with self.store.transaction() as tx:
            drafts = []
            for i in range(count):
                stream = self.streams[i % STREAMS]
                drafts.append(Draft("assessment.notified", stream, stream, SYSTEM, AT, {"tolerance": "C3"}))
            tx.append(drafts, AT)

    def grow(self, size: int) -> None:
        """Fill up to ``size`` records, all sealed."""
        with self.store.snapshot() as reader:
            have = reader.size()
        while have < size:
            step = min(BULK, size - have)
            self.append(step)
            have += step
            self.log.seal(AT)
            tell(f"growing to {size}: {have}")


def tell(text: str) -> None:
    """Show progress to a person."""
    if not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r{text:<60}")
    sys.stderr.flush()


def milliseconds(act: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Return the time of the least disturbed ``act`` of many, each after ``prepare``."""
    times = []
    for _ in range(ROUNDS):
        prepare()
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times)


def rate(bench: Bench, group: int, seconds: float) -> float:
    """Return durable records per second in transactions of ``group``."""
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        bench.append(group)
        done += group
    return done / spent


def measure(bench: Bench, size: int) -> dict[str, float]:
    """Measure at this size (and leave it a little larger)."""
    bench.grow(size)
    sealed = bench.log.latest()
    assert sealed is not None
    head = sealed.checkpoint.size
    cold: list[SqlLog] = []

    def index() -> int:
        return CHANCE.randrange(head)

    return {
        f"append {bench.group} (ms)": milliseconds(lambda: bench.append(bench.group)),
        "seal 100 new (ms)": milliseconds(lambda: bench.log.seal(AT), lambda: bench.append(100)),
        "proof, cold (ms)": milliseconds(
            lambda: cold.pop().inclusion(index(), head), lambda: cold.append(bench.open_log())
        ),
        "proof, warm (ms)": milliseconds(lambda: bench.log.inclusion(index(), head)),
        "consistency (ms)": milliseconds(lambda: bench.log.consistency(1 + index(), head)),
        "path (hashes)": float(len(bench.log.inclusion(0, head).sha256)),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--group", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--directory", type=Path, help="on the disk to be measured")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as root:
        fast, growing = (Bench(Path(root) / name, options.group) for name in ("fast", "growing"))
        rates = {group: rate(fast, group, options.seconds) for group in (1, options.group)}
        rows = {size: measure(growing, size) for size in sorted(options.sizes)}
        fast.store.close()
        growing.store.close()
    tell("")
    first = rows[min(rows)]
    ratios = {size: {what: value / first[what] for what, value in row.items()} for size, row in rows.items()}
    if options.json:
        print(json.dumps({"records_per_second": rates, "at_size": rows, "ratio": ratios}, indent=1))
        return
    print()
    for group, value in rates.items():
        print(f"durable records/s, {group} a transaction: {value:,.0f}")
    for what in first:
        cells = (f"{size:>9,}: {rows[size][what]:9.3f} (x{ratios[size][what]:.2f})" for size in rows)
        print(f"{what:<18}" + "  ".join(cells))


if __name__ == "__main__":
    main()
