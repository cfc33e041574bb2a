"""`docs/reliability.md` names tests that exist, all fault tests, and counts them rightly."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| .*`test_\w+`", line)]
NAMED = [name for row in ROWS for name in re.findall(r"`(test_\w+)`", row)]


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_named_test_exists() -> None:
    known = set().union(*(named_in(path) for path in (ROOT / "tests").rglob("test_*.py")))
    assert set(NAMED) - known == set()


def test_every_fault_test_is_in_the_table() -> None:
    files = (path for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_table.py")
    here = set().union(*map(named_in, files))
    assert here - set(NAMED) == set()


def test_the_counts_are_right() -> None:
    assert len(NAMED) == len(set(NAMED)), "a test shows one fault"
    (counts,) = re.findall(r"^(\d+) faults, (\d+) tests\.$", PAGE, re.MULTILINE)
    assert counts == (str(len(ROWS)), str(len(NAMED)))
