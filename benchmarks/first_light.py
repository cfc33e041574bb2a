"""The numbers of one whole sale: service ready, demonstration, verification. Medians of whole runs on this machine.

`.venv/bin/python -m benchmarks.first_light [RUNS]`. Gas is `benchmarks/gas.py`, the log `benchmarks/log.py`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from verifier.verify import verify

RUNS, ROUNDS = 3, 20


def main() -> None:
    """Run the demonstration a few times, then verify its bundle in this process."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    ready, total = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            output = Path(folder) / str(number)
            command = [sys.executable, "-m", "ledger.cli", "demo", "--output", str(output)]
            ran = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
            if ran.returncode:
                raise SystemExit(f"run {number + 1} broke off with exit {ran.returncode}:\n{ran.stdout}")
            timings = json.loads((output / "timings.json").read_text())
            ready.append(float(timings["ready_seconds"]))
            total.append(float(timings["total_seconds"]))
        evidence = (output / "evidence.json").read_bytes()
    work = [_cpu(evidence) for _ in range(ROUNDS)]
    print(f"service ready, first start   {statistics.median(ready):6.1f} s   target <= 5 s")
    print(f"demonstration, installed     {statistics.median(total):6.1f} s   target <= 60 s")
    print(f"verify evidence.json         {statistics.median(work) * 1000:6.0f} ms  target <= 200 ms of work")
    print(f"  bundle of {len(evidence):,} bytes, {len(json.loads(evidence)['records'])} records")


def _cpu(evidence: bytes) -> float:
    begun = time.process_time()
    verify(evidence)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
