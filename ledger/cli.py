"""``pfl``: serve, demo, verify, check, report, fsck, keys, rules, chain. ``--json`` wherever a program may read it."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger.config import Config, from_environment
from ledger.domain.actors import Role
from ledger.domain.instants import from_text
from ledger.domain.money import Money
from ledger.errors import ConfigurationError, LedgerError
from ledger.services.ledger import SYSTEM, Ledger

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
keys_app = typer.Typer(no_args_is_help=True, help="Local API keys, one duty each.")
rules_app = typer.Typer(no_args_is_help=True, help="The law as data.")
chain_app = typer.Typer(no_args_is_help=True, help="The chain that anchors checkpoints.")
app.add_typer(keys_app, name="keys")
app.add_typer(rules_app, name="rules")
app.add_typer(chain_app, name="chain")

console = Console(stderr=True)
Data = Annotated[Path | None, typer.Option("--data", help="Data directory (PFL_DATA).")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
EXIT_ERROR = 3


def main() -> None:
    """Run the command line; our own errors become one sentence and exit code 3."""
    try:
        app()
    except LedgerError as error:
        console.print(f"[bold red]{error.code}[/]: {error.message}", highlight=False)
        sys.exit(EXIT_ERROR)


@contextmanager
def _ledger(data: Path | None) -> Iterator[Ledger]:
    from ledger.bootstrap import close_ledger, open_ledger  # noqa: PLC0415 - `pfl verify` must not load the service

    ledger = open_ledger(_config(data))
    try:
        yield ledger
    finally:
        close_ledger(ledger)


def _config(data: Path | None) -> Config:
    config = from_environment()
    return config if data is None else replace(config, data=data)


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free port.")] = 8080,
    demo: Annotated[bool, typer.Option("--demo", help="Simulated clock and development endpoints.")] = False,
) -> None:
    """Serve the API with its sequencer and anchoring worker."""
    import uvicorn  # noqa: PLC0415 - only here

    config = _config(data)
    os.environ["PFL_DATA"] = str(config.data)
    if demo:
        os.environ["PFL_SIMULATED_CLOCK"] = os.environ["PFL_DEVELOPMENT"] = "true"
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port, or 0 for a free one"
        ) from error
    console.print(f"listening on http://{host}:{listener.getsockname()[1]}", highlight=False)
    settings = uvicorn.Config(
        "api.serving:from_environment", factory=True, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(settings)
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(EXIT_ERROR)


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Where report.pdf and evidence.json go.")] = Path("demo-output"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the service running at the end.")] = False,
) -> None:
    """Run one complete online sale over HTTP, with its refusals, and verify the evidence."""
    from ledger.demo.run import run  # noqa: PLC0415 - only here

    sys.exit(run(output, keep=keep))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="evidence.json or report.pdf")],
    trust: Annotated[Path | None, typer.Option(help="Keys and roots you hold, to pin the operator's.")] = None,
    as_json: Json = False,
) -> None:
    """Check a bundle or report offline; exit 0 all hold, 1 something is false, 2 cannot be decided."""
    from verifier.__main__ import main as verify_main  # noqa: PLC0415 - stands alone

    arguments = [str(file), *(["--json"] if as_json else []), *(["--trust", str(trust)] if trust else [])]
    sys.exit(verify_main(arguments))


@app.command()
def check(
    investor: Annotated[str, typer.Argument(help="Investor id.")],
    product: Annotated[str, typer.Argument(help="Product id.")],
    amount: Annotated[str, typer.Argument(help="Amount net of fee, such as 1000000.00")],
    at: Annotated[str | None, typer.Option(help="Instant, YYYY-MM-DDThh:mm:ss.ffffffZ")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every finding, not only what stands in the way.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Ask: may this investor buy this product, this amount, now? Exit 0 eligible, 1 not, 2 conditional."""
    from ledger.services import eligibility  # noqa: PLC0415 - only here

    instant: datetime | None = None if at is None else from_text(at)
    with _ledger(data) as ledger, ledger.store.snapshot() as reader:
        decision = eligibility.decide(
            ledger,
            reader,
            investor_stream=investor,
            product_stream=product,
            amount=Money.parse(amount),
            at=instant,
        )
    if as_json:
        typer.echo(json.dumps(decision.as_json(), ensure_ascii=False, indent=1))
    else:
        table = Table(title=f"{decision.answer.value} · law of {decision.law_date}")
        for column in ("rule", "outcome", "article", "reason"):
            table.add_column(column)
        for finding in decision.findings:
            if explain or finding.outcome.value in {"FAIL", "NEEDS_EVIDENCE"}:
                article = f"{finding.citation.title} {finding.citation.article}"
                table.add_row(finding.rule, finding.outcome.value, article, f"{finding.reason_zh}\n{finding.reason_en}")
        Console().print(table)
    sys.exit({"eligible": 0, "ineligible": 1, "conditional": 2}[decision.answer.value])


@app.command()
def report(
    sale: Annotated[str, typer.Argument(help="Sale id.")],
    output: Annotated[Path, typer.Option(help="Directory for report.pdf and evidence.json.")] = Path(),
    data: Data = None,
) -> None:
    """Make the report and evidence bundle of a sale, anchoring what is not anchored yet."""
    from ledger.services import anchoring, reports  # noqa: PLC0415 - only here

    with _ledger(data) as ledger:
        anchoring.drain(ledger)
        made = reports.make(ledger, SYSTEM, stream=sale)
        with ledger.store.snapshot() as reader:
            output.mkdir(parents=True, exist_ok=True)
            (output / "report.pdf").write_bytes(reports.latest(ledger, reader, stream=sale, role="report"))
            (output / "evidence.json").write_bytes(reports.latest(ledger, reader, stream=sale, role="evidence"))
    typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


@app.command()
def fsck(data: Data = None, as_json: Json = False) -> None:
    """Re-derive the whole log from its records and compare it with the chain; exit 1 if anything differs."""
    from ledger.services import fsck as service  # noqa: PLC0415 - only here

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with _ledger(data) as ledger, Progress(*columns, console=console) as bar:
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


@keys_app.command("issue")
def keys_issue(
    duty: Annotated[str, typer.Option(help="sales, certifier, assessor, visitor, compliance, auditor or admin")],
    label: Annotated[str, typer.Option(help="What the key is for; no personal data.")],
    data: Data = None,
) -> None:
    """Issue a key; its secret is printed this once."""
    from ledger.services import keys  # noqa: PLC0415 - only here

    if duty not in {role.value for role in Role}:
        raise ConfigurationError(f"{duty!r} is no duty: choose one of {', '.join(r.value for r in Role)}")
    with _ledger(data) as ledger, ledger.store.transaction() as tx:
        issued = keys.issue(ledger, tx, SYSTEM, duty=duty, label=label)
    typer.echo(json.dumps(issued, ensure_ascii=False))


@rules_app.command("show")
def rules_show(data: Data = None, as_json: Json = False) -> None:
    """List every rule with its article, force and status."""
    from ledger.rules import load  # noqa: PLC0415 - only here

    config = _config(data)
    index: Any = load(policy=config.policy, allow_unconfirmed=config.allow_unconfirmed).index()
    if as_json:
        typer.echo(json.dumps(index, ensure_ascii=False, indent=1))
        return
    table = Table("rule", "norm", "article", "status")
    for row in index:
        table.add_row(*(str(row[name]) for name in ("rule", "norm", "article", "status")))
    Console().print(table)


@chain_app.command("status")
def chain_status(data: Data = None) -> None:
    """Say which chain anchors, where it is and what it holds."""
    with _ledger(data) as ledger:
        status = ledger.anchor.status()
        typer.echo(
            json.dumps(
                {
                    "kind": status.kind,
                    "chain_id": status.chain_id,
                    "block": status.block,
                    "block_time": status.block_time.isoformat(),
                    "contracts": status.contracts,
                    "trust": status.trust,
                    "anchored_size": ledger.anchor.anchored_size(),
                },
                indent=1,
            )
        )


if __name__ == "__main__":
    main()
