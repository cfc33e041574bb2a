"""Hardhat's Solidity tests (`contracts/test/`): fuzz and invariants against plain models, and what they cover.

All histories together are driven by 12,500 random calls here and by 1,250,000 in the nightly run (`hardhat.config.js`).
Hardhat tells lines and statements, so a branch counts by the statements in it.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.nodes import ROOT, node_path, require_node_packages

INVARIANTS = 5  # one for each contract
DEPTH = 100
_PASSED = re.compile(r"(\w+)\(.*?\)(?: \(runs: (\d+)\))?$", re.MULTILINE)
_ROW = re.compile(r"║ (contracts/\S+\.sol)\s+│ ([\d.]+)\s+│ ([\d.]+)")


def hardhat(folder: Path, *arguments: str, seconds: float) -> str:
    """Run the Solidity tests of a copy of the contracts; returns what they say, and fails with it."""
    require_node_packages()
    shutil.copytree(ROOT / "contracts", folder / "contracts")
    for name in ("hardhat.config.js", "package.json"):
        shutil.copy(ROOT / name, folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    command = [shutil.which("npx", path=node_path()) or "npx", "hardhat", "test", "solidity", *arguments]
    environment = {"PATH": node_path(), "HOME": str(folder), "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-5_000:]
    assert "failing" not in ended.stdout
    return ended.stdout


def calls(said: str) -> int:
    """Return how many random calls the invariants were held against."""
    runs = [int(count) for name, count in _PASSED.findall(said) if name.startswith("invariant_")]
    assert len(runs) == INVARIANTS, said
    return sum(runs) * DEPTH


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One instrumented run."""
    return hardhat(tmp_path_factory.mktemp("solidity"), "--coverage", seconds=600)


@pytest.mark.slow
@pytest.mark.timeout(660)
def test_the_contracts_hold_against_plain_models(covered: str) -> None:
    assert calls(covered) >= 10_000


@pytest.mark.slow
@pytest.mark.timeout(660)
def test_no_line_and_no_statement_of_a_contract_is_untested(covered: str) -> None:
    rows = {path: (line, statement) for path, line, statement in _ROW.findall(covered)}
    contracts = {path for path in rows if not path.startswith("contracts/test/")}
    with_code = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "contracts").rglob("*.sol")
        if not {"test", "interfaces"} & set(path.relative_to(ROOT).parts)
    }
    assert contracts == with_code
    assert {path: rows[path] for path in contracts if rows[path] != ("100.00", "100.00")} == {}


@pytest.mark.nightly
@pytest.mark.timeout(7_260)
def test_a_million_calls_find_nothing(tmp_path: Path) -> None:
    assert calls(hardhat(tmp_path, "--test-profile", "nightly", seconds=7_200)) >= 1_000_000
