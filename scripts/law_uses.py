"""Where each parameter is used and tested: modules that name it, scenarios of its rules, tests that name it."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ledger.rules.loader import Ruleset
from ledger.rules.registry import RULES
from scripts import tree_tests

SILENT = frozenset({"ledger/rules/catalogue.py", "ledger/rules/registry.py"})  # they list, they do not judge
FORMS = "policy/questionnaires/"


@dataclass(frozen=True, slots=True)
class Uses:
    """For each key: the modules that use it, and the tests that cover it. Paths from the checkout's root."""

    modules: Mapping[str, tuple[str, ...]]
    tests: Mapping[str, tuple[str, ...]]


def uses(root: Path, ruleset: Ruleset, keys: Collection[str]) -> Uses:
    """Look every key up in the tree; a policy over a law is used where the law is."""
    restricted = {key: ruleset.parameters[key].restricts for key in keys}
    modules = {key: _modules(root, key) | _modules(root, restricted[key] or key) for key in keys}
    tests = {key: _tests(root, key, modules[key]) or _imports(root, modules[key]) for key in keys}
    return Uses({k: tuple(sorted(v)) for k, v in modules.items()}, {k: tuple(sorted(v)) for k, v in tests.items()})


def _modules(root: Path, key: str) -> set[str]:
    named = {path for path, words in _code(root).items() if key in words}
    named |= {f"ledger/rules/{address}.py" for address in _rules()[key]} & _code(root).keys()
    return named | ({"ledger/rules/assessing.py"} if key.startswith(FORMS) else set())


def _tests(root: Path, key: str, modules: Collection[str]) -> set[str]:
    addresses = {key, *_rules()[key]}
    addresses |= {path.removeprefix("ledger/rules/").removesuffix(".py") for path in modules}
    names = _names(key)
    found = {path for path, rule, words in _scenarios(root) if rule in addresses or key in words}
    return found | {name for name, words in _named(root).items() if words & names}


def _imports(root: Path, modules: Collection[str]) -> set[str]:
    """Return test files that import one of the modules; told only where nothing closer is known."""
    wanted = {path.removesuffix(".py").replace("/", ".") for path in modules}
    found = set()
    for path in sorted((root / "tests").rglob("test_*.py")):
        imported = set(_imported(ast.parse(path.read_text(encoding="utf-8"))))
        if imported & wanted:
            found.add(path.relative_to(root).as_posix())
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _rules() -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in RULES:
        for key in (*rule.needs, *rule.also):
            found[key] |= {rule.key, rule.key.rpartition("_")[0]}
    return found


@cache
def _code(root: Path) -> Mapping[str, frozenset[str]]:
    files = {path.relative_to(root).as_posix(): path for path in sorted((root / "ledger").rglob("*.py"))}
    parsed = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in files.items() if name not in SILENT}
    return {name: tree_tests.words(tree) for name, tree in parsed.items()}


@cache
def _named(root: Path) -> Mapping[str, frozenset[str]]:
    return tree_tests.naming(root)


@cache
def _scenarios(root: Path) -> tuple[tuple[str, str, str], ...]:
    addresses = {path: rule for path, rule, _ in tree_tests.cases(root)}
    return tuple((path, rule, (root / path).read_text(encoding="utf-8")) for path, rule in addresses.items())


def _names(key: str) -> frozenset[str]:
    policy = key.replace("policy/", "policy/default/", 1)
    form = key.removeprefix(FORMS).split("/")[0] if key.startswith(FORMS) else key
    return frozenset({key, f"{key}.toml", f"{policy}.toml", policy, form})
