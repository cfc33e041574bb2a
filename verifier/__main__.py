"""`python -m verifier FILE`: check evidence.json, report.pdf or a fork proof, offline, and print every step.

Exit: 0 all steps hold, 1 something is false (of a fork proof: the fork is proven), 2 something cannot be decided,
3 the file cannot be read.
"""

import argparse
import json
import sys
from pathlib import Path

from verifier import bundle, disclosure, pdf, record, trust
from verifier.errors import MalformedError, VerificationError
from verifier.report import BASIS_TEXT, Outcome, Report
from verifier.verify import verify

_MARKS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.UNDECIDED: "?"}
_UNREADABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="verifier", description="Check an evidence bundle offline.")
    parser.add_argument("file", type=Path, help="evidence.json, report.pdf or a fork proof")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="keys, roots, contracts, blocks and validators that you hold (JSON)"
    )
    parser.add_argument("--record", metavar="LEAF", help="also show one record, named by the start of its leaf hash")
    chosen = parser.parse_args(arguments)
    try:
        data = _read(chosen.file, bundle.MAX_BYTES)
        pinned = None if chosen.trust is None else trust.parse(_read(chosen.trust, trust.MAX_BYTES))
    except (OSError, MalformedError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        print(f"cannot read the file: {reason}", file=sys.stderr)
        return _UNREADABLE
    report = verify(data, trust=pinned)
    shown = _records(data, chosen.record) if chosen.record is not None and report.bundle_sha256 else []
    if chosen.json:
        print(json.dumps({**report.as_json(), "records": shown}, ensure_ascii=False, indent=2))
    else:
        _print(report)
        for found in shown:
            print(json.dumps(found, ensure_ascii=False, indent=2))
    return report.exit_code


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)  # one byte more than allowed is enough for the check to refuse it


def _print(report: Report) -> None:
    for step in report.steps:
        basis = BASIS_TEXT[step.basis][0]
        print(f"{_MARKS[step.outcome]} {step.number:2}. {step.title_en} · {step.title_zh}: {step.outcome}")
        print(f"      {step.detail}" + (f" ({basis})" if step.outcome is Outcome.HOLDS else f" [{step.code}]"))
    problem = report.first_problem
    where = "" if problem is None else f", first at step {problem.number}"
    print(f"verdict: {report.verdict}{where}")
    if problem is not None and problem.code == "log_forked":
        print("the log has FORKED: proven · 日志已分叉:已证明")


def _records(data: bytes, leaf: str) -> list[dict[str, object]]:
    found = bundle.parse(pdf.evidence(data) if pdf.is_pdf(data) else data)
    shown: list[dict[str, object]] = []
    for entry in found.records:
        try:
            parsed = record.of(entry.record)
        except MalformedError:
            continue  # step 3 has said so already
        if parsed.leaf_sha256.startswith(leaf):
            values = _opened(parsed, entry)
            shown.append(
                {"index": entry.index, "leaf": parsed.leaf_sha256, "record": entry.record, "disclosed": values}
            )
    return shown


def _opened(parsed: record.Record, entry: bundle.Entry) -> object:
    try:
        return disclosure.open_fields(parsed.fields, entry.disclosures)
    except VerificationError as error:
        return f"not shown: {error.message}"


if __name__ == "__main__":
    sys.exit(main())
