"""What the log costs, and that the cost does not grow with it.

    python benchmarks/log.py [--long] [--beside] [--group 100] [--seconds 5] [--json]

Durable records per second in groups of ``--group`` and singly, sealed as the worker seals (both trees and the stream
map, a signed checkpoint for every thousand), over a thousand streams in no order. Then, with ``--seconds`` of steady
load on the embedded chain, the time from the acknowledgement of a record to the final anchor of a checkpoint over it.
Then, at 10,000 and 100,000 records (and a million with ``--long``), the cost of the next hundred records, of sealing
them, of proofs with a cold tile cache (anywhere) and a warm one (the newest thousand), and of the proof of where a
stream ends. ``--beside`` measures pymerkle (``requirements/benchmarks.in``) and EAS on anvil in the same run. Ratios
against the smallest size of the same run, in CPU time, are what counts; absolute times are the machine's.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import log_beside, log_latency  # noqa: E402 - found through the path set above
from ledger.domain.actors import Actor, Role  # noqa: E402 - as above
from ledger.domain.catalogue import Stream  # noqa: E402 - as above
from ledger.domain.events import Draft  # noqa: E402 - as above
from ledger.storage.keys import MasterKey  # noqa: E402 - as above
from ledger.storage.log import SqlLog, open_log  # noqa: E402 - as above
from ledger.storage.store import SqlStore, open_store  # noqa: E402 - as above

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SYSTEM = Actor("0" * 32, Role.SYSTEM)
ROUNDS, BULK, CHECKPOINT, PER_STREAM = 25, 1000, 1000, 20
NEWEST = 1000  # records that a warm proof is asked for: those just acknowledged
CHANCE = random.Random(1)  # noqa: S311 - the same records in every run, no secret


class Bench:
    """A log in a directory that grows as asked; one stream for every twenty records."""

    def __init__(self, root: Path, group: int, streams: int = 1000) -> None:
        """``group`` records are appended in one transaction when measured."""
        self.store: SqlStore = open_store(root / "ledger.sqlite", master=MasterKey(bytes(32)))
        self.signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.log = self.open_log()
        self.group = group
        self.streams: list[str] = []
        self.create(streams)

    def open_log(self) -> SqlLog:
        """Open the log with an empty tile cache."""
        return open_log(self.store, origin="benchmark/log", signer=self.signer)

    def create(self, count: int) -> None:
        """Begin more streams."""
        with self.store.transaction() as tx:
            self.streams += [tx.create(Stream.INVESTOR) for _ in range(count)]

    def append(self, count: int, at: datetime = AT) -> None:
        """Append in one transaction, to streams in no order."""
        chosen = CHANCE.choices(self.streams, k=count)
        with self.store.transaction() as tx:
            tx.append([Draft("assessment.notified", s, s, SYSTEM, at, {"tolerance": "C3"}) for s in chosen], at)

    def grow(self, size: int) -> None:
        """Fill up to ``size`` records, all sealed and all but the newest checkpoints final."""
        with self.store.snapshot() as reader:
            have = reader.size()
        while have < size:
            step = min(BULK, size - have)
            self.create(max(0, (have + step) // PER_STREAM - len(self.streams)))
            self.append(step)
            have += step
            self.seal()
            tell(f"growing to {size}: {have}")

    def seal(self) -> None:
        """Seal what there is and take it as anchored, so that old pages of the map may go as they do in life."""
        sealed = self.log.seal(AT)
        if sealed is not None:
            self.log.submitted(sealed.checkpoint.size, "aa", AT)
            self.log.final(sealed.checkpoint.size, AT)


def tell(text: str) -> None:
    """Show progress to a person."""
    if not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r{text:<60}")
    sys.stderr.flush()


def milliseconds(act: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Return the median CPU time of many ``act``, each after ``prepare``: undisturbed by what else the machine does."""
    times = []
    for _ in range(ROUNDS):
        prepare()
        begin = time.process_time()
        act()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def rate(bench: Bench, group: int, seconds: float) -> tuple[float, float]:
    """Return records per second, and per CPU second, in transactions of ``group``: durable, all sealed at the end."""
    done, unsealed, begin, used = 0, 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begin < seconds or unsealed:
        bench.append(group)
        done, unsealed = done + group, unsealed + group
        if unsealed >= CHECKPOINT or time.perf_counter() - begin >= seconds:
            bench.log.seal(AT)
            unsealed = 0
    return done / (time.perf_counter() - begin), done / (time.process_time() - used)


def measure(bench: Bench, size: int) -> dict[str, float]:
    """Measure at this size (and leave it a little larger)."""
    bench.grow(size)
    sealed = bench.log.latest()
    assert sealed is not None
    head = sealed.checkpoint.size
    cold: list[SqlLog] = []

    def index(among: int = head) -> int:
        return head - 1 - CHANCE.randrange(among)

    row = {
        "proof, cold": milliseconds(lambda: cold.pop().inclusion(index(), head), lambda: cold.append(bench.open_log())),
        "proof, warm": milliseconds(lambda: bench.log.inclusion(index(NEWEST), head)),
        "consistency": milliseconds(lambda: bench.log.consistency(index(NEWEST), head)),
        "end of a stream": milliseconds(lambda: bench.log.stream_proof(CHANCE.choice(bench.streams), head)),
        "path (hashes)": float(len(bench.log.inclusion(0, head).sha256)),
        f"append {bench.group}": milliseconds(lambda: bench.append(bench.group)),
    }
    bench.seal()
    return row | {"seal 100 new": milliseconds(bench.seal, lambda: bench.append(100))}


def report(found: dict[str, object], rows: dict[int, dict[str, float]], ratios: dict[int, dict[str, float]]) -> None:
    """Print for people."""
    for what, value in found.items():
        print(f"{what:<60}{value:>12,.1f}" if isinstance(value, float) else f"{what:<60}{value:>12}")
    print("milliseconds of CPU time at a size (against the smallest)")
    for what in rows[min(rows)]:
        cells = (f"{size:>9,}: {rows[size][what]:9.3f} (x{ratios[size][what]:.2f})" for size in rows)
        print(f"{what:<22}" + "  ".join(cells))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--long", action="store_true", help="also at 1,000,000 records (about ten minutes)")
    parser.add_argument("--beside", action="store_true", help="pymerkle and EAS on anvil in the same run")
    parser.add_argument("--group", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--directory", type=Path, help="on the disk to be measured")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = sorted({*options.sizes, *([1_000_000] if options.long else [])})
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        root = Path(name)
        fast, loaded, growing = (Bench(root / part, options.group) for part in ("fast", "loaded", "growing"))
        found: dict[str, object] = {}
        for group in (1, options.group):
            wall, cpu = rate(fast, group, options.seconds)
            found[f"durable, sealed records/s, {group} a transaction"] = wall
            found[f"  the same per second of CPU time, {group} a transaction"] = cpu
        if options.beside:
            found |= log_beside.rates(root, options.group, options.seconds)
        found |= log_latency.milliseconds_to_final(loaded, root / "loaded", options.seconds)
        rows = {size: measure(growing, size) for size in sizes}
        for bench in (fast, loaded, growing):
            bench.store.close()
    tell("")
    first = rows[min(rows)]
    ratios = {size: {what: value / first[what] for what, value in row.items()} for size, row in rows.items()}
    if options.json:
        print(json.dumps({**found, "at_size": rows, "ratio": ratios}, indent=1))
    else:
        report(found, rows, ratios)


if __name__ == "__main__":
    main()
