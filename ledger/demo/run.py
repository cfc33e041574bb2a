"""`pfl demo`: start the service, walk the sale, verify the evidence elsewhere, show that a changed byte is caught."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ledger.demo.client import Client, ProblemError
from ledger.demo.service import Service, ServiceError
from ledger.demo.story import Story, UnexpectedError
from ledger.errors import ConfigurationError

Say = Callable[[str, str], None]
MARKER = ".pfl-demo"
MARKS = {"done": "[green]✓[/]", "refused": "[yellow]✗ refused[/]", "clock": "[blue]⏩[/]", "look": "[bold]→[/]"}


def run(output: Path, *, keep: bool) -> int:
    """Return 0 when everything held; raises on anything unexpected, leaving the service's log in ``output``."""
    console = Console(highlight=False)
    begun = time.monotonic()
    output = fresh(output.resolve())

    def say(kind: str, text: str) -> None:
        console.print(f"{time.monotonic() - begun:5.1f} s {MARKS[kind]} {text}")

    console.print("[bold]Private-fund sales compliance ledger: one complete online sale[/]")
    service = Service(output / "data")
    try:
        secret = service.admin_key()
        service.start()
        say("done", f"service ready on {service.base} in {service.ready_seconds} s, embedded defaults")
        story = Story(service.base, Client(service.base, secret), say)
        sale, report, evidence = story.run()
        (output / "report.pdf").write_bytes(report)
        (output / "evidence.json").write_bytes(evidence)
        _verify(output, say)
        _replay(output, say)
        _tamper(output, say)
        say("look", f"[bold]open {near(output / 'report.pdf')}[/] (signed, evidence.json attached inside)")
        say("look", f"check it yourself: pfl verify {near(output / 'evidence.json')}")
        say("look", f"sale {sale}; the service's data is in {near(output / 'data')}")
        if keep:
            say("look", f"service still running on {service.base}; admin key {secret}; Ctrl-C ends it")
            _wait()
    except (ServiceError, ProblemError, UnexpectedError) as error:
        console.print(f"[bold red]the demonstration broke off[/]: {error}", markup=True)
        console.print(f"what the service said is in {near(output / 'data.log')}; nothing of yours was touched")
        return 1
    finally:
        service.stop()
    timings = {"ready_seconds": service.ready_seconds, "total_seconds": f"{time.monotonic() - begun:.1f}"}
    (output / "timings.json").write_text(json.dumps(timings) + "\n")
    console.print(f"[bold green]complete[/] in {time.monotonic() - begun:.1f} s")
    return 0


def fresh(output: Path) -> Path:
    """Return an empty directory of ours; an earlier demonstration is replaced, anything else is left alone."""
    if output.exists() and any(output.iterdir()) and not (output / MARKER).exists():
        raise ConfigurationError(f"{output} holds other things: name an empty or a new directory with --output")
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    (output / MARKER).touch()
    return output


def _verify(output: Path, say: Say) -> None:
    for name in ("evidence.json", "report.pdf"):
        done = _verifier(output / name)
        steps = json.loads(done.stdout)["steps"]
        if done.returncode:
            raise UnexpectedError(f"{name} does not verify:\n{done.stdout.decode()}")
        say("done", f"{name} verified by a separate process, no database, network or server: {len(steps)} steps hold")


def _replay(output: Path, say: Say) -> None:
    done = alone("ledger.cli", "replay", "--json", str(output / "evidence.json"))
    if done.returncode:
        raise UnexpectedError(f"the decisions do not replay:\n{done.stdout.decode()}{done.stderr.decode()}")
    decisions = json.loads(done.stdout)["decisions"]
    told = ", ".join(f"{d['answer']} on {d['at'][:10]}" for d in decisions)
    say("done", f"{len(decisions)} decisions made again from the bundle alone, the same bytes: {told}")


def _tamper(output: Path, say: Say) -> None:
    evidence = bytearray((output / "evidence.json").read_bytes())
    place = evidence.index(b'"inclusion"') + 40
    evidence[place] ^= 0x01
    copy = output / "evidence-tampered.json"
    copy.write_bytes(evidence)
    done = _verifier(copy)
    if done.returncode != 1:
        raise UnexpectedError(f"a changed byte was not refused (exit {done.returncode})")
    first = next(s for s in json.loads(done.stdout)["steps"] if s["outcome"] == "fails")
    say("refused", f"a copy with byte {place} changed: step {first['number']}, {first['detail']}")


def _verifier(file: Path) -> subprocess.CompletedProcess[bytes]:
    return alone("verifier", "--json", str(file))


def alone(module: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a module in an environment of its own: nothing of the service can leak into the check."""
    command = [sys.executable, "-m", module, *arguments]
    root = Path(__file__).resolve().parents[2]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(root)}
    return subprocess.run(command, capture_output=True, env=environment, check=False)  # noqa: S603 - our own command


def near(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _wait() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return
