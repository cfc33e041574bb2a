"""Differences are named by their place."""

import pytest

from ledger.domain.events import Value
from ledger.services.differences import LONGEST, differences


@pytest.mark.parametrize(
    ("recorded", "replayed", "lines"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, ['a.b: recorded "x", replayed "y"']),
        ({"a": 1}, {}, ["a: recorded only, 1"]),
        ({}, {"a": None}, ["a: replayed only, null"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a.[1]: recorded 2, replayed 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a.[1]: replayed only, 2"]),
        ({"a": True}, {"a": 1}, ["a: recorded true, replayed 1"]),
        ({"a": []}, {"a": {}}, ["a: recorded [], replayed {}"]),
        (
            {"findings": [{"rule": "r1", "outcome": "PASS"}, {"rule": "r2", "outcome": "PASS"}]},
            {"findings": [{"rule": "r2", "outcome": "FAIL"}]},
            [
                'findings.[r1]: recorded only, {"outcome": "PASS", "rule": "r1"}',
                'findings.[r2].outcome: recorded "PASS", replayed "FAIL"',
            ],
        ),
    ],
)
def test_each_place_is_named_once(recorded: Value, replayed: Value, lines: list[str]) -> None:
    assert list(differences(recorded, replayed)) == lines


def test_a_long_value_is_cut() -> None:
    (line,) = differences("x" * 1000, "y")
    assert len(line) < LONGEST + 60
    assert "…" in line
