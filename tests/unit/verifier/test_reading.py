"""What was read before a signature: the paper's own pages, long enough, and no longer than it was there."""

from datetime import datetime
from typing import Any

import pytest

from tests.retelling import retold
from tests.vector_source.reading_defects import RULESET
from tests.vector_source.recipe import SIGNING
from tests.vector_source.story import ORDER, Reads, Story

TO_CONTRACT = ORDER[: ORDER.index("sign_contract") + 1]


def demanded(page: Any, total: Any) -> dict[str, Any]:
    return {"ruleset": RULESET, "page": page, "total": total}


@pytest.mark.parametrize(
    ("reads", "code"),
    [
        (Reads(), None),
        (Reads(told=((1, 5), (2, 7))), None),
        (Reads(told=((1, 5), (2, 6))), "not_read"),
        (Reads(told=((1, 4), (2, 9))), "not_read"),
        (Reads(told=()), "not_read"),
        (Reads(told=(), minimum=demanded(0, 1)), "not_read"),
        (Reads(told=(), minimum=demanded(0, 0)), None),
        (Reads(told=((1, -1), (2, 20))), "other_reading"),
        (Reads(told=((0, 20),)), "other_reading"),
        (Reads(told=((3, 20),)), "other_reading"),
        (Reads(told=((1, True),)), "other_reading"),
        (Reads(told=((1, "9"),)), "other_reading"),
        (Reads(pages=(2, 2, 3)), "other_reading"),
        (Reads(minimum=demanded(*(True, 0))), "bad_member"),
        (Reads(minimum=demanded(5, "12")), "bad_member"),
        (Reads(minimum={**demanded(5, 12), "more": 1}), "bad_member"),
        (Reads(minimum=None), "bad_member"),
        (Reads(forgets=True), "reading_missing"),
    ],
)
def test_reading_before_the_signature(reads: Reads, code: str | None) -> None:
    assert retold(SIGNING, reads=reads) == (None if code is None else ("statements", code))


def test_nobody_reads_for_longer_than_the_paper_is_there() -> None:
    told = ((1, 200), (2, 200))
    story = Story("steps", SIGNING, reads=Reads(told=told)).tell()
    times = {k.body["type"]: datetime.fromisoformat(k.body["occurred_at"]) for k in story.log.kept}
    passed = int((times["document.signed"] - times["disclosure.presented"]).total_seconds())
    assert retold(SIGNING, reads=Reads(told=told, minimum=demanded(0, passed))) is None
    too_long = Reads(told=told, minimum=demanded(0, passed + 1))
    assert retold(SIGNING, reads=too_long) == ("statements", "not_read")


def test_a_minimum_needs_the_presentation_of_the_paper() -> None:
    found = retold(TO_CONTRACT, reads=Reads(minimum=demanded(0, 1)))
    assert found == ("statements", "reading_missing")
