"""Cosignatures are gathered beside anchoring; whoever shows that the log was rolled back stops its sealing."""

import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from ledger.errors import IntegrityError
from ledger.ports.witnesses import WitnessAheadError
from ledger.services import records, witness_health
from ledger.services.anchoring import anchor_once, drain
from ledger.services.fsck import fsck
from ledger.services.witness_worker import WitnessWorker
from ledger.services.witnessing import Witnessing, gather, require_newest
from ledger.services.worker import AnchorWorker
from ledger.storage.schema import cosignatures
from ledger.storage.witness_book import SqlWitnessBook
from tests.fakes import FakeAnchor, FakeClock
from tests.ledgers import Parts, open_parts
from tests.witnessed import Near, witnessed
from verifier import cosignature
from verifier.__main__ import main

CUSTODIAN, MANAGER, REGULATOR = "custodian.example/w", "manager.example/w", "regulator.example/w"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    found = open_parts(tmp_path / "data")
    yield found
    found.store.close()


@pytest.fixture
def near(parts: Parts, tmp_path: Path) -> Near:
    return witnessed(parts, tmp_path, CUSTODIAN, MANAGER, REGULATOR)


def witnessing(parts: Parts) -> Witnessing:
    assert parts.witnessing is not None
    return parts.witnessing


def seal(parts: Parts, count: int = 1) -> int:
    parts.investor(count)
    sealed = parts.log.seal(parts.clock.advance(seconds=1))
    assert sealed is not None
    return sealed.checkpoint.size


def cosigned(parts: Parts) -> list[str]:
    newest = parts.log.latest()
    assert newest is not None
    note = witnessing(parts).cosigned(newest)
    return [one.name for one in cosignature.read(note, set(witnessing(parts).vkeys))]


def test_every_witness_cosigns_the_newest_checkpoint(parts: Parts, near: Near) -> None:
    assert gather(parts) == ()  # an empty log
    for count in (1, 3, 4, 9):
        seal(parts, count)
        assert sorted(gather(parts)) == witnessing(parts).vkeys
        assert sorted(cosigned(parts)) == [CUSTODIAN, MANAGER, REGULATOR]
    asked = len(near.asked)
    assert gather(parts) == ()  # nothing is asked twice
    assert len(near.asked) == asked == 12


def test_without_witnesses_nothing_is_asked(parts: Parts) -> None:
    seal(parts)
    assert gather(parts) == ()
    require_newest(parts)


def test_one_that_is_away_is_told_and_the_others_cosign(parts: Parts, near: Near) -> None:
    near.away = {MANAGER}
    seal(parts)
    assert len(gather(parts)) == 2
    (trouble,) = witnessing(parts).book.troubles()
    since = trouble.since
    assert "does not answer" in trouble.problem
    seal(parts)
    gather(parts)
    (trouble,) = witnessing(parts).book.troubles()
    assert trouble.since == since  # the same trouble since the same instant
    assert cosigned(parts) == sorted(cosigned(parts)) == [CUSTODIAN, REGULATOR]
    near.away = set()
    assert len(gather(parts)) == 1  # the one that came back, over the newest
    assert witnessing(parts).book.troubles() == []


def test_sizes_between_are_never_missed_by_the_proof(parts: Parts, near: Near) -> None:
    """A witness that was away for many checkpoints continues from its own last one."""
    seal(parts)
    gather(parts)
    near.away = {CUSTODIAN}
    for _ in range(4):
        seal(parts, 2)
        gather(parts)
    near.away = set()
    gather(parts)
    assert len(cosigned(parts)) == 3


def test_what_we_forgot_the_witness_remembers(parts: Parts, near: Near, tmp_path: Path) -> None:
    """Our notes of who cosigned what are lost; the witness tells its size and we go on from there."""
    seal(parts, 5)
    gather(parts)
    size = seal(parts, 2)
    parts.witnessing = Witnessing(near, cast(Any, Forgetful(parts)))
    gather(parts)
    assert {line.size for line in witnessing(parts).lines(size)} == {size}
    # and one that has lost its own memory begins again from nothing
    fresh = witnessed(parts, tmp_path / "again", "fresh.example/w")
    seal(parts)
    gather(parts)
    assert fresh.asked
    (vkey,) = fresh.witnesses
    book = next(iter(fresh.witnesses.values())).book
    with book.writing() as page:
        page._connection.execute("DELETE FROM heads")
    seal(parts)
    assert gather(parts) == (vkey,)


class Forgetful(SqlWitnessBook):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.store)

    def last(self, _vkey: str) -> int:
        return 0


def test_a_cosignature_whose_time_is_not_now_is_not_kept(parts: Parts, near: Near) -> None:
    seal(parts)
    near.slow = 121
    gather(parts)  # a simulated clock says nothing about theirs
    assert len(cosigned(parts)) == 3
    parts.clock.simulated = False
    try:
        seal(parts)
        assert gather(parts) == ()
        assert "compare the clocks" in witnessing(parts).book.troubles()[0].problem
        near.slow = 119
        assert len(gather(parts)) == 3
    finally:
        parts.clock.simulated = True


def test_anchoring_does_not_wait_for_witnesses(parts: Parts, near: Near) -> None:
    near.away = {CUSTODIAN, MANAGER, REGULATOR}
    parts.investor()
    drain(parts)
    final = parts.log.latest(final=True)
    assert final is not None
    wire = records.checkpoint_wire(cast(Any, parts), final)
    assert (wire["state"], wire["cosigned"], wire["quorum"]) == ("final", 0, 2)
    near.away = {REGULATOR}
    gather(parts)
    wire = records.checkpoint_wire(cast(Any, parts), final)
    assert (wire["cosigned"], wire["quorum"]) == (2, 2)
    assert wire["note"] == witnessing(parts).cosigned(final) != final.note


def test_the_consistency_of_checkpoints_is_told(parts: Parts) -> None:
    old, new = seal(parts, 4), seal(parts, 3)
    told = records.consistency(cast(Any, parts), old=old, new=new)
    assert told["proof"] == {
        "sha256": list(parts.log.consistency(old, new).sha256),
        "sm3": list(parts.log.consistency(old, new).sm3),
    }
    for sizes in ((old, new + 1), (new, old), (old - 1, new)):
        with pytest.raises(Exception, match="no checkpoints of these sizes"):
            records.consistency(cast(Any, parts), old=sizes[0], new=sizes[1])


class TestHealth:
    def told(self, parts: Parts) -> tuple[dict[str, Any], bool, bool]:
        found: tuple[dict[str, Any], bool, bool] = cast(Any, witness_health.read(parts, parts.clock.now()))
        return found

    def test_it_counts(self, parts: Parts, near: Near) -> None:
        nobody: dict[str, Any] = {
            "configured": 0,
            "quorum": 0,
            "cosigned": 0,
            "size": 0,
            "on_chain": None,
            "problems": [],
        }
        held, parts.witnessing = parts.witnessing, None
        assert self.told(parts) == (nobody, False, False)
        parts.witnessing = held
        assert self.told(parts)[0]["size"] == 0
        near.away = {MANAGER}
        size = seal(parts)
        gather(parts)
        told, *wrong = self.told(parts)
        assert (told["configured"], told["quorum"], told["cosigned"], told["size"]) == (3, 2, 2, size)
        assert [problem["name"] for problem in told["problems"]] == [MANAGER]
        assert wrong == [False, False]  # the quorum is there

    def test_a_quorum_that_is_missing_for_a_minute_must_be_looked_at(self, parts: Parts, near: Near) -> None:
        near.away = {MANAGER, CUSTODIAN}
        seal(parts)
        gather(parts)
        parts.clock.advance(seconds=60)
        assert not self.told(parts)[1]
        parts.clock.advance(seconds=1)
        assert self.told(parts)[1]
        near.away = set()
        gather(parts)
        assert not self.told(parts)[1]


@pytest.fixture
def rolled_back(parts: Parts, near: Near, tmp_path: Path) -> Iterator[Parts]:
    """A real data directory, copied, gone on, copied back."""
    seal(parts, 3)
    gather(parts)
    parts.store.close()
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    went_on = open_parts(tmp_path / "data", clock=parts.clock)
    went_on.witnessing = Witnessing(near, SqlWitnessBook(went_on.store))
    seal(went_on, 6)
    gather(went_on)
    went_on.store.close()
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(tmp_path / "backup", tmp_path / "data")
    restored = open_parts(tmp_path / "data", clock=parts.clock)
    restored.witnessing = Witnessing(near, SqlWitnessBook(restored.store))
    yield restored
    restored.store.close()


class TestOldBackup:
    def test_it_is_caught_before_anything_is_written(self, rolled_back: Parts) -> None:
        with pytest.raises(IntegrityError, match="holds a checkpoint of 9 records, but this log ends at 3") as caught:
            require_newest(rolled_back)
        assert "旧备份" in caught.value.zh

    def test_one_witness_is_enough_and_absent_ones_are_passed_over(self, rolled_back: Parts, near: Near) -> None:
        near.away = {CUSTODIAN, MANAGER}
        with pytest.raises(IntegrityError, match=f"witness {REGULATOR}"):
            require_newest(rolled_back)
        near.away.add(REGULATOR)
        require_newest(rolled_back)

    def test_it_is_caught_by_the_chain(self, tmp_path: Path) -> None:
        parts = open_parts(tmp_path / "data")
        seal(parts, 2)
        anchor_once(parts, parts.clock.now())
        require_newest(parts)
        parts.store.close()
        behind = open_parts(tmp_path / "other", parts.anchor)
        with pytest.raises(IntegrityError, match="the chain holds a checkpoint of 2 records, but this log ends at 0"):
            require_newest(behind)
        parts.anchor.away = True
        require_newest(behind)
        behind.store.close()

    def test_a_witness_that_comes_back_later_catches_it_too(self, rolled_back: Parts) -> None:
        seal(rolled_back)
        with pytest.raises(IntegrityError, match="old backup"):
            gather(rolled_back)
        told, _, contradicted = TestHealth().told(rolled_back)
        assert contradicted
        assert all(problem["contradiction"] for problem in told["problems"])

    @pytest.mark.parametrize("more", [6, 10])
    def test_also_after_the_old_copy_has_grown_past_it(
        self, rolled_back: Parts, near: Near, more: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Then two histories are signed, and every witness has the proof."""
        seal(rolled_back, more)
        with pytest.raises(IntegrityError, match="the log has forked"):
            gather(rolled_back)
        for witness in near.witnesses.values():
            (log,) = witness.directory.logs.values()
            (proof,) = witness.forks(log)
            assert main([str(proof)]) == 1
            assert "PROVEN" in capsys.readouterr().out

    def test_nothing_is_sealed_from_then_on(self, rolled_back: Parts) -> None:
        seal(rolled_back)
        watcher = WitnessWorker(rolled_back, pause=0.01, away=60)
        watcher.require_sound()
        watcher.start()
        deadline = time.monotonic() + 20
        while watcher._broken is None and time.monotonic() < deadline:
            time.sleep(0.01)
        watcher.stop()
        with pytest.raises(IntegrityError, match="old backup"):
            watcher.require_sound()
        rolled_back.investor()
        anchoring = AnchorWorker(rolled_back, guard=watcher.require_sound)
        assert isinstance(anchoring._pass(), IntegrityError)
        newest = rolled_back.log.latest()
        assert newest is not None
        assert newest.checkpoint.size == 4

    def test_once_the_right_copy_is_back_it_goes_on(self, rolled_back: Parts, near: Near) -> None:
        watcher = WitnessWorker(rolled_back, away=0)
        seal(rolled_back)
        watcher.look()
        with pytest.raises(IntegrityError):
            watcher.require_sound()
        near.away = {CUSTODIAN, MANAGER, REGULATOR}  # as far as anyone answers, nothing is wrong
        watcher.look()
        watcher.require_sound()


def test_a_witness_that_lies_stops_nothing(parts: Parts, near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a witness claims counts only under our own signature."""
    seal(parts)
    gather(parts)
    for lie in ("nothing", None):
        with monkeypatch.context() as patched:
            patched.setattr(near, "latest", lambda *_, lie=lie: lie)
            require_newest(parts)

    def ahead(*_: object) -> Sequence[str]:
        raise WitnessAheadError("99", "", size=99)

    monkeypatch.setattr(near, "cosign", ahead)
    seal(parts)
    assert gather(parts) == ()
    assert not any(trouble.contradiction for trouble in witnessing(parts).book.troubles())


def test_the_worker_asks_by_itself(parts: Parts, near: Near, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    near.away = {MANAGER}
    watcher = WitnessWorker(parts, pause=0.01, away=0.05)
    watcher.start()
    seal(parts)
    try:
        deadline = time.monotonic() + 20
        while len(cosigned(parts)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        near.away = set()
        while len(cosigned(parts)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        watcher.stop()
    assert len(cosigned(parts)) == 3
    assert "does not answer" in caplog.text


def test_without_witnesses_there_is_no_thread(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, FakeAnchor(), FakeClock())
    watcher = WitnessWorker(parts)
    watcher.start()
    assert watcher._thread is None
    watcher.stop()
    parts.store.close()


def test_fsck_reads_cosignatures_again(parts: Parts, near: Near) -> None:
    earlier = seal(parts, 2)
    gather(parts)
    size = seal(parts, 2)
    gather(parts)
    assert not [problem for problem in fsck(parts).problems if "cosignature" in problem]
    vkeys = witnessing(parts).vkeys
    old, new = ({line.vkey: line.line for line in witnessing(parts).lines(s)} for s in (earlier, size))
    with parts.store.writing() as connection:
        for vkey, line in ((vkeys[0], new[vkeys[1]]), (vkeys[2], old[vkeys[2]])):
            changed = (
                cosignatures.update().where(cosignatures.c.vkey == vkey, cosignatures.c.size == size).values(line=line)
            )
            connection.execute(changed)
    found = fsck(parts).problems
    assert sum("is by another key" in problem for problem in found) == 1
    assert sum(f"the cosignature of {REGULATOR} over checkpoint {size} does not verify" in p for p in found) == 1
    assert near.asked
