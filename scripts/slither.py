"""Run the analyser slither on the contracts: `.venv/bin/python -m scripts.slither`.

It lives in an environment of its own, made from `requirements/tools.txt`, because it needs an older web3. Everything
above informational is explained in `contracts/slither.json` (check, reason, where), or this fails; so does a reason
that nothing needs any more.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from scripts.build_contracts import CONTRACTS, ROOT, node_path, sources_of

EXPLAINED: Final = ROOT / "contracts" / "slither.json"
LOCK: Final = ROOT / "requirements" / "tools.txt"
HOME: Final = ROOT / ".cache" / "tools"
_OUTPUT: Final = ("abi", "metadata", "devdoc", "userdoc", "evm.bytecode", "evm.deployedBytecode")


def installed() -> Path:
    """Return the analyser's program, installing it first if the lock is not what is installed."""
    stamp, program = HOME / ".installed", HOME / "bin" / "slither"
    lock = LOCK.read_text("utf-8")
    if not program.is_file() or not stamp.is_file() or stamp.read_text("utf-8") != lock:
        uv = [str(Path(sys.executable).parent / "uv")]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(HOME)], check=True)
        into = ["--quiet", "--python", str(HOME / "bin" / "python"), "--require-hashes"]
        subprocess.run([*uv, "pip", "install", *into, "--requirement", str(LOCK)], check=True)
        stamp.write_text(lock, "utf-8")
    return program


def findings(folder: Path) -> set[tuple[str, str]]:
    """Analyse a copy of the sources in an empty folder; return (check, where) of all above informational."""
    entries = {f"contracts/{name}.sol": ROOT / "contracts" / f"{name}.sol" for name in CONTRACTS}
    sources = sources_of(entries)
    for unit, text in sources.items():
        (folder / unit).parent.mkdir(parents=True, exist_ok=True)
        (folder / unit).write_text(text, "utf-8")
    setting = json.loads((ROOT / "contracts" / "solc.json").read_text("utf-8"))["settings"]
    selection = {"*": {"*": list(_OUTPUT), "": ["ast"]}}
    asked = {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources.items()},
        "settings": {**setting, "outputSelection": selection},
    }
    (folder / "input.json").write_text(json.dumps(asked), "utf-8")
    command = [str(installed()), "input.json", "--compile-force-framework", "Solc-json"]
    command += ["--solc", str(ROOT / "scripts" / "solc.cjs"), "--json", "output.json"]
    command += ["--exclude-informational", "--exclude-optimization", "--filter-paths", "@openzeppelin"]
    path = f"{HOME / 'bin'}:{node_path()}"
    ended = subprocess.run(
        command, cwd=folder, env={"PATH": path, "HOME": str(folder)}, capture_output=True, text=True, check=False
    )
    output = folder / "output.json"
    told: dict[str, Any] = json.loads(output.read_text("utf-8")) if output.is_file() else {"success": False}
    if not told["success"]:
        raise SystemExit(f"slither could not analyse the contracts:\n{ended.stderr[-4000:]}")
    return {(found["check"], _where(found["elements"][0])) for found in told["results"].get("detectors", ())}


def explained() -> set[tuple[str, str]]:
    """Return what `contracts/slither.json` explains."""
    rows: dict[str, dict[str, Any]] = json.loads(EXPLAINED.read_text("utf-8"))
    return {(check, where) for check, row in rows.items() if row["reason"] for where in row["in"]}


def _where(element: dict[str, Any]) -> str:
    """Return ``Contract.member``, whatever inside the member was found."""
    names = [str(element["name"])]
    while parent := element.get("type_specific_fields", {}).get("parent"):
        if parent["type"] in {"contract", "function"}:
            names = [*names[-1:], str(parent["name"])] if parent["type"] == "contract" else [str(parent["name"])]
        element = parent
    return ".".join(reversed(names))


def main() -> int:
    """Compare, and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        found = findings(Path(folder))
    known = explained()
    for check, where in sorted(found - known):
        print(f"{check} in {where}: mend it, or explain it in contracts/slither.json")
    for check, where in sorted(known - found):
        print(f"{check} in {where}: explained, but no longer found")
    print(f"{len(found)} findings, {len(found & known)} explained")
    return 0 if found == known else 1


if __name__ == "__main__":
    sys.exit(main())
