"""Run every gate one after another, show what each says, end with a summary; called by `scripts/test`.

A failing gate does not hide the next one; exit status 1 when any failed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from scripts.environment import ROOT, environment

FULLY_COVERED = ("verifier/*", "ledger/domain/*", "ledger/rules/*")  # every branch of these is taken by some test
# programs of others that check what we make
SYSTEM_TOOLS = {"pdfsig": "poppler-utils", "openssl": "openssl", "chromium": "chromium"}


@dataclass(frozen=True, slots=True)
class Gate:
    """One check: its name and what runs it; it returns an exit status."""

    name: str
    run: Callable[[], int]


def run(*command: str) -> int:
    """Run a program in the checkout, its output going straight to ours."""
    print(f"\n$ {' '.join(command)}", flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False).returncode


def node_packages() -> int:
    """Install what `package-lock.json` names, when it is not what is there already.

    Not `npm ci`: it refuses a lock made where the registry does not carry the builds for other platforms. Versions and
    hashes are the lock's all the same, and `--no-save` leaves it as it is.
    """
    lock = ROOT / "package-lock.json"
    stamp = ROOT / "node_modules" / ".installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return 0
    status = run("npm", "install", "--no-save", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    if status == 0:
        stamp.write_text(digest)
    return status


def system_tools() -> int:
    """Install missing programs of other makers where we may; tests that need an absent one say so and are skipped."""
    missing = sorted({package for program, package in SYSTEM_TOOLS.items() if shutil.which(program) is None})
    if missing and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing)
    for program, package in SYSTEM_TOOLS.items():
        if shutil.which(program) is None:
            print(f"no {program} here: its tests will be skipped; install {package} to run them")
    return 0


def tests(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Run pytest on all cores (at most 8), one file on one core so that costly fixtures are made once."""
    marks = {"quick": "not slow and not nightly", "nightly": ""}.get(arguments.mode, "not nightly")
    if arguments.mode == "nightly":
        os.environ["HYPOTHESIS_PROFILE"] = "nightly"
    workers = str(min(os.cpu_count() or 1, 8))
    # in our order, which begins with what takes long; after a restart of a worker xdist waits for ever
    parallel = ("-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0")
    return run("pytest", "-q", "--durations=10", *parallel, "-m", marks, "--cov", "--cov-report=", *rest)


def coverage() -> int:
    """Refuse an untested branch where evidence and law are decided."""
    return run("coverage", "report", "--fail-under=100", f"--include={','.join(FULLY_COVERED)}")


def main() -> int:
    """Run the gates that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="scripts/test", description="Every check and every test.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", dest="mode", action="store_const", const="quick", help="leave out slow tests")
    mode.add_argument("--nightly", dest="mode", action="store_const", const="nightly", help="run the long tests too")
    arguments, rest = parser.parse_known_args()
    gates = [
        Gate("node packages", node_packages),
        Gate("system tools", system_tools),
        Gate("ruff check", lambda: run("ruff", "check")),
        Gate("ruff format", lambda: run("ruff", "format", "--check")),
        Gate("mypy", lambda: run("mypy")),
        Gate("tests", lambda: tests(arguments, rest)),
    ]
    if not rest:
        gates.append(Gate("coverage", coverage))
    lines, failed = [], []
    for gate in gates:
        begun = time.monotonic()
        status = gate.run()
        lines.append(f"{'ok' if status == 0 else 'FAILED':8}{gate.name:16}{time.monotonic() - begun:6.0f} s")
        if status:
            failed.append(gate.name)
    print("\n" + "\n".join(lines))
    print(f"failed: {', '.join(failed)}" if failed else "all gates passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
