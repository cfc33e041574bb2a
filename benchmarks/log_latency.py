"""From the acknowledgement of a record to the final anchor over it: the real worker on the embedded chain."""

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from ledger.chain import open_embedded
from ledger.clocks import SystemClock
from ledger.ports.anchor import Anchor
from ledger.services.worker import AnchorWorker

EVERY, RECORDS = 0.05, 10  # seconds, records: 200 a second
_WAIT = 30.0


class Loaded(Protocol):
    """The part of `benchmarks.log.Bench` that is needed here."""

    store: Any
    log: Any

    def append(self, count: int, at: datetime) -> None:
        """Append in one transaction."""
        ...


@dataclass
class _Parts:
    store: Any
    log: Any
    anchor: Anchor
    clock: Any = field(default_factory=SystemClock)
    rules: Any = None  # no record of the load is written to a contract
    tsa: None = None
    authorities: tuple[()] = ()
    witnessing: None = None


def milliseconds_to_final(bench: Loaded, root: Path, seconds: float) -> dict[str, object]:
    """Return median, 99th percentile and maximum over all records of a steady load."""
    key = hashlib.sha256(b"benchmark").digest()
    anchor = open_embedded(root / "chain.sqlite", operator_key=key, now=datetime.now(UTC))
    finals: list[tuple[int, float]] = []
    final = bench.log.final

    def noting(size: int, *rest: Any) -> None:
        final(size, *rest)
        finals.append((size, time.perf_counter()))

    bench.log.final = noting
    worker = AnchorWorker(_Parts(bench.store, bench.log, anchor))
    worker.start()
    acknowledged: list[float] = []
    begin = time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds:
        bench.append(RECORDS, datetime.now(UTC))
        acknowledged += [time.perf_counter()] * RECORDS
        time.sleep(max(0.0, EVERY - (time.perf_counter() - now)))
    until = time.perf_counter() + _WAIT
    while not finals or finals[-1][0] < len(acknowledged):
        if time.perf_counter() > until:
            raise SystemExit(f"anchoring did not catch up within {_WAIT:.0f} seconds: {worker.state}")
        time.sleep(EVERY)
    worker.stop()
    anchor.close()
    waited = sorted(next(at for size, at in finals if size > i) - acknowledged[i] for i in range(len(acknowledged)))
    at = {"median": len(waited) // 2, "p99": len(waited) * 99 // 100, "maximum": len(waited) - 1}
    return {f"acknowledged to final anchor, {name} (ms)": waited[place] * 1000 for name, place in at.items()}
