"""What is committed is what the sources give, with either tool."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from ledger.chain.artifacts import BUILT, load
from scripts import build_contracts
from tests.nodes import ROOT, node_path, require_node_packages


@pytest.fixture(scope="module")
def built() -> dict[str, dict[str, Any]]:
    require_node_packages()
    return build_contracts.build()


@pytest.mark.parametrize("name", BUILT)
def test_the_committed_artifact_is_what_the_sources_give(name: str, built: dict[str, dict[str, Any]]) -> None:
    committed = (build_contracts.ARTIFACTS / f"{name}.json").read_text("utf-8")
    assert committed == build_contracts.text_of(built[name]), "run scripts/build_contracts.py and commit"


@pytest.fixture(scope="module")
def hardhat(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Compile with `npx hardhat build` in a copy, so that nothing stale is compared."""
    require_node_packages()
    copy = tmp_path_factory.mktemp("hardhat")
    shutil.copytree(ROOT / "contracts", copy / "contracts")
    for name in ("hardhat.config.js", "package.json"):
        shutil.copy(ROOT / name, copy)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    command = [shutil.which("npx", path=node_path()) or "npx", "hardhat", "build", "--no-tests"]
    environment = {"PATH": node_path(), "HOME": str(copy), "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}
    ended = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {
        name: json.loads((copy / "artifacts-hardhat" / "contracts" / f"{name}.sol" / f"{name}.json").read_text())
        for name in BUILT
    }


@pytest.mark.parametrize("name", BUILT)
def test_hardhat_compiles_to_the_same_bytes(name: str, hardhat: dict[str, dict[str, Any]]) -> None:
    assert hardhat[name]["bytecode"] == "0x" + load(name).creation.hex()
    assert hardhat[name]["deployedBytecode"] == "0x" + load(name).runtime.hex()
    assert hardhat[name]["abi"] == load(name).abi


def test_there_is_one_compiler_setting() -> None:
    setting = json.loads((ROOT / "contracts" / "solc.json").read_text())
    package = json.loads((ROOT / "package.json").read_text())
    assert package["devDependencies"]["solc"] == setting["version"]
    assert setting["settings"]["evmVersion"] == "london"
    for name in BUILT:
        artifact = json.loads((build_contracts.ARTIFACTS / f"{name}.json").read_text())
        assert artifact["compiler"] == setting


@pytest.mark.parametrize("name", BUILT)
def test_the_code_fits_every_chain(name: str) -> None:
    assert len(load(name).runtime) <= 24_576, "EIP-170"
    assert len(load(name).creation) <= 49_152, "EIP-3860"


def test_masks_hide_immutables_and_nothing_else() -> None:
    artifact = load("EvidenceLog")
    code = bytearray(artifact.runtime)
    start, length = artifact.immutables[0]
    code[start : start + length] = b"\x11" * length
    assert artifact.matches(bytes(code))
    code[start - 1] ^= 1
    assert not artifact.matches(bytes(code))
    assert not artifact.matches(bytes(artifact.runtime) + b"\0")
    assert not artifact.matches(b"")
