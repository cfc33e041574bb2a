"""The contracts' Solidity tests (`contracts/test/`): fuzz and invariants against plain models, and what they cover.

Forge runs them here, with 10,000 random calls and what they reach; Hardhat in the nightly run, with 1,250,000.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import contract_coverage
from tests.nodes import ROOT, node_path, require_node_packages

INVARIANTS = 5  # one for each contract
DEPTH = 100
_PASSED = re.compile(r"(\w+)\(.*?\)(?: \(runs: (\d+)\))?$", re.MULTILINE)


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
    """Return how many random calls Hardhat held the invariants against."""
    runs = [int(count) for name, count in _PASSED.findall(said) if name.startswith("invariant_")]
    assert len(runs) == INVARIANTS, said
    return sum(runs) * DEPTH


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> contract_coverage.Measured:
    """One measured run."""
    require_node_packages()
    return contract_coverage.measured(tmp_path_factory.mktemp("solidity"))


@pytest.mark.slow
@pytest.mark.timeout(660)
def test_the_contracts_hold_against_plain_models(covered: contract_coverage.Measured) -> None:
    assert len(covered.calls) == INVARIANTS
    assert sum(covered.calls.values()) >= 10_000


@pytest.mark.slow
@pytest.mark.timeout(660)
def test_no_line_no_branch_and_no_condition_of_a_contract_is_untested(covered: contract_coverage.Measured) -> None:
    assert list(covered.files) == contract_coverage.with_code()
    assert all(reached.lines for reached in covered.files.values())
    assert sum(reached.branches for reached in covered.files.values()) > 300
    assert covered.missed == []


@pytest.mark.nightly
@pytest.mark.timeout(7_260)
def test_a_million_calls_find_nothing(tmp_path: Path) -> None:
    assert calls(hardhat(tmp_path, "--test-profile", "nightly", seconds=7_200)) >= 1_000_000
