"""The embedded chain lasts: through restarts, through `kill -9`, and through its own failures."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eth_typing import HexStr

from ledger.chain import EvmAnchor, open_embedded
from ledger.chain.artifacts import CONTRACTS, Artifact
from ledger.chain.embedded import CHAIN_ID, EmbeddedNode
from ledger.chain.errors import ChainContradictsError
from ledger.chain.institutions import Role
from ledger.errors import ChainError, ConfigurationError
from ledger.ports.anchor import ChainWrites
from tests.unit.ledger.chain.writer import KEY, NOW, checkpoint
from verifier import anchor as offline

NONE = ChainWrites()
ROOT = Path(__file__).resolve().parents[4]


@contextmanager
def opened(path: Path, *, now: datetime = NOW, read_only: bool = False) -> Iterator[EvmAnchor]:
    anchor = open_embedded(path, operator_key=KEY, now=now, read_only=read_only)
    try:
        yield anchor
    finally:
        anchor.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chain.sqlite"


def test_reopening_continues_the_same_chain(path: Path) -> None:
    with opened(path) as anchor:
        transaction = anchor.submit(checkpoint(1), NONE, NOW)
        evidence, status = anchor.evidence(1), anchor.status()
    with opened(path, now=NOW + timedelta(days=400)) as anchor:
        assert anchor.status() == status
        assert anchor.find(1) == transaction
        assert anchor.evidence(1) == evidence
        anchor.submit(checkpoint(2), NONE, NOW)
        assert anchor.log.head() == (2, 2)


def test_blocks_take_the_instant_passed_in_and_never_go_back(path: Path) -> None:
    with opened(path) as anchor:
        assert anchor.status().block_time < NOW, "the contracts are in place by now"
        times = []
        for size, seconds in enumerate((0.2, 90.0, 30.0, 30.0, 600.0), 1):
            anchor.submit(checkpoint(size), NONE, NOW + timedelta(seconds=seconds))
            times.append((anchor.status().block_time - NOW).total_seconds())
    assert times == [1, 90, 91, 92, 600], "rounded up to a second; at least a second after the last"


def test_the_operator_is_a_member_from_the_first_instant(path: Path) -> None:
    with opened(path) as anchor:
        for role in (Role.OPERATOR, Role.CERTIFIER, Role.ASSESSOR):
            assert anchor.institutions.had_role(anchor._sender.address, role, NOW)


def test_the_chain_says_who_it_is(path: Path) -> None:
    with opened(path) as anchor:
        status = anchor.status()
    assert (status.kind, status.chain_id, status.trust) == ("embedded", CHAIN_ID, "self-asserted")
    assert set(status.contracts) == set(CONTRACTS)


@pytest.mark.parametrize("rounds", [4])
def test_what_was_acknowledged_survives_kill_9(path: Path, rounds: int) -> None:
    acknowledged = 0
    for kill_after in range(1, rounds + 1):
        acknowledged = max(acknowledged, _run_and_kill(path, kill_after * 3))
        with opened(path) as anchor:
            held = anchor.anchored_size()
            assert held >= acknowledged
            for size in range(1, held + 1):
                proven = offline.check(offline.parse(anchor.evidence(size)), checkpoint(size))
                assert proven.size == size
            assert anchor.log.head() == (held, held)
    assert acknowledged >= rounds


def test_a_process_killed_while_it_deploys_leaves_a_chain_that_opens(path: Path) -> None:
    for lines in (0, 0, 0):
        _run_and_kill(path, lines)
    with opened(path) as anchor:
        anchor.submit(checkpoint(anchor.anchored_size() + 1), NONE, NOW)


def _run_and_kill(path: Path, lines: int) -> int:
    """Run the writer, kill it after it printed so many sizes; returns the last one."""
    script = ROOT / "tests" / "unit" / "ledger" / "chain" / "writer.py"
    with subprocess.Popen(
        [sys.executable, str(script), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        last = 0
        if lines == 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.2)  # somewhere in start-up, wherever this machine is by then
        for _ in range(lines):
            line = process.stdout.readline().strip()
            last = int(line) if line.isdigit() else last
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    return last


def test_two_processes_never_write_one_chain(path: Path) -> None:
    with opened(path), pytest.raises(ChainError, match="another process uses"):
        open_embedded(path, operator_key=KEY, now=NOW)
    with opened(path):
        pass


def test_others_may_read_while_one_writes(path: Path) -> None:
    with opened(path) as writer, opened(path, read_only=True) as reader:
        assert reader.anchored_size() == 0
        writer.submit(checkpoint(1), NONE, NOW)
        assert reader.anchored_size() == 1
        assert reader.evidence(1) == writer.evidence(1)
        with pytest.raises(ChainError, match="reading only"):
            reader.submit(checkpoint(2), NONE, NOW)
        assert reader.anchored_size() == 1


def test_a_chain_that_does_not_exist_cannot_be_read(path: Path) -> None:
    with pytest.raises(ChainError, match="cannot be opened"):
        open_embedded(path, operator_key=KEY, now=NOW, read_only=True)
    assert not path.exists()


def test_a_failing_disk_loses_the_block_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as anchor:
        anchor.submit(checkpoint(1), NONE, NOW)
        node = anchor._node
        assert isinstance(node, EmbeddedNode)
        with monkeypatch.context() as patched:
            patched.setattr(node.database, "_connection", _FullDisk(node.database._connection))
            with pytest.raises(ChainError, match="free space"):
                anchor.submit(checkpoint(2), NONE, NOW)
        assert anchor.anchored_size() == 1
        anchor.submit(checkpoint(2), NONE, NOW)
    with opened(path) as anchor:
        assert anchor.log.head() == (2, 2)


class _FullDisk:
    """A connection whose transactions cannot be committed."""

    def __init__(self, real: sqlite3.Connection) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def execute(self, statement: str, arguments: tuple[bytes, ...] = ()) -> object:
        if statement == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self._real.execute(statement, arguments)


def test_a_refused_transaction_leaves_no_block(path: Path) -> None:
    with opened(path) as anchor:
        anchor.submit(checkpoint(5), NONE, NOW)
        block = anchor.status().block
        with pytest.raises(ChainContradictsError):
            anchor.submit(checkpoint(4), NONE, NOW + timedelta(hours=1))
        assert anchor.status().block == block
        anchor.submit(checkpoint(6), NONE, NOW + timedelta(minutes=1))
        assert anchor.status().block_time == NOW + timedelta(minutes=1)


def test_foreign_code_stops_the_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path):
        pass
    monkeypatch.setattr(Artifact, "matches", lambda self, _code: self.name != "EvidenceLog")
    with pytest.raises(ChainContradictsError, match=r"the code of EvidenceLog at .* is not our artifact's"):
        open_embedded(path, operator_key=KEY, now=NOW)


def test_another_key_may_read_but_not_anchor(path: Path) -> None:
    with opened(path) as anchor:
        anchor.submit(checkpoint(1), NONE, NOW)
    other = open_embedded(path, operator_key=b"\2" * 32, now=NOW)
    assert other.anchored_size() == 1
    with pytest.raises(ConfigurationError, match="no operator on the chain"):
        other.submit(checkpoint(2), NONE, NOW)
    with pytest.raises(ChainError, match="only the account that began it has money"):
        other._sender.send(HexStr("0x"), other._sender.address)
    other.close()


@pytest.mark.parametrize("key", [b"", b"\1" * 31, b"\1" * 33])
def test_a_key_has_32_bytes(path: Path, key: bytes) -> None:
    with pytest.raises(ConfigurationError, match="32 bytes"):
        open_embedded(path, operator_key=key, now=NOW)


def test_what_is_no_chain_file_is_said_so(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database, but long enough to be told apart from an empty one" * 20)
    with pytest.raises(ChainError, match="cannot be opened"):
        open_embedded(path, operator_key=KEY, now=NOW)


def test_naive_instants_are_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="not UTC"):
        open_embedded(path, operator_key=KEY, now=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with opened(path) as anchor, pytest.raises(ValueError, match="not UTC"):
        anchor.submit(checkpoint(1), NONE, datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    assert NOW.tzinfo is UTC
