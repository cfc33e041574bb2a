"""``pfl``: serve, demo, verify, replay, check, report, fsck, keys, rules, chain, witness. ``--json`` for programs."""

import sys

import typer

from ledger.cli import chain, decisions, evidence, governance, keys, rules, service, timestamps, witness
from ledger.cli.common import EXIT_ERROR, console
from ledger.errors import LedgerError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
for command in (
    service.serve,
    service.demo,
    evidence.verify,
    evidence.replay,
    decisions.check,
    evidence.report,
    evidence.fsck,
    timestamps.timestamps,
):
    app.command()(command)
for act in (
    governance.members,
    governance.proposals,
    governance.admit,
    governance.grant,
    governance.revoke,
    governance.rekey,
    governance.threshold,
    governance.pause,
    governance.resume,
    governance.confirm,
    governance.withdraw,
    governance.execute,
    governance.key,
):
    chain.app.command()(act)
app.add_typer(keys.app, name="keys")
app.add_typer(rules.app, name="rules")
app.add_typer(chain.app, name="chain")
app.add_typer(witness.app, name="witness")


def main() -> None:
    """Run the command line; our own errors become one sentence and exit code 3."""
    try:
        app()
    except LedgerError as error:
        console.print(f"[bold red]{error.code}[/]: {error.message}", highlight=False)
        sys.exit(EXIT_ERROR)
