"""Our contracts, anchors and evidence on a real network of four BFT validators."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import consortium_run, edge_binary

ROOT = Path(__file__).parents[2]
UNAVAILABLE = 3
NOT_BUILT = "NOT RUN: Polygon Edge is not built here; `scripts/consortium --short` builds it once, then this test runs"


def consortium(output: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scripts.consortium_run", "--output", str(output), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not edge_binary.cached(), reason=NOT_BUILT)
def test_four_validators_anchor_what_the_service_records(tmp_path: Path) -> None:
    done = consortium(tmp_path / "run", "--short", "--seconds", "240")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["records"] > 0
    assert set(summary["levels"]) <= {"3 of 4 validators", "4 of 4 validators"}
    assert summary["still_running"] == 0


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_sale_outlives_the_death_of_one_and_two_validators(tmp_path: Path) -> None:
    done = consortium(tmp_path / "run", "--seconds", "1500")
    if done.returncode == UNAVAILABLE:
        pytest.skip(f"NOT RUN: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["taken_while_halted"] > 0
    assert set(summary["levels"]) <= {"3 of 4 validators", "4 of 4 validators"}
    log = (tmp_path / "run" / "consortium.log").read_text("utf-8")
    assert log.count("killed") == 2
    assert log.count("back    ") == 2
    assert "backlog drained" in log


def test_without_polygon_edge_the_run_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(edge_binary, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(edge_binary, "BINARY", tmp_path / "cache" / "edge")
    for name in ("UV_OFFLINE", "PIP_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("GOPROXY", "off")
    assert consortium_run.main(["--output", str(tmp_path / "run")]) == UNAVAILABLE
    assert "no consortium here" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "cache" / "build").exists()


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.skipif(not edge_binary.cached(), reason=NOT_BUILT)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_whoever_interrupts_it_leaves_no_validator_behind(tmp_path: Path, name: str) -> None:
    output = tmp_path / "run"
    command = [sys.executable, "-m", "scripts.consortium_run", "--short", "--output", str(output)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (output / "consortium.log").exists() and process.poll() is None:
        time.sleep(0.2)
    process.send_signal(signal.Signals[name])
    assert process.wait(120) == 128 + signal.Signals[name]
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(output).encode() in _read(path)]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it has ended meanwhile
