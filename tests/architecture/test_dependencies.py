"""The one dependency rule of design.md section 3: what is not drawn there is forbidden."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, imports, modules

ADAPTERS = (
    "ledger.storage",
    "ledger.chain",
    "ledger.documents",
    "ledger.signing",
    "ledger.reports",
    "ledger.clocks",
    "ledger.witness",  # a program of its own, and the operator's client to it
)
_PORTS = {"ledger.ports", "ledger.domain", "ledger.errors", "verifier"}
_USE_CASES = {"ledger.services", "ledger.domain", "ledger.errors", "ledger.config"}

# room: the rooms of ours that it may import besides itself. The most specific name counts.
MAY_IMPORT: dict[str, set[str]] = {
    "verifier": set(),
    "ledger": set(),
    "ledger.errors": set(),
    "ledger.domain": set(),
    "ledger.rules": {"ledger.domain", "ledger.errors"},
    "ledger.rulesets": set(),
    "ledger.ports": {"ledger.domain", "ledger.errors", "verifier"},
    "ledger.services": {"ledger.rules", *_PORTS},
    **dict.fromkeys(ADAPTERS, _PORTS),
    "ledger.config": {"ledger.errors", "ledger.domain"},
    "ledger.bootstrap": {"ledger.config", "ledger.services", "ledger.rules", *_PORTS, *ADAPTERS},
    "ledger.cli": {"ledger.bootstrap", "ledger.demo", "ledger.witness", "verifier", *_USE_CASES},
    "ledger.signing.client": {"ledger.signing", "ledger.errors"},  # what an investor's own device does
    "ledger.demo": {"ledger.signing.client", "ledger.domain", "ledger.errors", "ledger.config"},
    "api": {"ledger.bootstrap", "api.routes", "api.schemas", *_USE_CASES},
    "api.routes": {"api", "api.schemas", *_USE_CASES},
    "api.schemas": {"api", *_USE_CASES},
    "scripts": {"ledger.bootstrap", "ledger.demo", "ledger.rules", "verifier", "tests", *_USE_CASES},  # rules are pure
    "tests": set(),  # not walked here: a test may import whatever it tests
}
# room: the libraries it may import besides the standard library. Rooms that are not named here may import any.
LIBRARIES: dict[str, set[str]] = {
    "verifier": {"cryptography"},
    "ledger": set(),
    "ledger.errors": set(),
    "ledger.domain": set(),
    "ledger.rules": set(),
    "ledger.rulesets": set(),
    "ledger.ports": set(),
    "ledger.services": {"cryptography"},
}
OURS = {"verifier", "ledger", "api", "scripts", "tests", "benchmarks"}


def room(name: str) -> str:
    """Return the most specific room that holds a module; `LookupError` when it has none."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        candidate = ".".join(parts[:length])
        if candidate in MAY_IMPORT and (candidate != "ledger" or name == "ledger"):
            return candidate
    raise LookupError(f"{name} has no room: give it one in MAY_IMPORT, as design.md section 3 draws it")


def violations(root: Path) -> Iterator[str]:
    """Yield every import that no arrow allows."""
    for module in modules(root):
        here = room(module.name)
        for target, line in imports(module, root):
            if target.split(".")[0] in OURS:
                there = room(target)
                allowed = there == here or there in MAY_IMPORT[here]
            else:
                library = target.split(".")[0]
                allowed = library in sys.stdlib_module_names or library in LIBRARIES.get(here, {library})
            if not allowed:
                yield f"{module.path.relative_to(root)}:{line}: {here} may not import {target}"


def test_every_import_follows_an_arrow() -> None:
    assert "\n".join(violations(ROOT)) == ""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("verifier/x.py", "from ledger.domain import money"),
        ("verifier/x.py", "import requests"),
        ("ledger/domain/x.py", "from verifier import canonical"),
        ("ledger/domain/x.py", "import cryptography"),
        ("ledger/domain/x.py", "from ..services import sales"),
        ("ledger/domain/x.py", "def f():\n    from ledger.rules import engine"),
        ("ledger/rules/x.py", "from ledger.ports.store import Store"),
        ("ledger/ports/x.py", "from ledger.services import sales"),
        ("ledger/services/x.py", "from ledger import storage"),
        ("ledger/services/x.py", "import sqlalchemy"),
        ("ledger/services/x.py", "import importlib\nimportlib.import_module('ledger.chain')"),
        ("ledger/storage/x.py", "from ledger.chain import embedded"),
        ("ledger/storage/x.py", "from ledger.services import sales"),
        ("ledger/bootstrap.py", "from api.app import create"),
        ("ledger/cli.py", "from ledger.storage import sqlite"),
        ("ledger/cli.py", "__import__('api.app')"),
        ("api/x.py", "from ledger.reports import pdf"),
        ("api/routes/x.py", "from ledger.bootstrap import open_ledger"),
        ("scripts/x.py", "from ledger.chain import embedded"),
        ("scripts/x.py", "import api"),
    ],
)
def test_a_forbidden_import_is_caught(tmp_path: Path, path: str, line: str) -> None:
    (tmp_path / "ledger" / "storage").mkdir(parents=True)
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line)
    assert len(list(violations(tmp_path))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("verifier/x.py", "from . import merkle\nimport hashlib\nfrom cryptography import x509"),
        ("ledger/rules/x.py", "from ledger.domain import money\nfrom ledger.errors import LedgerError\nimport tomllib"),
        ("ledger/bootstrap.py", "from ledger.storage import sqlite\nfrom ledger.chain import embedded"),
        ("api/deps.py", "from ledger.bootstrap import open_ledger\nimport fastapi"),
    ],
)
def test_an_allowed_import_is_not(tmp_path: Path, path: str, line: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(line)
    assert not list(violations(tmp_path))


def test_a_module_without_a_room_is_caught(tmp_path: Path) -> None:
    (tmp_path / "ledger" / "helpers").mkdir(parents=True)
    (tmp_path / "ledger" / "helpers" / "misc.py").write_text("")
    with pytest.raises(LookupError, match=r"ledger\.helpers\.misc has no room"):
        list(violations(tmp_path))
