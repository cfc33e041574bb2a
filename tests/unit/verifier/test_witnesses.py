"""The step about witnesses, and the pins that it takes."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from tests.vector_source import keys
from tests.vector_source.defects import WITNESSES
from tests.vector_source.recipe import SHORT, Body
from tests.vector_source.story import ORDER, Story
from tests.vector_source.world import assemble, cosigned, sealed
from verifier import trust
from verifier.errors import MalformedError
from verifier.report import Basis, Step
from verifier.trust import Trust, majority
from verifier.verify import verify

ALL = frozenset(WITNESSES)


@cache
def told(order: tuple[str, ...] = SHORT) -> tuple[Story, str]:
    story = Story("witnesses", order, frozenset({order[-1]})).tell()
    return story, json.dumps(assemble(story.log, story.sale))


def body(**changed: Any) -> Body:
    found: Body = json.loads(told()[1])
    found["keys"] |= changed
    return found


def step(of: Body, pins: Trust | None = None) -> Step:
    return next(s for s in verify(sealed(of), trust=pins).steps if s.key == "witnesses")


def test_without_witnesses_it_is_the_operators_word() -> None:
    found = step(body(witnesses=[]))
    assert (found.outcome, found.basis) == ("holds", Basis.OPERATOR)
    assert "the operator's word alone" in found.detail


def test_those_that_the_operator_names_are_the_operators_word_too() -> None:
    found = step(body())
    assert (found.outcome, found.basis) == ("holds", Basis.OPERATOR)
    assert found.detail.startswith(
        "2 of 3 witnesses that the operator names cosigned the head (custodian.example/witness"
    )
    assert found.evidence["pinned"] is False


def test_pinned_ones_are_counted_against_the_quorum() -> None:
    found = step(body(), Trust(witnesses=ALL))
    assert (found.outcome, found.basis) == ("holds", Basis.PINNED)
    assert (found.evidence["quorum"], len(found.evidence["cosigned"])) == (2, 2)
    found = step(body(), Trust(witnesses=ALL, quorum=3))
    assert (found.outcome, found.code) == ("undecided", "too_few_witnesses")
    # what the operator names does not matter to who pinned
    assert step(body(witnesses=[]), Trust(witnesses=ALL)).outcome == "holds"
    found = step(body(), Trust(witnesses=frozenset({WITNESSES[2]})))
    assert (found.outcome, found.code) == ("undecided", "too_few_witnesses")
    assert "0 of 1 witnesses that you pinned cosigned the head, 1 are needed" in found.detail


def test_a_wrong_line_of_an_unpinned_witness_that_the_operator_names_is_false_all_the_same() -> None:
    of = body()
    of["head"] = of["head"][:-4] + "AA=\n"
    found = step(of, Trust(witnesses=frozenset({WITNESSES[0]})))
    assert (found.outcome, found.code) == ("fails", "bad_cosignature")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-124, "cosigned_before_recorded"), (-122, ""), (118, ""), (119, "cosigned_after_bundle")],
)
def test_times_are_plausible_within_two_minutes(seconds: int, code: str) -> None:
    story, _ = told()
    head, at = story.log.heads[-1]  # a second after the newest record; cosigned 2 s later
    of = body()
    of["head"] = cosigned(head, at + timedelta(seconds=seconds), "custodian.example/witness")
    assert step(of).code == code


def test_a_simulated_clock_is_not_compared_with_a_witnesss() -> None:
    story, text = told(ORDER)
    of = json.loads(text)
    head, at = story.log.heads[-1]
    of["head"] = cosigned(head, at - timedelta(days=3), "custodian.example/witness")
    assert step(of).outcome == "holds"


def test_at_most_sixteen_are_named() -> None:
    assert verify(sealed(body(witnesses=["x"] * 17))).first_problem is not None
    assert verify(sealed(body(witnesses=["x"]))).first_problem is not None


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_a_majority(count: int, needed: int) -> None:
    assert majority(count) == needed


def test_a_trust_file_pins_witnesses_and_a_quorum() -> None:
    found = trust.parse(json.dumps({"witnesses": WITNESSES, "quorum": 2}).encode())
    assert (found.witnesses, found.quorum) == (ALL, 2)
    assert trust.parse(json.dumps({"witnesses": WITNESSES}).encode()).quorum is None


@pytest.mark.parametrize(
    "told_so",
    [
        {"quorum": 1},
        {"witnesses": WITNESSES, "quorum": 0},
        {"witnesses": WITNESSES, "quorum": 4},
        {"witnesses": WITNESSES, "quorum": True},
        {"witnesses": WITNESSES, "quorum": "2"},
        {"witnesses": []},
        {"witnesses": ["x"]},
        {"witnesses": [keys.LOG.public_key().public_bytes_raw().hex()]},
        {"witnesses": [f"w{n}" for n in range(17)]},
    ],
)
def test_a_trust_file_that_cannot_be_meant_is_refused(told_so: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        trust.parse(json.dumps(told_so).encode())
