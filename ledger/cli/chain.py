"""``pfl chain``."""

import json

import typer

from ledger.cli.common import Data, config_of, opened

app = typer.Typer(no_args_is_help=True, help="The chain that anchors checkpoints.")


@app.command()
def status(data: Data = None) -> None:
    """Say which chain anchors, where it is and what it holds."""
    with opened(data) as ledger:
        found = ledger.anchor.status()
        typer.echo(
            json.dumps(
                {
                    "kind": found.kind,
                    "chain_id": found.chain_id,
                    "block": found.block,
                    "block_time": found.block_time.isoformat(),
                    "contracts": found.contracts,
                    "trust": found.trust,
                    "anchored_size": ledger.anchor.anchored_size(),
                },
                indent=1,
            )
        )


@app.command()
def account(data: Data = None) -> None:
    """Print the operator's address, which pays for anchoring: let the chain's genesis or a member fund it."""
    from ledger.bootstrap import chain_account  # noqa: PLC0415 - `pfl verify` must not load the chain

    typer.echo(chain_account(config_of(data)))


@app.command()
def deploy(data: Data = None) -> None:
    """Put the contracts on the chain behind PFL_CHAIN_URL and write the file that PFL_DEPLOYMENT names."""
    from ledger.bootstrap import deploy_contracts  # noqa: PLC0415 - `pfl verify` must not load the chain

    typer.echo(json.dumps(deploy_contracts(config_of(data)), indent=1))
