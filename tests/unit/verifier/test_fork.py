"""Fork proofs: what proves that a log shows two histories, and what does not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vector_source import forks, keys
from tests.vector_source.forks import LOG, WITNESSES, history, path, proof
from tests.vector_source.world import ORIGIN
from verifier import canonical, checkpoint, fork, merkle
from verifier.__main__ import main
from verifier.errors import MalformedError, UndecidedError, VerificationError, VerifierError
from verifier.report import Basis, Outcome
from verifier.trust import Trust
from verifier.verify import verify

VECTORS = Path(__file__).parents[2] / "vectors" / "fork"


def note(head: checkpoint.Checkpoint) -> str:
    return checkpoint.sign(head, ORIGIN, keys.LOG)


def test_it_is_told_in_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS / "same_size" / "fork.json")]) == 1
    out = capsys.readouterr().out
    assert "PROVEN: the log vectors.example/log has forked. Its key signed two different histories of 9 records" in out
    assert "custodian.example/witness saw 9 records at 2026-03-02 01:00:02 UTC" in out
    assert "regulator.example/witness saw 9 records at 2026-03-02 01:01:02 UTC" in out
    assert out.endswith("the log has FORKED: proven · 日志已分叉:已证明\n")
    assert main([str(VECTORS / "two_sizes" / "fork.json")]) == 1
    assert "a head of 5 records and one of 9 records that does not continue it" in capsys.readouterr().out


def test_what_proves_nothing_says_nothing_about_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS / "continued" / "fork.json")]) == 2
    out = capsys.readouterr().out
    assert "FORKED" not in out
    assert "nothing here shows that the larger head does not continue the smaller one" in out
    assert main([str(VECTORS / "stranger" / "fork.json")]) == 2
    assert "this file proves no fork: notes[0]" in capsys.readouterr().out


def test_a_pinned_key_is_told() -> None:
    data = canonical.encode(proof((3, 9), (4, 9)))
    steps = {step.key: step for step in verify(data, trust=Trust(log=frozenset({LOG}))).steps}
    assert steps["key"].basis is Basis.PINNED
    assert {step.basis for step in verify(data).steps} == {Basis.BYTES, Basis.OPERATOR}
    assert verify(data).bundle_sha256 is None


def test_witnesses_that_you_pinned_count_before_those_that_the_file_names() -> None:
    data = canonical.encode(proof((3, 9), (4, 9)) | {"witnesses": []})
    assert verify(data).steps[4].detail == "none of the known witnesses cosigned either note"
    held = verify(data, trust=Trust(witnesses=frozenset(WITNESSES)))
    assert [c["note"] for c in held.steps[4].evidence["cosignatures"]] == [0, 1]
    assert held.exit_code == 1


def test_a_wrong_cosignature_does_not_hide_the_fork() -> None:
    body = proof((3, 9), (4, 9))
    body["notes"][0] = body["notes"][0][:-4] + "AA=\n"
    report = verify(canonical.encode(body))
    assert [step.outcome for step in report.steps[3:]] == [Outcome.FAILS, Outcome.UNDECIDED]
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notes", "two"),
        ("notes", [1, 2]),
        ("log", 7),
        ("paths", {}),
        ("paths", {"sha256": [], "sm3": ["zz"]}),
        ("paths", {"sha256": [], "sm3": ["00" * 32] * 66}),
        ("witnesses", ["x"] * 17),
        ("kind", "pfl-evidence"),
        ("v", True),
        ("more", 1),
    ],
)
def test_a_fork_proof_has_exactly_one_form(name: str, value: Any) -> None:
    with pytest.raises(MalformedError):
        fork.parse(canonical.encode(proof((3, 9), (4, 9)) | {name: value}))


def test_it_is_known_by_its_first_member() -> None:
    body = proof((3, 9), (4, 9))
    assert fork.is_fork(canonical.encode(body))
    assert fork.is_fork(json.dumps(body, indent=1, sort_keys=True).encode())
    assert not fork.is_fork(b'{"kind":"pfl-evidence"}')


def test_it_is_not_made_of_what_proves_nothing() -> None:
    log = history(4, 9)
    with pytest.raises(UndecidedError):
        fork.make(LOG, note(log.head(5)), note(log.head(9)), (), path(log, 5))
    with pytest.raises(VerificationError, match="not signed by a known key"):
        fork.make(LOG, note(log.head(5)), checkpoint.sign(log.head(5), ORIGIN, keys.STRANGER))


def test_one_tree_may_fork_alone() -> None:
    held = history(3, 9).head(9)
    other = replace(held, sm3_root=b"\7" * 32)
    assert fork.require_fork(held, other, {}) == ("sm3",)


def test_the_stream_map_is_part_of_a_head() -> None:
    held = history(3, 9).head(9)
    assert fork.require_fork(held, replace(held, map_root=b"\7" * 32), {}) == ("map",)


@pytest.mark.parametrize(
    ("old", "new", "count", "code"),
    [
        (0, 3, 1, "sizes_out_of_order"),
        (3, 3, 1, "sizes_out_of_order"),
        (3, 7, 0, "path_too_short"),
        (3, 7, 1, "path_too_short"),
        (3, 7, 9, "path_too_long"),
        (3, 7, 66, "path_too_long"),
    ],
)
def test_a_path_has_one_length(old: int, new: int, count: int, code: str) -> None:
    with pytest.raises(VerifierError) as caught:
        merkle.prefix_roots(merkle.SHA256, old, new, [bytes(32)] * count)
    assert caught.value.code == code


@given(st.data())
def test_whoever_continues_a_log_is_never_accused(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 40))
    old = data.draw(st.integers(1, new - 1))
    log = history(new, new)
    with pytest.raises(UndecidedError):
        fork.make(LOG, note(log.head(new)), note(log.head(old)), (), path(log, old))


@given(st.data())
def test_a_fork_is_proven_wherever_it_is(data: st.DataObject) -> None:
    large = data.draw(st.integers(2, 40))
    small = data.draw(st.integers(1, large))
    one_from, other_from = (data.draw(st.integers(0, small - 1)) for _ in range(2))
    one, other = history(one_from, small), history(other_from, large)
    paths = {} if small == large else path(other, small)
    if one_from == other_from:
        with pytest.raises(UndecidedError):
            fork.make(LOG, note(one.head(small)), note(other.head(large)), (), paths)
        return
    made = fork.make(LOG, note(other.head(large)), note(one.head(small)), (), paths)
    problem = verify(made).first_problem
    assert problem is not None
    assert problem.code == "log_forked"
    assert problem.evidence["differs"] == ["sha256", "sm3", *(["map"] if small == large else [])]


@given(st.integers(0, 2500), st.integers(1, 255))
def test_no_changed_byte_accuses_a_log_of_something_else(at: int, mask: int) -> None:
    made = bytearray(forks.changed(lambda _: None))
    made[at % len(made)] ^= mask
    report = verify(bytes(made))
    if report.first_problem is not None and report.first_problem.code == "log_forked":
        assert report.first_problem.evidence["sizes"] == [5, 9]
