"""Write `docs/coverage.md` from `tests/rules/coverage/`: `python -m scripts.make_coverage`. A test checks both."""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import tree_tests

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "rules" / "coverage"
PAGE = ROOT / "docs" / "coverage.md"
PREDICATES, TRAPS = 60, 43
HEAD = """<!-- Made by scripts/make_coverage.py from tests/rules/coverage/: change that file, not this page. -->

# 覆盖情况 Coverage

Sixty requirements of the law as machine-checkable predicates, and forty-three traps that naive software falls into:
which rule, procedure step or service meets each, and which tests would fail if it did not. What lies outside a sale
system's reach is listed with the reason, and so is what is not built yet. Values, dates, sources: [law.md](law.md)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One predicate or trap. ``rules`` are legal addresses; ``code`` and ``tests`` are named from the checkout."""

    n: int
    en: str
    zh: str = ""
    law: str = ""
    rules: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    outside: str = ""
    not_yet: str = ""


def entries(kind: str) -> list[Entry]:
    """Read the entries of a kind, ``predicate`` or ``trap``; ``TypeError`` for a word that is not known."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.toml"))]
    rows: list[dict[str, Any]] = [row for content in files for row in content.get(kind, ())]
    return [_entry({key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}) for row in rows]


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row)


def problems(root: Path = ROOT) -> Iterator[str]:
    """Say what is missing, twice there, or names something that does not exist."""
    known = tree_tests.names(root)
    for kind, count in (("predicate", PREDICATES), ("trap", TRAPS)):
        found = entries(kind)
        if [e.n for e in found] != list(range(1, count + 1)):
            yield f"the {kind}s must be 1 to {count}, each once and in order"
        for entry in found:
            where = f"{kind} {entry.n}"
            yield from (f"{where}: there is no rule {r}" for r in entry.rules if not _has_rule(root, r))
            yield from (f"{where}: there is no file {c}" for c in entry.code if not (root / c).is_file())
            yield from (f"{where}: there is no test {t}" for t in entry.tests if t not in known)
            if not entry.tests and not entry.outside and not entry.not_yet:
                yield f"{where}: no test, and no reason why not"
            if kind == "predicate" and not (entry.rules or entry.code or entry.outside or entry.not_yet):
                yield f"{where}: no rule, no step, and no reason why not"


def text() -> str:
    """Return the page."""
    return "\n\n".join([HEAD, *_predicates(entries("predicate")), *_traps(entries("trap"))]) + "\n"


def _has_rule(root: Path, address: str) -> bool:
    policy = address.replace("policy/", "policy/default/", 1)
    files = (f"rules/{address}.py", f"rulesets/{address}.toml", f"rulesets/{policy}.toml")
    return any((root / "ledger" / file).is_file() for file in files)


def _predicates(found: Sequence[Entry]) -> Iterator[str]:
    yield f"## 要求 Requirements\n\n{_summary(found)}"
    rows = [
        f"| {e.n} | {e.zh} {e.en} | {e.law} | {_names((*e.rules, *e.code)) or '—'} | {_tests(e)} |{_reason(e)}"
        for e in found
    ]
    head = "| # | 要求 Requirement | 依据 Law | 规则与步骤 Rules and steps | 测试 Tests |\n|---|---|---|---|---|"
    yield "\n".join([head, *rows])


def _traps(found: Sequence[Entry]) -> Iterator[str]:
    yield f"## 常见错误 Traps\n\n{_summary(found)}"
    rows = [f"| {e.n} | {e.en} | {_tests(e)} |{_reason(e, columns=1)}" for e in found]
    yield "\n".join(["| # | 错误 Trap | 测试 Tests |\n|---|---|---|", *rows])


def _summary(found: Sequence[Entry]) -> str:
    outside = [str(e.n) for e in found if e.outside]
    lacking = [str(e.n) for e in found if e.not_yet]
    lines = [f"{len(found)} in all."]
    if outside:
        lines.append(f"Outside a sale system's reach, in whole or part: {', '.join(outside)}.")
    lines.append(f"Not complete yet: {', '.join(lacking)}." if lacking else "None is incomplete.")
    return " ".join(lines)


def _reason(entry: Entry, columns: int = 3) -> str:
    told = [
        *([f"**Outside a sale system's reach**: {entry.outside}."] if entry.outside else []),
        *([f"**Not yet**: {entry.not_yet}."] if entry.not_yet else []),
    ]
    return f"\n|  | {' '.join(told)} |{'  |' * columns}" if told else ""


def _tests(entry: Entry) -> str:
    return _names(entry.tests) or "—"


def _names(names: Sequence[str]) -> str:
    return "<br>".join(f"`{name.removeprefix('tests/rules/scenarios/')}`" for name in names)


def main() -> int:
    """Write the page and say what is missing; 1 if anything is."""
    found = list(problems())
    PAGE.write_text(text(), encoding="utf-8")
    print("\n".join(found) or f"{PAGE.relative_to(ROOT)}: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
