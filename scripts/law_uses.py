"""Where each parameter is used and tested: modules that name it, scenarios of its rules, tests that name it."""

import ast
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.rules.registry import RULES
from scripts import tree_tests

SILENT = frozenset({"ledger/rules/catalogue.py", "ledger/rules/registry.py"})  # they list, they do not judge
QUESTIONNAIRES = "policy/questionnaires/"


@dataclass(frozen=True, slots=True)
class Uses:
    """For each key: the modules that use it, and the tests that cover it. Paths from the checkout's root."""

    modules: Mapping[str, tuple[str, ...]]
    tests: Mapping[str, tuple[str, ...]]


def uses(root: Path, keys: Collection[str]) -> Uses:
    """Look every key up in the tree."""
    modules = {key: _modules(root, key) for key in keys}
    rules = _rules_by_key()
    scenarios: defaultdict[str, set[str]] = defaultdict(set)
    for path, rule, _ in tree_tests.cases(root):
        scenarios[rule or path.removeprefix(f"{tree_tests.SCENARIOS}/").removesuffix(".toml")].add(path)
    naming = tree_tests.naming(root)
    tests = {}
    for key in keys:
        found = {path for rule in {*rules[key], key} for path in scenarios.get(rule, ())}
        found |= {name for name, texts in naming.items() if texts & _names(key)}
        tests[key] = tuple(sorted(found))
    return Uses(modules, tests)


def _rules_by_key() -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in RULES:
        for key in (*rule.needs, *rule.also):
            found[key] |= {rule.key, rule.key.rpartition("_")[0]}
    return found


def _modules(root: Path, key: str) -> tuple[str, ...]:
    found = []
    for path in sorted((root / "ledger").rglob("*.py")):
        where = path.relative_to(root).as_posix()
        if where not in SILENT and _mentions(path, key):
            found.append(where)
    return tuple(found)


def _mentions(path: Path, key: str) -> bool:
    content = path.read_text(encoding="utf-8")
    if key.startswith(QUESTIONNAIRES):
        return QUESTIONNAIRES in content
    return key in content and key in tree_tests.words(ast.parse(content))


def _names(key: str) -> frozenset[str]:
    policy = key.replace("policy/", "policy/default/", 1)
    form = key.removeprefix(QUESTIONNAIRES).split("/")[0] if key.startswith(QUESTIONNAIRES) else key
    return frozenset({key, f"{key}.toml", f"{policy}.toml", policy, form})
