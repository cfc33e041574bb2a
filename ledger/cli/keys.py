"""``pfl keys``."""

import json
from typing import Annotated

import typer

from ledger.cli.common import Data, opened
from ledger.domain.actors import Role
from ledger.errors import ConfigurationError
from ledger.services.ledger import SYSTEM

app = typer.Typer(no_args_is_help=True, help="Local API keys, one duty each.")


@app.callback()
def keys() -> None:
    """Keep ``pfl keys issue`` a command of a group."""


@app.command()
def issue(
    duty: Annotated[str, typer.Option(help="sales, certifier, assessor, visitor, compliance, auditor or admin")],
    label: Annotated[str, typer.Option(help="What the key is for; no personal data.")],
    data: Data = None,
) -> None:
    """Issue a key; its secret is printed this once."""
    from ledger.services import keys as service  # noqa: PLC0415 - only here

    if duty not in {role.value for role in Role}:
        raise ConfigurationError(f"{duty!r} is no duty: choose one of {', '.join(r.value for r in Role)}")
    with opened(data) as ledger, ledger.store.transaction() as tx:
        issued = service.issue(ledger, tx, SYSTEM, duty=duty, label=label)
    typer.echo(json.dumps(issued, ensure_ascii=False))
