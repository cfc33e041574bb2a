"""``kill -9`` at any moment: every acknowledged record is there once, with its document, and gets anchored."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.services.anchoring import drain
from ledger.services.fsck import fsck
from tests.fakes import FakeAnchor
from tests.ledgers import open_parts

ROOT = Path(__file__).parents[2]


def run_and_kill(data: Path, appenders: int, moment: float) -> list[list[str]]:
    """Start processes on one directory, kill them all, return what they acknowledged."""
    outputs = [data.with_name(f"{data.name}.{i}.out") for i in range(appenders)]
    processes = []
    for output in outputs:
        with output.open("wb") as file:
            command = [sys.executable, "-m", "tests.crash.appender", str(data)]
            processes.append(subprocess.Popen(command, stdout=file, cwd=ROOT))
    try:
        _wait_for_records(outputs, processes)
        time.sleep(moment)
    finally:
        for process in processes:
            process.kill()
        ends = [process.wait() for process in processes]
    assert set(ends) == {-signal.SIGKILL}
    whole = (output.read_text().rsplit("\n", 1)[0] for output in outputs)  # the last line may be cut
    return [line.split() for text in whole for line in text.splitlines()]


def _wait_for_records(outputs: list[Path], processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while any(b"record" not in output.read_bytes() for output in outputs):
        assert time.monotonic() < deadline, "an appender never began"
        assert all(process.poll() is None for process in processes), "an appender died by itself"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("rounds", "appenders"), [(3, 1), (2, 2), pytest.param(100, 1, marks=pytest.mark.nightly, id="nightly")]
)
def test_every_acknowledged_record_is_there_once_and_gets_anchored(tmp_path: Path, rounds: int, appenders: int) -> None:
    chance = random.Random(20260302 + appenders)
    data, anchor = tmp_path / "data", FakeAnchor()
    acknowledged: list[list[str]] = []
    for _ in range(rounds):
        acknowledged += run_and_kill(data, appenders, chance.random() / 4)
        parts = open_parts(data, anchor)
        drain(parts)
        with parts.store.snapshot() as reader:
            stored = reader.range(0, 10**9)
        places = {one.leaf_sha256: one.index for one in stored}
        assert [one.index for one in stored] == list(range(len(stored)))
        assert len(places) == len(stored)
        for kind, name, *rest in acknowledged:
            match kind:
                case "record":
                    assert places[name] == int(rest[0])
                    assert parts.log.covering(int(rest[0]), final=True) is not None
                case "document":
                    assert parts.documents.get(name, subject=rest[0])
                case _:
                    with parts.store.snapshot() as reader:
                        assert reader.events(name)
        assert fsck(parts).problems == []
        parts.store.close()
    assert anchor.sent == sorted(set(anchor.sent))
    assert sum(kind == "record" for kind, *_ in acknowledged) > rounds


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a killed process leaves."""
    data = tmp_path_factory.mktemp("killed") / "data"
    run_and_kill(data, 1, 0.1)
    return data


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 1.0])
def test_a_torn_write_ahead_log_keeps_whole_commits_only(tmp_path: Path, killed: Path, part: float) -> None:
    """What a power cut leaves of commits that the disk had not yet been asked to keep: all of each or nothing."""
    data = Path(shutil.copytree(killed, tmp_path / "data"))
    wal = data / "ledger.sqlite-wal"
    written = wal.read_bytes()
    wal.write_bytes(written[: int(len(written) * part) - 1])
    (data / "ledger.sqlite-shm").unlink()
    parts = open_parts(data)
    assert fsck(parts).problems == []
    drain(parts)
    assert fsck(parts).problems == []
    parts.store.close()
