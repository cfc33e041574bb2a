"""``pfl rules``: the law as data."""

import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from ledger.cli.backtests import backtest
from ledger.cli.common import Data, Json, config_of

app = typer.Typer(no_args_is_help=True, help="The law as data.")
app.command()(backtest)


@app.command()
def show(data: Data = None, as_json: Json = False) -> None:
    """List every rule with its article, force and status."""
    from ledger.services import law  # noqa: PLC0415 - only here

    config = config_of(data)
    index: Any = law.read(policy=config.policy, allow_unconfirmed=config.allow_unconfirmed).index()
    if as_json:
        typer.echo(json.dumps(index, ensure_ascii=False, indent=1))
        return
    table = Table("rule", "norm", "article", "status")
    for row in index:
        table.add_row(*(str(row[name]) for name in ("rule", "norm", "article", "status")))
    Console().print(table)
