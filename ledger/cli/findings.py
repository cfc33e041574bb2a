"""Show a decision on a terminal: the answer, what it takes, until when, and every finding with its article."""

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.domain.decision import Citation, Decision, Finding
from ledger.domain.instants import to_text

COLOURS = {
    "eligible": "bold green",
    "ineligible": "bold red",
    "conditional": "bold yellow",
    "PASS": "green",
    "FAIL": "red",
    "NEEDS_EVIDENCE": "yellow",
}
REFUSING = {"FAIL", "NEEDS_EVIDENCE"}


def show(decision: Decision, *, explain: bool) -> None:
    """Print it; without ``explain`` only what stands in the way."""
    console = Console(highlight=False)
    console.print(Text(decision.answer.value, COLOURS[decision.answer.value]), decision.question)
    console.print(f"  law of {decision.law_date} · as of {_when(decision.as_of)} · known at {_when(decision.known_at)}")
    changes = "by time alone, never" if decision.changes_at is None else _when(decision.changes_at)
    console.print(f"  can next change: {changes} · ruleset {decision.ruleset[:16]}…")
    shown = [f for f in decision.findings if explain or f.outcome.value in REFUSING]
    if shown:
        console.print(_table(shown, explain=explain))
    for condition in decision.conditions:
        console.print(f"  → {condition}", markup=False)
    if decision.unconfirmed:
        console.print("  rests on values that nobody has checked against the official text:", style="yellow")
        for key in decision.unconfirmed:
            console.print(f"    {key}", markup=False)


def article_of(citation: Citation) -> str:
    """Write a citation shortly: 《…》第12条, or without a number where no source confirms one."""
    return f"《{citation.title}》" + (f"第{citation.article}条" if citation.article.isdigit() else "")


def _table(findings: list[Finding], *, explain: bool) -> Table:
    table = Table(show_lines=True)
    for column in ("outcome", "rule", "article", "reason"):
        table.add_column(column)
    if explain:
        table.add_column("rests on")
    for finding in findings:
        mark = " (unconfirmed)" if finding.citation.status == "unconfirmed" else ""
        reason = [finding.reason_zh, finding.reason_en]
        if finding.changes_at is not None:
            reason.append(f"until {_when(finding.changes_at)}")
        row = [
            Text(finding.outcome.value, COLOURS.get(finding.outcome.value, "dim")),
            Text(finding.rule),
            Text(article_of(finding.citation) + mark),
            Text("\n".join(reason)),
        ]
        table.add_row(*row, *([Text("\n".join(f"{leaf[:12]}…" for leaf in finding.rests_on))] if explain else []))
    return table


def _when(at: datetime) -> str:
    return to_text(at)[:19] + "Z"
