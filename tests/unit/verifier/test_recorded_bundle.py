"""The bundle of a sale that was anchored on a real network, four Polygon Edge validators, killed and brought back.

When the format changes, record it again: `scripts/consortium --record`.
"""

import json
import lzma
from pathlib import Path

import pytest

from verifier import trust
from verifier.report import Basis, Outcome
from verifier.verify import verify

RECORDED = Path(__file__).parents[2] / "recorded"


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return lzma.decompress((RECORDED / "consortium_evidence.json.xz").read_bytes())


@pytest.fixture(scope="module")
def pins() -> bytes:
    return (RECORDED / "consortium_trust.json").read_bytes()


def test_it_verifies_to_three_of_four_validators(bundle: bytes, pins: bytes) -> None:
    report = verify(bundle, trust=trust.parse(pins))
    assert report.verdict is Outcome.HOLDS, report.first_problem
    (anchors,) = (step for step in report.steps if step.key == "anchors")
    assert {block["trust"] for block in anchors.evidence["blocks"]} <= {"3 of 4 validators", "4 of 4 validators"}
    assert anchors.basis is Basis.VALIDATORS


def test_without_pins_its_anchors_are_one_partys_word(bundle: bytes) -> None:
    report = verify(bundle)
    assert report.verdict is Outcome.HOLDS
    (anchors,) = (step for step in report.steps if step.key == "anchors")
    assert anchors.basis is Basis.SELF_ASSERTED


def test_other_validators_do_not_vouch_for_it(bundle: bytes, pins: bytes) -> None:
    body = json.loads(pins)
    body["validators"][0]["validators"][3] = "00" * 20
    problem = verify(bundle, trust=trust.parse(json.dumps(body).encode())).first_problem
    assert problem is not None
    assert problem.code == "validators_differ"


def test_it_says_that_its_clock_was_simulated(bundle: bytes) -> None:
    assert "clock:simulated" in json.loads(bundle)["stand_ins"]
    assert "chain:embedded" not in json.loads(bundle)["stand_ins"]
