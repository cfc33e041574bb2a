"""What the Solidity tests reach of the contracts: `python -m scripts.contract_coverage`.

Foundry's `forge coverage` tells lines and both ways of each `if`. It tells neither the sides of `&&` and `||`, nor of
`? :`, nor of loops. So each such condition is asked through a function of its own in the copy that is measured,
``if (held) return true; else return false;``, where forge sees both. What the compiler checks by itself (overflow,
enums, lengths of arguments) is no branch. Nothing is downloaded; histories are drawn from one seed, so a gate may rest
on it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import solcx

from scripts.build_contracts import ROOT, node_path, sources_of

SOLC: Final = ROOT / "scripts" / "solc.cjs"
RUNS: Final = 20
DEPTH: Final = 100
_SEED: Final = "0x5eed"
# Assembly alone is optimized, which P256 needs to compile at all; everything else keeps its place in the source.
_OPTIMIZER: Final = {
    "enabled": False,
    "details": {"yul": True, "yulDetails": {"stackAllocation": True, "optimizerSteps": ":"}},
}
_LOGIC: Final = frozenset({"&&", "||"})
_PASSED: Final = re.compile(r"^\[PASS\] (invariant_\w+)\(\) \(runs: (\d+), calls: (\d+)", re.MULTILINE)


@dataclass(slots=True)
class Reached:
    """Of one contract file: how many lines and branches there are, and what was not reached, as ``file:line what``."""

    lines: int = 0
    branches: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Measured:
    """By file, relative to the checkout; and how many random calls each invariant was held against."""

    files: dict[str, Reached]
    calls: dict[str, int]

    @property
    def missed(self) -> list[str]:
        """Return everything that no test reaches."""
        return [what for reached in self.files.values() for what in reached.missed]


def forge() -> Path:
    """Return the program; `SystemExit` naming the fix where it is missing."""
    program = next(iter((ROOT / "node_modules" / "@foundry-rs").glob("forge-*/bin/forge*")), None)
    if program is None:
        raise SystemExit(
            "FORGE IS MISSING for this platform: run `scripts/test`, which installs what package.json names"
        )
    return program


def measured(folder: Path) -> Measured:
    """Run the Solidity tests of a copy in an empty folder; `SystemExit` with what they say if one fails."""
    shutil.copytree(ROOT / "contracts", folder / "contracts")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    conditions = {path: _marked(folder, path, found) for path, found in _conditions(folder).items()}
    (folder / "foundry.toml").write_text(_settings(), "utf-8")
    command = [str(forge()), "coverage", "--offline", "--use", str(SOLC), "--report", "lcov"]
    environment = {"PATH": node_path(), "HOME": str(folder), "SOLC_OPTIMIZER": json.dumps(_OPTIMIZER)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"the Solidity tests fail:\n{ended.stdout[-20_000:]}{ended.stderr[-5_000:]}")
    calls = {name: int(count) for name, _, count in _PASSED.findall(ended.stdout)}
    return Measured(dict(_read(folder / "lcov.info", conditions)), calls)


def _settings() -> str:
    """Return `foundry.toml` with the one setting of `contracts/solc.json`."""
    evm = json.loads((ROOT / "contracts" / "solc.json").read_text("utf-8"))["settings"]["evmVersion"]
    return f"""[profile.default]
src = "contracts"
test = "contracts/test"
libs = ["node_modules"]
remappings = ["@openzeppelin/=node_modules/@openzeppelin/"]
auto_detect_remappings = false
evm_version = "{evm}"
[fuzz]
runs = 50
seed = "{_SEED}"
[invariant]
runs = {RUNS}
depth = {DEPTH}
fail_on_revert = true
dictionary_weight = 20
"""


def with_code() -> list[str]:
    """Return the contract files that have code of their own: neither interfaces nor tests."""
    paths = (path.relative_to(ROOT) for path in (ROOT / "contracts").rglob("*.sol"))
    return sorted(path.as_posix() for path in paths if not {"interfaces", "test"} & set(path.parts))


def _conditions(folder: Path) -> dict[str, list[tuple[int, int]]]:
    """Return (offset, length) in bytes of every condition that forge does not tell apart, by file."""
    entries = {path: folder / path for path in with_code()}
    request = {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources_of(entries).items()},
        "settings": {"outputSelection": {"*": {"": ["ast"]}}},
    }
    os.environ["PATH"] = node_path()
    units = solcx.compile_standard(request, solc_binary=SOLC)["sources"]
    return {path: sorted(set(_asked(units[path]["ast"]))) for path in entries}


def _asked(node: Any) -> Iterator[tuple[int, int]]:
    if isinstance(node, list):
        for part in node:
            yield from _asked(part)
    elif isinstance(node, dict):
        kind = node.get("nodeType")
        if kind in {"Conditional", "WhileStatement", "ForStatement"} and node.get("condition"):
            yield from _sides(node["condition"])
        elif kind == "BinaryOperation" and node["operator"] in _LOGIC:
            yield from _sides(node)
        for part in node.values():
            yield from _asked(part)


def _sides(node: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the conditions that `&&`, `||` and brackets join."""
    if node["nodeType"] == "TupleExpression" and len(node["components"]) == 1:
        yield from _sides(node["components"][0])
    elif node["nodeType"] == "BinaryOperation" and node["operator"] in _LOGIC:
        yield from _sides(node["leftExpression"])
        yield from _sides(node["rightExpression"])
    else:
        offset, length, _ = map(int, node["src"].split(":"))
        yield offset, length


def _marked(folder: Path, path: str, found: list[tuple[int, int]]) -> dict[int, tuple[int, str]]:
    """Ask each condition through a function at the file's end; returns (line, text) by that function's line."""
    source = (folder / path).read_bytes()
    last = source.count(b"\n")
    if not found:
        return {}
    places = {}
    library = f"Held{Path(path).stem}".encode()
    functions = b"library %s {\n" % library
    inserts: list[tuple[int, bytes]] = []
    for number, (offset, length) in enumerate(found, 2):
        text = " ".join(source[offset : offset + length].decode().split())
        places[last + number] = (source[:offset].count(b"\n") + 1, text)
        functions += b"function _%d(bool held) internal pure returns (bool) { if (held) { return true; } " % number
        functions += b"else { return false; } }\n"
        inserts += [(offset, b"%s._%d(" % (library, number)), (offset + length, b")")]
    for place, inserted in sorted(inserts, key=lambda insert: insert[0], reverse=True):
        source = source[:place] + inserted + source[place:]
    (folder / path).write_bytes(source + functions + b"}\n")
    return places


def _read(report: Path, conditions: dict[str, dict[int, tuple[int, str]]]) -> Iterator[tuple[str, Reached]]:
    """Yield each file of ours with what an lcov report says of it."""
    rows: dict[str, list[str]] = defaultdict(list)
    path = ""
    for row in report.read_text("utf-8").splitlines():
        if row.startswith("SF:"):
            path = row[3:]
        else:
            rows[path].append(row)
    for path, places in conditions.items():
        reached = Reached()
        for row in rows[path]:
            kind, _, rest = row.partition(":")
            values = rest.split(",")
            missed = values[-1] in {"0", "-"}
            if kind == "BRDA":
                reached.branches += 1
                line, text = places.get(int(values[0]), (int(values[0]), ""))
                way = (
                    ("never true" if values[2] == "0" else "never false") if text else f"way {values[2]} of the branch"
                )
                if missed:
                    reached.missed.append(f"{path}:{line} {f'`{text}` is {way}' if text else f'{way} is not taken'}")
            elif kind == "DA" and int(values[0]) not in places:
                reached.lines += 1
                if missed:
                    reached.missed.append(f"{path}:{values[0]} is not reached")
        yield path, reached


def main() -> int:
    """Print a row for each file and whatever is not reached; 1 if anything is not."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder))
    for path, reached in found.files.items():
        print(f"{path:<40} {reached.lines:>4} lines {reached.branches:>4} branches, {len(reached.missed)} not reached")
    print(*found.missed, sep="\n")
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
