"""The step "completeness", beyond what the vectors show."""

import json
from typing import Any

import pytest

from tests.retelling import at, changed, step, told
from tests.vector_source.recipe import Body, of
from tests.vector_source.world import sealed
from verifier.verify import verify


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("completeness", {}, "bad_member"),
        ("completeness.0", {}, "bad_members"),
        ("completeness.0.stream", "00", "bad_member"),
        ("completeness.0.newest", [], "bad_members"),
        ("completeness.0.newest.seq", True, "bad_member"),
        ("completeness.0.newest.seq", -1, None),
        ("completeness.0.newest.leaf", 7, "bad_member"),
        ("completeness.0.other", {"key": "0" * 64, "value": "0" * 64}, "bad_member"),
        ("completeness.0.path", "", "bad_member"),
        ("completeness.0.path", [""] * 257, "bad_member"),
        ("completeness.0.path.0", "0" * 64, "bad_member"),
        ("completeness.0.path.0", "0", "bad_member"),
    ],
)
def test_a_proof_in_a_bundle_has_exactly_one_form(path: str, value: Any, code: str | None) -> None:
    assert changed(at(path, value)) == (("file", code) if code else ("completeness", "bad_member"))


def test_a_party_of_the_sale_without_records_is_proven_absent() -> None:
    alone = ("open_sale",)
    story, text = told(alone)
    report = verify(sealed(json.loads(text)))
    assert report.verdict == "holds"
    assert step(report, "completeness").evidence["empty"] == sorted((story.investor_stream, story.product_stream))

    def unproven(body: Body) -> None:
        body["completeness"] = [c for c in body["completeness"] if c["stream"] != story.investor_stream]

    assert changed(unproven, alone) == ("completeness", "completeness_missing")


def test_an_opening_that_hides_its_parties_cannot_be_complete() -> None:
    def hide(body: Body) -> None:
        opened = of(body, "sale.opened")
        opened["disclosures"] = [d for d in opened["disclosures"] if d[1] != "investor"]

    assert changed(hide) == ("completeness", "withheld")
