"""``pfl witness``: cosign another institution's log, from a machine of one's own (`docs/witnesses.md`)."""

import json
import logging
import os
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.common import EXIT_ERROR, console, listening
from ledger.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True, help="Cosign a log that another institution operates.")
Where = Annotated[Path, typer.Option("--dir", help="The witness's own directory.")]
_DEFAULT = Path("pfl-witness")


@app.command()
def init(
    name: Annotated[str, typer.Option(help="Name in the key, such as custodian.example/witness; no space, no plus.")],
    where: Where = _DEFAULT,
    log: Annotated[str | None, typer.Option(help="Verifier key of a log to follow.")] = None,
    url: Annotated[str | None, typer.Option(help="Its service, if the witness is to ask it (--follow).")] = None,
    chain_id: Annotated[int | None, typer.Option(help="The chain that anchors it, to cosign there too.")] = None,
    contract: Annotated[str | None, typer.Option(help="EvidenceLog on that chain (0x…), as governance says.")] = None,
) -> None:
    """Make directory and key; print the verifier key that the operator and the readers of evidence need."""
    from ledger.witness import directory  # noqa: PLC0415 - the service must not load it

    if log is None and (url, chain_id, contract) != (None, None, None):
        raise ConfigurationError("--url, --chain-id and --contract are of the --log: name that too")
    chain = directory.anchored(chain_id, contract)
    logs = [] if log is None else [replace(directory.watched(log, url), chain=chain)]
    typer.echo(directory.create(where, name, logs, _passphrase()).vkey)


@app.command()
def account(where: Where = _DEFAULT) -> None:
    """Print the account that cosigns on chain, making its key the first time; governance admits it as a witness."""
    from ledger.witness import directory  # noqa: PLC0415 - the service must not load it

    typer.echo(directory.account(where, _passphrase()))


@app.command()
def run(
    where: Where = _DEFAULT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free port.")] = 8081,
    follow: Annotated[
        float, typer.Option(min=0, help="Ask every log that has a url each so many seconds; 0: only be asked.")
    ] = 0,
) -> None:
    """Serve C2SP add-checkpoint and the newest cosigned checkpoint of each log."""
    import uvicorn  # noqa: PLC0415 - only here

    from ledger.witness import server  # noqa: PLC0415 - the service must not load it
    from ledger.witness.book import Book  # noqa: PLC0415 - likewise
    from ledger.witness.directory import STATE, open_directory  # noqa: PLC0415 - likewise
    from ledger.witness.following import Follower  # noqa: PLC0415 - likewise
    from ledger.witness.judging import Witness  # noqa: PLC0415 - likewise

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    opened = open_directory(where, _passphrase())
    listener = listening(host, port)
    with closing(Book(where / STATE)) as book:
        witness = Witness(opened, book)
        application = server.create(witness, Follower(witness).follow_all if follow else None, follow)
        console.print(f"witness {opened.vkey}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"listening on http://{host}:{listener.getsockname()[1]}", highlight=False)
        settings = uvicorn.Config(
            application, log_level="warning", access_log=False, server_header=False, limit_concurrency=200
        )
        served = uvicorn.Server(settings)
        served.run(sockets=[listener])
    if not served.started:
        sys.exit(EXIT_ERROR)


@app.command()
def status(where: Where = _DEFAULT) -> None:
    """Say who this witness is, what it saw last of each log, and how many forks it caught."""
    from ledger.witness.book import Book  # noqa: PLC0415 - the service must not load it
    from ledger.witness.directory import STATE, open_directory  # noqa: PLC0415 - likewise
    from ledger.witness.judging import Witness  # noqa: PLC0415 - likewise
    from ledger.witness.server import status as told  # noqa: PLC0415 - likewise

    opened = open_directory(where, _passphrase())
    with closing(Book(where / STATE)) as book:
        typer.echo(json.dumps(told(Witness(opened, book)), ensure_ascii=False, indent=1))


@app.command()
def compare(
    url: Annotated[str, typer.Argument(help="Address of another witness of the same logs.")], where: Where = _DEFAULT
) -> None:
    """Hold another witness's newest heads against one's own; exit 1 and a fork proof if the log told two histories."""
    from ledger.witness.book import Book  # noqa: PLC0415 - the service must not load it
    from ledger.witness.directory import STATE, open_directory  # noqa: PLC0415 - likewise
    from ledger.witness.following import Follower  # noqa: PLC0415 - likewise
    from ledger.witness.judging import Witness  # noqa: PLC0415 - likewise

    opened = open_directory(where, _passphrase())
    forked = False
    with closing(Book(where / STATE)) as book:
        follower = Follower(Witness(opened, book))
        for log in opened.logs.values():
            proof = follower.compare(log, url)
            forked |= proof is not None
            typer.echo(f"{log.origin}: " + (f"FORKED, proof in {proof}" if proof else "no contradiction"))
    sys.exit(1 if forked else 0)


def _passphrase() -> str | None:
    return os.environ.get("PFL_WITNESS_PASSPHRASE") or None
