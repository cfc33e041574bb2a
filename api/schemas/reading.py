"""Wire models of reading a paper, and of answering the return visit."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SHA256, Flag, Out, Wire, example
from api.schemas.common import DocumentOut, Recorded

_LINE = {"text": "一、基金管理人承诺", "heading": True}
_PAGE = {"page": 1, "lines": [_LINE]}
MOST_SECONDS = 24 * 3600


class PaperLine(Out):
    """One paragraph of a paper."""

    model_config = example(**_LINE)

    text: str
    heading: bool


class PaperPage(Out):
    """One page as text, made from the very bytes that are signed."""

    model_config = example(**_PAGE)

    page: int
    lines: list[PaperLine]


class ReadingMinimum(Out):
    """Whole seconds that policy wants each page, and the whole paper, to be on the screen; 0 demands none."""

    model_config = example(page=0, total=0)

    page: int
    total: int


class PaperOut(Out):
    """A paper of the sale as text; ``read`` maps pages to the seconds they were visible so far."""

    model_config = example(
        sha256=EXAMPLE_SHA256, bytes=61234, pages=[_PAGE], read={"1": 42}, minimum={"page": 0, "total": 0}
    )

    sha256: str
    bytes: int
    pages: list[PaperPage]
    read: dict[str, int]
    minimum: ReadingMinimum = Field(description="of a paper that is to be signed, before it can be")


class Reading(Wire):
    """For how long one page of a paper was visible, in whole seconds."""

    model_config = example(document=EXAMPLE_SHA256, page=1, seconds=42)

    document: base.Sha256
    page: Annotated[int, Strict(), Field(ge=1, le=999)]
    seconds: Annotated[int, Strict(), Field(ge=0, le=MOST_SECONDS)]


class ReadingRecorded(Recorded):
    """The reading is recorded; the signature of this paper will refer to it."""

    model_config = example(record=EXAMPLE_LEAF, read_at=EXAMPLE_INSTANT)

    read_at: str


class ContractShown(Recorded):
    """The contract that was drawn up for this sale."""

    model_config = example(record=EXAMPLE_LEAF, document={"sha256": EXAMPLE_SHA256, "bytes": 61234})

    document: DocumentOut


class VisitAnswers(Wire):
    """The investor's own answer to each question of the return visit."""

    model_config = example(answers={str(n): True for n in range(1, 9)})

    answers: Annotated[
        dict[Annotated[str, StringConstraints(pattern=base.QUESTION)], Flag], Field(min_length=1, max_length=50)
    ]


class VisitAnswered(Recorded):
    """The answers wait for somebody outside sales."""

    model_config = example(record=EXAMPLE_LEAF, answered_at=EXAMPLE_INSTANT)

    answered_at: str
