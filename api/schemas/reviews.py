"""Wire models of reviews by a person."""

from typing import Literal

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_INVESTOR, EXAMPLE_LEAF, Out, Wire, example
from api.schemas.common import Recorded

_REVIEW = {
    "review": EXAMPLE_LEAF,
    "of": EXAMPLE_LEAF,
    "reason": "我认为测评结果与我的情况不符",
    "requested_at": EXAMPLE_INSTANT,
    "completed_at": None,
    "outcome": None,
    "reasons": None,
}


class ReviewRequest(Wire):
    """A person is to look at the record ``of``: a refusal or a result."""

    model_config = example(of=EXAMPLE_LEAF, reason="我认为测评结果与我的情况不符")

    of: base.Sha256
    reason: base.Sentence


class ReviewRequested(Out):
    """Review requested."""

    model_config = example(review=EXAMPLE_LEAF, requested_at=EXAMPLE_INSTANT)

    review: str
    requested_at: str


class ReviewResult(Wire):
    """What a person found, with reasons that the investor can read."""

    model_config = example(outcome="upheld", reasons="问卷答案显示投资期限不足一年，等级正确")

    outcome: Literal["upheld", "corrected"]
    reasons: base.Sentence


class ReviewCompleted(Recorded):
    """Review completed."""

    model_config = example(record=EXAMPLE_LEAF, completed_at=EXAMPLE_INSTANT)

    completed_at: str


class ReviewOut(Out):
    """One review; ``outcome`` and ``reasons`` are missing until it is done."""

    model_config = example(**_REVIEW)

    review: str
    of: str
    reason: str
    requested_at: str
    completed_at: str | None
    outcome: str | None
    reasons: str | None


class Reviews(Out):
    """An investor's reviews in order."""

    model_config = example(investor=EXAMPLE_INVESTOR, items=[_REVIEW])

    investor: str
    items: list[ReviewOut]


class OpenReview(Out):
    """A review that waits for a person: of what kind of record, and why the investor asks."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        review=EXAMPLE_LEAF,
        of=EXAMPLE_LEAF,
        type="assessment.completed",
        reason="我认为测评结果与我的情况不符",
        requested_at=EXAMPLE_INSTANT,
    )

    investor: str
    review: str
    of: str
    type: str
    reason: str
    requested_at: str


class ReviewQueue(Out):
    """The reviews that nobody has done yet, in the order in which they were asked for; at most 200 of ``open``."""

    model_config = example(open=0, items=[])

    open: int
    items: list[OpenReview]
