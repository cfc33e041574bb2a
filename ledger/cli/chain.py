"""``pfl chain``."""

import json

import typer

from ledger.cli.common import Data, opened

app = typer.Typer(no_args_is_help=True, help="The chain that anchors checkpoints.")


@app.callback()
def chain() -> None:
    """Keep ``pfl chain status`` a command of a group."""


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
