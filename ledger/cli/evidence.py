"""``pfl verify``, ``replay``, ``report`` and ``fsck``: what is proven, and of what."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.common import EXIT_ERROR, Data, Json, console, opened, progress_bar
from ledger.services.ledger import SYSTEM
from verifier import trust as pins
from verifier.__main__ import main as verify_main
from verifier.bundle import MAX_BYTES
from verifier.errors import MalformedError

File = Annotated[Path, typer.Argument(help="evidence.json or report.pdf")]
Pins = Annotated[Path | None, typer.Option("--trust", help="Keys and roots you hold, to pin the operator's.")]
MARKS = {"same": "✓", "differs": "✗", "undecided": "?"}


def verify(file: File, trust: Pins = None, as_json: Json = False) -> None:
    """Check a bundle or report offline; exit 0 all hold, 1 something is false, 2 cannot be decided."""
    arguments = [str(file), *(["--json"] if as_json else []), *(["--trust", str(trust)] if trust else [])]
    sys.exit(verify_main(arguments))


def replay(file: File, trust: Pins = None, as_json: Json = False) -> None:
    """Decide again, offline, what a bundle says was decided; exit 0 same bytes, 1 differs, 2 cannot be decided."""
    from ledger.services.replay import replay as again  # noqa: PLC0415 - only here

    try:
        data = _read(file, MAX_BYTES)
        pinned = None if trust is None else pins.parse(_read(trust, pins.MAX_BYTES))
    except (OSError, MalformedError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        console.print(f"cannot read the file: {reason}", highlight=False, markup=False)
        sys.exit(EXIT_ERROR)
    found = again(data, trust=pinned)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        sys.exit(found.exit_code)
    held = sum(step.outcome.value == "holds" for step in found.report.steps)
    typer.echo(f"verification: {found.report.verdict}, {held} of {len(found.report.steps)} steps hold")
    for one in (*found.decisions, *found.readings):
        typer.echo(f"{MARKS[one.outcome]} {one.type} {one.receipt[:12]}… at {one.at}: {one.answer}: {one.outcome}")
        typer.echo(f"      {one.detail}")
        for line in one.differences:
            typer.echo(f"      {line}")
    if found.problem:
        typer.echo(found.problem)
    typer.echo(f"replay: {found.outcome}")
    sys.exit(found.exit_code)


def report(
    sale: Annotated[str, typer.Argument(help="Sale id.")],
    output: Annotated[Path, typer.Option(help="Directory for report.pdf and evidence.json.")] = Path(),
    alone: Annotated[bool, typer.Option("--alone/--beside", help="No service runs, or one does and anchors.")] = True,
    data: Data = None,
) -> None:
    """Make the report and evidence bundle of a sale; without a running service, anchor first what is not yet."""
    from ledger.services import anchoring, reports, witnessing  # noqa: PLC0415 - only here

    with opened(data, anchors=alone) as ledger:
        if alone:
            anchoring.drain(ledger)
            witnessing.gather(ledger)
        made = reports.make(ledger, SYSTEM, stream=sale)
        with ledger.store.snapshot() as reader:
            output.mkdir(parents=True, exist_ok=True)
            (output / "report.pdf").write_bytes(reports.latest(ledger, reader, stream=sale, role="report"))
            (output / "evidence.json").write_bytes(reports.latest(ledger, reader, stream=sale, role="evidence"))
    typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


def fsck(data: Data = None, as_json: Json = False) -> None:
    """Re-derive the whole log from its records and compare it with the chain; exit 1 if anything differs."""
    from ledger.services import fsck as service  # noqa: PLC0415 - only here

    with opened(data) as ledger, progress_bar() as bar:
        task = bar.add_task("re-deriving")

        def progress(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        outcome = service.fsck(ledger, progress)
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1))
    else:
        for problem in outcome.problems:
            typer.echo(f"DIFFERS {problem}")
        typer.echo(outcome.summary())
    sys.exit(1 if outcome.problems else 0)


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)  # one byte more than allowed is enough for the check to refuse it
