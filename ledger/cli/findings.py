"""Show a decision on a terminal: the answer, until when, what stands in the way, and every finding with its article."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

from ledger.domain.decision import Citation, Decision, Finding
from ledger.domain.instants import to_text

COLOURS = {
    "eligible": "bold green",
    "ineligible": "bold red",
    "conditional": "bold yellow",
    "PASS": "green",
    "FAIL": "bold red",
    "NEEDS_EVIDENCE": "bold yellow",
    "NOT_APPLICABLE": "dim",
    "NOT_IN_FORCE": "dim",
}
MARKS = {"PASS": "✓", "FAIL": "✗", "NEEDS_EVIDENCE": "?", "NOT_APPLICABLE": "–", "NOT_IN_FORCE": "–"}
ORDER = ("FAIL", "NEEDS_EVIDENCE", "PASS", "NOT_APPLICABLE", "NOT_IN_FORCE")
REFUSING = {"FAIL", "NEEDS_EVIDENCE"}


def show(decision: Decision, *, explain: bool) -> None:
    """Print it; without ``explain`` only what stands in the way."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(decision.answer.value, COLOURS[decision.answer.value]) + Text(f"  {decision.question}"))
    console.print(f"  as of {_when(decision.as_of)}, known at {_when(decision.known_at)}, law of {decision.law_date}")
    changes = "never by time alone" if decision.changes_at is None else f"at {_when(decision.changes_at)}"
    console.print(f"  can change {changes}; ruleset {decision.ruleset[:16]}…")
    shown = [f for f in decision.findings if explain or f.outcome.value in REFUSING]
    for finding in sorted(shown, key=lambda f: ORDER.index(f.outcome.value)):
        console.print()
        _finding(console, finding, explain=explain)
    if decision.unconfirmed:
        console.print()
        console.print("Rests on values that nobody has yet checked against the official text:", style="yellow")
        for key in decision.unconfirmed:
            console.print(f"  {key}", markup=False)


def article_of(citation: Citation) -> str:
    """Write a citation shortly: 《…》第12条, or without a number where no source confirms one."""
    return f"《{citation.title}》" + (f"第{citation.article}条" if citation.article[:1].isdigit() else "")


def _finding(console: Console, finding: Finding, *, explain: bool) -> None:
    outcome = finding.outcome.value
    mark = "" if finding.citation.status == "confirmed" else f" ({finding.citation.status})"
    head = Text(f"{MARKS[outcome]} {outcome:<15}", COLOURS[outcome]) + Text(f"{article_of(finding.citation)}{mark}")
    console.print(head)
    console.print(f"    {finding.reason_zh}", markup=False)
    console.print(f"    {finding.reason_en}", markup=False)
    if finding.condition is not None:
        en, zh = finding.condition
        console.print(Text("    → ") + Text(zh, "italic"))
        console.print(Text("      ") + Text(en, "italic"))
    if finding.changes_at is not None:
        console.print(f"    until {_when(finding.changes_at)}")
    if explain:
        console.print(Text(f"    {finding.rule}", "dim"))
        for leaf in finding.rests_on:
            console.print(Text(f"    rests on {leaf}", "dim"))


def _when(at: datetime) -> str:
    return to_text(at)[:19] + "Z"
