"""The recipe over our own vectors: each defect is found at its own step, by its own code."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import trust
from verifier.report import Report
from verifier.verify import RECIPE, verify

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors"
FOLDERS = sorted(path.parent for path in VECTORS.rglob("expected.json"))


def check(folder: Path) -> Report:
    pinned = folder / "trust.json"
    (file,) = [path for path in folder.iterdir() if path.name in {"evidence.json", "report.pdf", "fork.json"}]
    return verify(file.read_bytes(), trust=trust.parse(pinned.read_bytes()) if pinned.exists() else None)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(VECTORS).as_posix())
def test_the_verifier_says_what_is_expected(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    report = check(folder)
    problem = report.first_problem
    assert report.verdict == expected["verdict"], problem
    assert (problem and problem.number) == expected["step"], problem
    assert (problem.code if problem else "") == expected["code"]
    assert report.exit_code == {"holds": 0, "fails": 1, "undecided": 2}[expected["verdict"]]


def test_every_step_has_a_vector_that_fails_there() -> None:
    bundles = [folder for folder in FOLDERS if not (folder / "fork.json").exists()]
    failing = {json.loads((folder / "expected.json").read_text())["step"] for folder in bundles}
    assert failing >= {step.number for step in RECIPE}


def test_a_defect_under_the_seal_leaves_the_independent_steps_standing() -> None:
    steps = {step.key: step for step in check(VECTORS / "bad_inclusion_sm3").steps}
    assert steps["inclusion"].outcome == "fails"
    assert {steps[key].outcome for key in ("seal", "streams", "head", "checkpoints", "anchors", "order")} == {"holds"}


def test_a_step_without_its_basis_is_undecided_and_says_on_what_it_rests() -> None:
    steps = {step.key: step for step in check(VECTORS / "bad_record_member").steps}
    assert steps["inclusion"].outcome == "undecided"
    assert steps["inclusion"].detail == "rests on step 3, which does not hold"


def test_the_report_says_where() -> None:
    problem = check(VECTORS / "bad_inclusion_sha256").first_problem
    assert problem is not None
    assert problem.evidence["index"] == 0
    assert problem.evidence["suite"] == "sha256"
    assert problem.evidence["reached"] != problem.evidence["expected"]


def test_the_same_bytes_give_the_same_report() -> None:
    first, second = (check(VECTORS / "good" / "whole_sale").as_json() for _ in range(2))
    assert first == second
    json.dumps(first)


def test_the_generator_makes_exactly_what_is_committed(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "scripts.make_vectors", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {p.relative_to(VECTORS): p.read_bytes() for p in VECTORS.rglob("*") if p.is_file()}
    assert sorted(made) == sorted(kept)
    assert [name.as_posix() for name in made if made[name] != kept[name]] == []


ALONE = """
import json, pathlib, socket, sys

def closed(*_args, **_kwargs):
    raise RuntimeError("the verifier opened a socket")

socket.socket = socket.create_connection = socket.getaddrinfo = closed
import verifier, verifier.trust, verifier.verify
assert pathlib.Path(verifier.__file__).parent.parent == pathlib.Path.cwd(), verifier.__file__
for folder in sys.argv[1:]:
    folder = pathlib.Path(folder)
    pinned = folder / "trust.json"
    trust = verifier.trust.parse(pinned.read_bytes()) if pinned.exists() else None
    files = {p.name: p for p in folder.iterdir()}
    data = (files.get("evidence.json") or files.get("report.pdf") or files["fork.json"]).read_bytes()
    report = verifier.verify.verify(data, trust=trust)
    assert report.verdict == json.loads(files["expected.json"].read_text())["verdict"], folder
names = {name.split(".")[0] for name in sys.modules}
assert not names & {"ledger", "api", "tests", "sqlalchemy", "web3", "eth_utils", "rlp", "pyhanko", "asn1crypto"}, names
print(len(sys.argv) - 1)
"""


def test_copied_alone_it_verifies_with_sockets_off(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "verifier", tmp_path / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-W", "error", "-c", ALONE, *map(str, FOLDERS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(FOLDERS)
