"""What the log costs, and that the cost does not grow with it.

    .venv/bin/python -m benchmarks.log [--long] [--growth] [--beside] [--group 100] [--seconds 5] [--json]

Durable records per second in groups of ``--group`` and singly, sealed as the worker seals (both trees and the stream
map, a signed checkpoint for every thousand), over a thousand streams in no order. Then, with ``--seconds`` of steady
load on the embedded chain, the time from the acknowledgement of a record to the final anchor of a checkpoint over it.
Then, in logs of 10,000 and 100,000 records (and a million with ``--long``) taken in turns, the cost of the next
hundred records, of sealing them, of proofs with a cold tile cache (anywhere) and a warm one (the newest thousand), and
of the proof of where a stream ends. ``--beside`` measures pymerkle (``requirements/benchmarks.in``) and EAS on anvil in
the same run. Ratios against the smallest log of the same run, in CPU time, are what counts; absolute times are the
machine's. ``--growth`` measures these alone.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import log_beside, log_latency
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft
from ledger.storage.keys import MasterKey
from ledger.storage.log import SqlLog, open_log
from ledger.storage.store import SqlStore, open_store

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SYSTEM = Actor("0" * 32, Role.SYSTEM)
ROUNDS, BULK, CHECKPOINT, PER_STREAM = 41, 1000, 1000, 20
CHECKPOINT_EVERY = timedelta(minutes=1)
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
        self.now = AT
        self.streams: list[str] = []
        self.create(streams)

    def open_log(self) -> SqlLog:
        """Open the log with an empty tile cache."""
        return open_log(self.store, origin="benchmark/log", signer=self.signer)

    def create(self, count: int) -> None:
        """Begin more streams."""
        with self.store.transaction() as tx:
            self.streams += [tx.create(Stream.INVESTOR) for _ in range(count)]

    def append(self, count: int, at: datetime | None = None) -> None:
        """Append in one transaction, to streams in no order."""
        at = at or self.now
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
        """Seal what there is and take it as anchored, a minute later: old pages of the map go as they do in life."""
        self.now += CHECKPOINT_EVERY
        sealed = self.log.seal(self.now)
        if sealed is not None:
            self.log.submitted(sealed.checkpoint.size, "aa", self.now)
            self.log.final(sealed.checkpoint.size, self.now)


def tell(text: str) -> None:
    """Show progress to a person."""
    if not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r{text:<60}")
    sys.stderr.flush()


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


def speeds(root: Path, options: argparse.Namespace) -> dict[str, object]:
    """Measure records per second, ours and others', and the time to a final anchor."""
    fast, loaded = (Bench(root / part, options.group) for part in ("fast", "loaded"))
    found: dict[str, object] = {}
    for group in (1, options.group):
        wall, cpu = rate(fast, group, options.seconds)
        found[f"durable, sealed records/s, {group} a transaction"] = wall
        found[f"  the same per second of CPU time, {group} a transaction"] = cpu
    if options.beside:
        found |= log_beside.rates(root, options.group, options.seconds)
    found |= log_latency.milliseconds_to_final(loaded, root / "loaded", options.seconds)
    for bench in (fast, loaded):
        bench.store.close()
    return found


def cases(bench: Bench) -> dict[str, Callable[[], object]]:
    """Return what is measured, in this order, each after what is not measured (``... :``)."""
    cold: list[SqlLog] = []

    def head() -> int:
        sealed = bench.log.latest()
        assert sealed is not None
        return sealed.checkpoint.size

    size = head()

    def index(among: int = size) -> int:
        return size - 1 - CHANCE.randrange(among)

    return {
        "proof, cold:": lambda: cold.append(bench.open_log()),
        "proof, cold": lambda: cold.pop().inclusion(index(), size),
        "proof, warm:": lambda: bench.log.inclusion(index(NEWEST), size),
        "proof, warm": lambda: bench.log.inclusion(index(NEWEST), size),
        "consistency": lambda: bench.log.consistency(index(NEWEST), size),
        "end of a stream": lambda: bench.log.stream_proof(CHANCE.choice(bench.streams), size),
        f"append {bench.group}": lambda: bench.append(bench.group),
        f"seal {bench.group}": bench.seal,
    }


def measure(benches: dict[int, Bench]) -> dict[int, dict[str, float]]:
    """Return the median CPU time (ms) of many rounds, the logs taken in turns: what disturbs one disturbs all."""
    times: dict[int, dict[str, list[float]]] = {size: {} for size in benches}
    for number in range(ROUNDS):
        for size, bench in benches.items():
            for what, act in cases(bench).items():
                begin = time.process_time()
                act()
                used = (time.process_time() - begin) * 1000
                if not what.endswith(":") and number:  # the first round opens connections
                    times[size].setdefault(what, []).append(used)
        tell(f"measuring: {number + 1} of {ROUNDS}")
    return {size: {what: statistics.median(each) for what, each in row.items()} for size, row in times.items()}


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
    parser.add_argument("--growth", action="store_true", help="only how the costs grow")
    parser.add_argument("--beside", action="store_true", help="pymerkle and EAS on anvil in the same run")
    parser.add_argument("--group", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--directory", type=Path, help="on the disk to be measured")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = sorted({*options.sizes, *([1_000_000] if options.long else [])})
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        root = Path(name)
        found = {} if options.growth else speeds(root, options)
        benches = {size: Bench(root / str(size), options.group) for size in sizes}
        for size, bench in benches.items():
            bench.grow(size)
        rows = measure(benches)
        for bench in benches.values():
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
