"""A witness cosigns what continues what it knows, once it is on the disk, and nothing else."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.witness.book import Book
from ledger.witness.directory import STATE, open_directory
from ledger.witness.judging import RefusedError, Witness
from ledger.witness.wire import Submission
from tests.fakes import PowerCut
from tests.histories import NOW, VKEY, WATCHED, History, history, witness
from tests.vector_source import keys
from tests.vector_source.world import ORIGIN
from verifier import checkpoint, cosignature
from verifier.__main__ import main

ONE = history()


@pytest.fixture
def custodian(tmp_path: Path) -> Witness:
    return witness(tmp_path / "custodian")


def refused(to: Witness, submission: Submission) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        to.add(submission, NOW)
    return caught.value


def size_of(of: Witness) -> int:
    note = of.latest(WATCHED)
    return 0 if note is None else checkpoint.open_note(note, {VKEY}).size


def test_what_continues_is_cosigned(custodian: Witness) -> None:
    at = 0
    for size in (1, 2, 3, 7, 8, 64, 100):
        line = custodian.add(ONE.submission(at, size), NOW + size)
        (found,) = cosignature.read(cosignature.add(ONE.note(size), [line]), {custodian.directory.vkey})
        assert found.time == NOW + size
        assert custodian.latest(WATCHED) == cosignature.add(ONE.note(size), [line])
        at = size
    assert custodian.forks(WATCHED) == []


def test_the_same_head_again_gets_a_later_time(custodian: Witness) -> None:
    first = custodian.add(ONE.submission(0, 5), NOW)
    assert custodian.add(ONE.submission(5, 5), NOW) == first
    assert custodian.add(ONE.submission(5, 5), NOW + 9) != first
    # a client that knows only C2SP sends no header, and needs none here
    custodian.add(replace(ONE.submission(5, 5), sm3=None, old_roots=None), NOW)


def test_an_old_size_that_is_not_ours_is_told_ours(custodian: Witness) -> None:
    assert (refused(custodian, ONE.submission(3, 5)).status, size_of(custodian)) == (409, 0)
    custodian.add(ONE.submission(0, 5), NOW)
    for old, new in ((0, 5), (0, 7), (3, 5), (3, 7), (6, 7), (3, 4), (0, 1)):
        error = refused(custodian, ONE.submission(old, new))
        assert (error.status, error.size) == (409, 5)
    assert custodian.forks(WATCHED) == []


def test_a_log_that_shrinks_is_refused(custodian: Witness) -> None:
    custodian.add(ONE.submission(0, 50), NOW)
    assert refused(custodian, ONE.submission(0, 49)).size == 50
    assert refused(custodian, replace(ONE.submission(0, 49), old=50)).status == 400
    assert size_of(custodian) == 50


def test_unknown_logs_and_keys(custodian: Witness) -> None:
    head = ONE.log.head(5)
    other = replace(head, origin="other.example/log")
    note = checkpoint.sign(other, "other.example/log", keys.LOG)
    assert refused(custodian, Submission(0, (), note, ())).status == 404
    note = checkpoint.sign(head, ORIGIN, keys.STRANGER)
    assert refused(custodian, Submission(0, (), note, ())).status == 403
    text, _, line = ONE.note(5).rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[-1] ^= 1
    note = f"{text} {base64.b64encode(raw).decode()}\n"
    assert refused(custodian, Submission(0, (), note, ())).status == 403
    assert refused(custodian, Submission(0, (), "nothing", ())).status == 400
    assert size_of(custodian) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, sha256=s.sha256[:-1]),
        lambda s: replace(s, sha256=(*s.sha256, bytes(32))),
        lambda s: replace(s, sha256=(bytes(32), *s.sha256[1:])),
        lambda s: replace(s, sm3=s.sm3[:-1]),
        lambda s: replace(s, sm3=(bytes(32), *s.sm3[1:])),
        lambda s: replace(s, sm3=s.sha256),
        lambda s: replace(s, sm3=None),
    ],
)
def test_a_proof_must_hold_in_both_trees(custodian: Witness, change: object) -> None:
    custodian.add(ONE.submission(0, 5), NOW)
    assert callable(change)
    assert refused(custodian, change(ONE.submission(5, 9))).status == 422
    assert size_of(custodian) == 5
    assert custodian.forks(WATCHED) == []  # a wrong proof alone accuses nobody


def test_the_first_head_comes_without_a_proof(custodian: Witness) -> None:
    assert refused(custodian, Submission(0, (bytes(32),), ONE.note(5), ())).status == 422
    assert refused(custodian, Submission(0, (), ONE.note(5), (bytes(32),))).status == 422
    note = checkpoint.sign(replace(ONE.log.head(5), size=0), ORIGIN, keys.LOG)
    assert refused(custodian, Submission(0, (), note, ())).status == 422
    custodian.add(ONE.submission(0, 0), NOW)
    assert size_of(custodian) == 0


def test_two_roots_of_one_size_are_caught_and_proven(custodian: Witness, capsys: pytest.CaptureFixture[str]) -> None:
    other = history(3)
    custodian.add(ONE.submission(0, 9), NOW)
    error = refused(custodian, other.submission(9, 9))
    assert (error.status, error.size) == (422, 9)
    assert [error.proof] == custodian.forks(WATCHED)
    assert main([str(error.proof)]) == 1
    out = capsys.readouterr().out
    assert "two different histories of 9 records" in out
    assert "custodian.example/witness saw 9 records" in out
    # again: the same proof, not another
    assert refused(custodian, other.submission(0, 9)).status == 409
    assert len(custodian.forks(WATCHED)) == 1
    # of a size that is no longer the last
    custodian.add(ONE.submission(9, 20), NOW)
    assert refused(custodian, other.submission(9, 9)).proof == error.proof
    assert size_of(custodian) == 20


def test_the_stream_map_is_part_of_what_was_cosigned(custodian: Witness) -> None:
    custodian.add(ONE.submission(0, 9), NOW)
    note = checkpoint.sign(replace(ONE.log.head(9), map_root=bytes(32)), ORIGIN, keys.LOG)
    error = refused(custodian, Submission(9, (), note, ()))
    assert error.status == 422
    assert error.proof is not None


@pytest.mark.parametrize("old", [5, 8])
def test_a_fork_of_another_size_is_proven_by_the_logs_own_proof(
    custodian: Witness, old: int, capsys: pytest.CaptureFixture[str]
) -> None:
    other = history(3)
    custodian.add(ONE.submission(0, old), NOW)
    error = refused(custodian, other.submission(old, 12))
    assert error.status == 422
    assert main([str(error.proof)]) == 1
    assert f"a head of {old} records and one of 12 records that does not continue it" in capsys.readouterr().out
    # also when the log has gone on here since
    custodian.add(ONE.submission(old, 20), NOW)
    error = refused(custodian, other.submission(old, 13))
    assert (error.status, error.size) == (409, 20)
    assert len(custodian.forks(WATCHED)) == 2


def test_of_a_complete_tree_the_proof_needs_its_root(custodian: Witness) -> None:
    custodian.add(ONE.submission(0, 8), NOW)
    error = refused(custodian, replace(history(3).submission(8, 12), old_roots=None))
    assert (error.status, error.proof) == (422, None)


def test_after_a_crash_between_storing_and_answering_nothing_is_lost(
    custodian: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes after the head is on the disk and before it is signed."""
    root = custodian.directory.root
    custodian.add(ONE.submission(0, 5), NOW)

    def cut(*_: object) -> str:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(cosignature, "sign", cut)
        with pytest.raises(PowerCut):
            custodian.add(ONE.submission(5, 9), NOW + 7)
    again = Witness(open_directory(root), Book(root / STATE))
    assert refused(again, history(7).submission(5, 9)).status == 409
    note = again.latest(WATCHED)
    assert note is not None
    (found,) = cosignature.read(note, {again.directory.vkey})
    assert (size_of(again), found.time) == (9, NOW + 7)
    again.add(ONE.submission(9, 9), NOW + 8)


def test_after_a_crash_before_storing_nothing_was_said(custodian: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr("ledger.witness.book.Page.keep", cut)
        with pytest.raises(PowerCut):
            custodian.add(ONE.submission(0, 9), NOW)
    assert size_of(custodian) == 0
    custodian.add(history(7).submission(0, 9), NOW)


def test_of_many_at_once_one_history_is_cosigned(custodian: Witness) -> None:
    """Eight histories of the same sizes, two processes' books over one file: never two heads of one size."""
    other = Witness(custodian.directory, Book(custodian.directory.root / STATE))
    histories = [history(n) for n in range(2, 10)]

    def submit(number: int) -> str | None:
        try:
            return (custodian, other)[number % 2].add(histories[number].submission(0, 12), NOW)
        except RefusedError:
            return None

    with ThreadPoolExecutor(8) as pool:
        lines = [line for line in pool.map(submit, range(8)) if line is not None]
    assert len(lines) == 1
    assert size_of(custodian) == 12
    assert len(custodian.forks(WATCHED)) == 7


def test_comparing_with_another_witness(custodian: Witness) -> None:
    other = history(3)
    assert custodian.compare(WATCHED, ONE.note(9)) is None
    custodian.add(ONE.submission(0, 9), NOW)
    assert custodian.compare(WATCHED, ONE.note(9)) is None
    proof = custodian.compare(WATCHED, other.note(9))
    assert proof is not None
    assert json.loads(proof.read_bytes())["kind"] == "pfl-fork"
    paths = _paths(ONE, 9, 12)
    assert custodian.compare(WATCHED, ONE.note(12), paths) is None
    assert custodian.compare(WATCHED, other.note(12), _paths(other, 9, 12)) is not None
    for not_shown in ({}, paths):
        with pytest.raises(RefusedError, match="does not show how its heads of 9 and 12 records belong together"):
            custodian.compare(WATCHED, other.note(12), not_shown)


def _paths(of: History, old: int, new: int) -> dict[str, tuple[bytes, ...]]:
    told = of.submission(old, new)
    assert told.sm3 is not None
    return {"sha256": told.sha256, "sm3": told.sm3}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 14), st.integers(1, 14)), max_size=14))
def test_whatever_is_asked_it_never_contradicts_itself(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int, int]]
) -> None:
    """All lines that ever left are of one history, sizes never shrink, and every refused contradiction is proven."""
    histories = [history(100, 14), history(3, 14), history(6, 14)]
    to = witness(tmp_path_factory.mktemp("w") / "w")
    signed: dict[int, str] = {}
    last = 0
    for number, old, new in asked:
        submission = histories[number].submission(min(old, new), new)
        try:
            line = to.add(submission, NOW)
        except RefusedError as error:
            unproven = error.proof is None and signed.get(new) not in {None, histories[number].note(new)}
        else:
            unproven = False
            assert new >= last
            last = new
            (found,) = cosignature.read(cosignature.add(submission.note, [line]), {to.directory.vkey})
            assert found.time == NOW
            assert signed.setdefault(new, submission.note) == submission.note
        assert not unproven
    for proof in to.forks(WATCHED):
        assert main([str(proof)]) == 1
    to.book.close()
