"""``pfl chain``."""

import json
import sys
from typing import Annotated

import typer

from ledger.cli.common import Data, config_of, opened

app = typer.Typer(no_args_is_help=True, help="The chain that anchors checkpoints.")


@app.command()
def status(data: Data = None) -> None:
    """Say which chain anchors, what waits, was replaced and is final; exit 1 if something is wrong with the chain."""
    from ledger.services import chain_status  # noqa: PLC0415 - only here

    with opened(data) as ledger:
        found = chain_status.read(ledger)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(0 if found["problem"] is None else 1)


@app.command()
def reopen(
    reason: Annotated[str, typer.Option(help="Why the chain lost final blocks; recorded in the log.")] = "",
    data: Data = None,
) -> None:
    """Let final anchors that vanished from the chain be anchored again; without --reason only say which they are."""
    from ledger.services import chain_reopening  # noqa: PLC0415 - only here

    with opened(data) as ledger:
        if reason:
            done = chain_reopening.reopen(ledger, ledger.clock.now(), reason=reason)
            typer.echo(json.dumps(done, ensure_ascii=False, indent=1))
            return
        lost = chain_reopening.vanished(ledger)
    sizes = [sealed.checkpoint.size for sealed in lost]
    typer.echo(json.dumps({"vanished": len(sizes), "from_size": sizes[0] if sizes else None}, indent=1))


@app.command()
def account(data: Data = None) -> None:
    """Print the operator's address, which pays for anchoring: let the chain's genesis or a member fund it."""
    from ledger.bootstrap import chain_account  # noqa: PLC0415 - `pfl verify` must not load the chain

    typer.echo(chain_account(config_of(data)))


@app.command()
def deploy(
    member: Annotated[
        list[str] | None, typer.Option(help="ADDRESS=ROLE,ROLE of a member from the beginning; any number of times.")
    ] = None,
    threshold: Annotated[int, typer.Option(min=1, help="How many governors decide.")] = 1,
    data: Data = None,
) -> None:
    """Put the contracts on the chain behind PFL_CHAIN_URL and write the file that PFL_DEPLOYMENT names."""
    from ledger.bootstrap import deploy_contracts  # noqa: PLC0415 - `pfl verify` must not load the chain
    from ledger.services.governance import founder  # noqa: PLC0415 - likewise

    others = [founder(*each.partition("=")[::2]) for each in member or ()]
    typer.echo(json.dumps(deploy_contracts(config_of(data), others, threshold), indent=1))
