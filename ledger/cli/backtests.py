"""``pfl rules backtest``: which sales a draft of law would have answered otherwise, and why."""

import csv
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.cli.common import Data, Json, opened, progress_bar
from ledger.cli.findings import COLOURS, article_of
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConfigurationError
from ledger.services.backtests import Backtest

SHOWN = 50
COLUMNS = ("sale", "decided_at", "amount", "currency", "recorded", "law", "draft", "rule", "before", "after")
WORDS = ("article", "reason_zh", "reason_en")


def backtest(
    draft: Annotated[Path, typer.Argument(help="Folder of TOML files at their legal addresses, or a packaged draft.")],
    first: Annotated[str | None, typer.Option("--from", help="First day of sale, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="First day left out, YYYY-MM-DD.")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Also write one line a reason to this file.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Decide recorded sales again under a draft of law; exit 0 nothing flips, 1 something does, 2 undecided."""
    from ledger.services import backtests  # noqa: PLC0415 - only here

    with opened(data) as ledger, ledger.store.snapshot() as reader, progress_bar() as bar:
        task = bar.add_task("deciding again", total=None)
        found = backtests.backtest(
            ledger,
            reader,
            draft,
            first=_day(first, "--from"),
            until=_day(until, "--until"),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if table is not None:
        _write(table, found)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        _show(found)
    sys.exit(1 if found.flips else 2 if found.undecided else 0)


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise CallerError(f"{option} {text!r} is not a day: write YYYY-MM-DD", "日期格式应为 YYYY-MM-DD") from error


def _show(found: Backtest) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"draft [bold]{found.draft}[/], as if law from {found.since}; recorded sales: {found.sales}")
    for name in found.files:
        console.print(f"  changes {name}", markup=False)
    counts = Table("by law", "by draft", "sales")
    for (law, new), number in sorted(found.answers.items()):
        counts.add_row(Text(law, COLOURS[law]), Text(new, COLOURS[new]), str(number))
    console.print(counts)
    if found.flips:
        console.print(_flips(found))
        _why(console, found)
    if len(found.flips) > SHOWN:
        console.print(f"… and {len(found.flips) - SHOWN} more flips: write all of them with --csv or --json")
    for stream, reason in found.undecided[:SHOWN]:
        console.print(f"? sale {stream[:12]}… not decided: {reason}", markup=False)
    console.print(f"{len(found.flips)} flip, {len(found.undecided)} cannot be decided")


def _flips(found: Backtest) -> Table:
    table = Table("sale", "decided", "amount", "by law", "by draft")
    table.add_column("by rules", overflow="fold")
    for flip in found.flips[:SHOWN]:
        rules = "\n".join(reason.finding.rule.rpartition("/")[2] for reason in flip.reasons)
        law, new = Text(flip.law, COLOURS[flip.law]), Text(flip.draft, COLOURS[flip.draft])
        table.add_row(f"{flip.sale[:8]}…", to_text(flip.decided_at)[:10], f"{flip.amount.amount:,.0f}", law, new, rules)
    return table


def _why(console: Console, found: Backtest) -> None:
    """Tell each reason once, with how many sales it touches."""
    reasons = Counter((r.before, r.finding._replace(rests_on=())) for flip in found.flips for r in flip.reasons)
    for (before, now), number in reasons.most_common(SHOWN):
        sales = "1 sale" if number == 1 else f"{number} sales"
        change = Text(f"{sales}: {before} → ") + Text(now.outcome.value, COLOURS[now.outcome.value])
        console.print(change + Text(f"  {article_of(now.citation)}"))
        console.print(f"    {now.reason_zh}", markup=False)
        console.print(f"    {now.reason_en}", markup=False)


def _write(path: Path, found: Backtest) -> None:
    """Write UTF-8 with a mark at its start, so that spreadsheets read the Chinese."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((*COLUMNS, *WORDS))
            for flip in found.flips:
                money = flip.amount
                head = (flip.sale, to_text(flip.decided_at), f"{money.amount:f}", money.currency)
                answers = (flip.recorded or "", flip.law, flip.draft)
                for reason in flip.reasons:
                    now = reason.finding
                    why = (now.rule, reason.before, now.outcome.value)
                    words = (article_of(now.citation), now.reason_zh, now.reason_en)
                    writer.writerow((*head, *answers, *why, *words))
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror}): name another file with --csv") from error
