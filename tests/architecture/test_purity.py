"""What decides and what proves is a pure function: no float, no clock, no randomness, no network."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, Module, imports, modules

PURE = ("verifier", "ledger.domain", "ledger.rules")
FORBIDDEN_MODULES = {
    "random",
    "secrets",
    "time",
    "socket",
    "ssl",
    "http",
    "urllib",
    "subprocess",
    "asyncio",
    "threading",
}
FORBIDDEN_NAMES = {"now", "utcnow", "today", "urandom", "getrandom", "uuid1", "uuid4", "uuid6", "uuid7"}
# RFC 8785 section 3.2.2.3 says how a JSON number is written, and its public vectors hold fractions.
MAY_TOUCH_FLOATS = {"verifier.canonical"}


def _inside(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in PURE)


def _impurities(module: Module) -> Iterator[tuple[int, str]]:
    floats = module.name not in MAY_TOUCH_FLOATS
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=float() | complex() as number) if floats:
                yield node.lineno, f"the float {number}"
            case ast.Name(id="float" | "complex") if floats:
                yield node.lineno, node.id
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if floats and module.name.startswith(
                "ledger.domain"
            ):
                yield node.lineno, "true division, which makes floats of integers"
            case ast.Attribute(attr=name) if name in FORBIDDEN_NAMES:
                yield node.lineno, name
            case ast.ImportFrom(names=names):
                yield from ((node.lineno, alias.name) for alias in names if alias.name in FORBIDDEN_NAMES)


def violations(root: Path) -> Iterator[str]:
    """Yield every use of a float, a clock, randomness or the network in the pure packages."""
    for module in modules(root):
        if _inside(module.name):
            where = module.path.relative_to(root)
            yield from (f"{where}:{line}: {what}" for line, what in _impurities(module))
            for target, line in imports(module, root):
                if target.split(".")[0] in FORBIDDEN_MODULES:
                    yield f"{where}:{line}: imports {target}"


def test_domain_rules_and_verifier_are_pure() -> None:
    assert "\n".join(violations(ROOT)) == ""


@pytest.mark.parametrize("package", ["verifier", "ledger/domain", "ledger/rules"])
@pytest.mark.parametrize(
    "line",
    [
        "x = 0.5",
        "x = 1j",
        "def f(a: float) -> None: ...",
        "x = float('1')",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import date\nx = date.today()",
        "import time",
        "from random import choice",
        "import secrets",
        "import os\nx = os.urandom(16)",
        "from os import urandom",
        "import uuid\nx = uuid.uuid4()",
        "from urllib.request import urlopen",
        "def f():\n    import socket",
        "x = __import__('random')",
    ],
)
def test_an_impurity_is_caught(tmp_path: Path, package: str, line: str) -> None:
    (tmp_path / package).mkdir(parents=True)
    (tmp_path / package / "x.py").write_text(line)
    assert len(list(violations(tmp_path))) == 1


def test_true_division_is_caught_in_the_domain(tmp_path: Path) -> None:
    (tmp_path / "ledger/domain").mkdir(parents=True)
    (tmp_path / "ledger/domain/x.py").write_text("def f(a: int, b: int) -> bool:\n    return a / b > 1")
    assert len(list(violations(tmp_path))) == 1


def test_only_the_canonical_form_may_touch_a_float(tmp_path: Path) -> None:
    (tmp_path / "verifier").mkdir()
    (tmp_path / "verifier/canonical.py").write_text("x = isinstance(1, float)")
    (tmp_path / "verifier/merkle.py").write_text("x = isinstance(1, float)")
    assert [v.split(":")[0] for v in violations(tmp_path)] == ["verifier/merkle.py"]


def test_what_is_outside_may_ask_the_clock(tmp_path: Path) -> None:
    (tmp_path / "ledger/storage").mkdir(parents=True)
    (tmp_path / "ledger/storage/x.py").write_text("import time\nx = time.time() / 2.0")
    assert not list(violations(tmp_path))
