"""The tests of this tree by name, found by parsing: functions of test files, and cases of scenario files."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

RULES = Path("tests/rules")
ROOMS = ("scenarios/", "dated/")


def functions(root: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (``path::name``, function) of every test function, also of those in classes."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        where = path.relative_to(root).as_posix()
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{where}::{node.name}", node


def cases(root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (path, legal address, sentence) of every scenario; the address is the rule's, or else the path's."""
    for path in sorted((root / RULES).rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        address = path.relative_to(root / RULES).with_suffix("").as_posix()
        for room in ROOMS:
            address = address.removeprefix(room)
        for case in content.get("case", ()):
            yield path.relative_to(root).as_posix(), content.get("rule", address), case["name"]


def names(root: Path) -> frozenset[str]:
    """Return every name by which a test can be called: a file, ``path::function``, ``path: sentence``."""
    found = set()
    for name, _ in functions(root):
        found |= {name, name.split("::", maxsplit=1)[0]}
    for path, _, sentence in cases(root):
        found |= {path, f"{path}: {sentence}"}
    found |= {path.relative_to(root).as_posix() for path in (root / "contracts" / "test").rglob("*.sol")}
    return frozenset(found)


def words(tree: ast.AST) -> frozenset[str]:
    """Return every text constant under a node."""
    return frozenset(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def naming(root: Path) -> Mapping[str, frozenset[str]]:
    """Map each test function to the texts it holds, and each test module to its texts outside functions."""
    found = {name: words(node) for name, node in functions(root)}
    for path in sorted((root / "tests").rglob("*.py")):
        outside = [n for n in _tree(path).body if not isinstance(n, ast.FunctionDef)]
        module = frozenset[str]().union(*(words(node) for node in outside)) if outside else frozenset[str]()
        found[path.relative_to(root).as_posix()] = module
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
