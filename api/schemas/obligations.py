"""Wire models of what is owed by when, and of the acts that satisfy it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SALE, EXAMPLE_SHA256, Out, Wire, example
from api.schemas.common import CitationOut, Recorded, Words

_CITATION = {
    "norm": "amac_suitability",
    "article": "unnumbered",
    "title": "基金募集机构投资者适当性管理实施指引（试行）",
    "url": "",
    "status": "unconfirmed",
}
_OWED = {
    "obligation": EXAMPLE_SHA256,
    "kind": "assessment_notice",
    "rule": "cn/amac_suitability/unnumbered_result_notice",
    "citation": _CITATION,
    "subject": base.EXAMPLE_INVESTOR,
    "subject_kind": "investor",
    "period": None,
    "since": EXAMPLE_INSTANT,
    "due": "2026-03-09T16:00:00.000000Z",
    "last_day": "2026-03-09",
    "provisional": False,
    "status": "open",
    "late": False,
    "satisfied_by": {"en": "the investor is told the result", "zh": "将测评结果告知投资者"},
    "detail": None,
    "done_at": None,
    "done_by": None,
    "rests_on": [EXAMPLE_LEAF],
    "unconfirmed": ["cn/amac_suitability/unnumbered_result_notice"],
}
_CLOCK = {
    "rule": "cn/order_130/art32_retention",
    "citation": _CITATION,
    "years": 20,
    "starts": EXAMPLE_INSTANT,
    "ends": "2046-03-02T16:00:00.000000Z",
}
Kind = Literal[
    "assessment_notice",
    "assessment_renewal",
    "certification_renewal",
    "rating_renewal",
    "self_check",
    "sample_draw",
    "sampling_visit",
    "filing",
    "disclosure",
    "retention",
    "erasure",
    "review",
]
State = Literal["open", "done", "overdue"]


class ObligationOut(Out):
    """One act owed. ``due`` is the first instant at which it is late, ``last_day`` the last Shanghai day in time.

    ``provisional``: it counts working days of a year whose holidays are not published, as Monday to Friday.
    """

    model_config = example(**_OWED)

    obligation: str
    kind: Kind
    rule: str
    citation: CitationOut
    subject: str
    subject_kind: Literal["investor", "product", "sale", "institution"]
    period: str | None
    since: str
    due: str | None
    last_day: str | None
    provisional: bool
    status: State
    late: bool
    satisfied_by: Words
    detail: Words | None
    done_at: str | None
    done_by: str | None
    rests_on: list[str]
    unconfirmed: list[str]


class ObligationPage(Out):
    """Obligations by due instant; those whose term has not begun to run come last."""

    model_config = example(items=[_OWED], next=None, at=EXAMPLE_INSTANT)

    items: list[ObligationOut]
    next: str | None
    at: str


class SelfCheck(Wire):
    """A half-year's self-check, named by the digest of its report."""

    model_config = example(period="2026-H1", report_sha256=EXAMPLE_SHA256, problems=[], reported_on=None)

    period: Annotated[str, StringConstraints(pattern=base.HALF_YEAR)]
    report_sha256: base.Sha256
    problems: Annotated[list[base.Name], Field(max_length=20, description="none found: an empty list")]
    reported_on: base.Day | None = Field(default=None, description="when problems went to the local CSRC office")


class SelfChecked(Recorded):
    """Self-check recorded."""

    model_config = example(record=EXAMPLE_LEAF, period="2026-H1")

    period: str


class Draw(Wire):
    """The year whose sample is drawn: this one."""

    model_config = example(year=2026)

    year: Annotated[int, Field(ge=2017, le=9999, strict=True)]


class Drawn(Recorded):
    """The sample. Sales in order of SHA-256(seed ‖ sale), the first of them by policy's share; R5 apart."""

    model_config = example(record=EXAMPLE_LEAF, period="2026", seed=EXAMPLE_SHA256, population=12, sales=[EXAMPLE_SALE])

    period: str
    seed: str
    population: int
    sales: list[str]


class SampleVisit(Wire):
    """A suitability visit of a drawn sale; not the return visit of the raising."""

    model_config = example(
        answers={"is_the_investor": True, "knows_the_risks": True},
        channel="recorded_phone",
        script="suitability-visit/1",
        findings=[],
    )

    answers: Annotated[dict[base.Question, base.Flag], Field(min_length=1, max_length=50)]
    channel: base.Word
    script: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=base.LINE)]
    findings: Annotated[list[base.Name], Field(max_length=20, description="what the institution must look into")]


class SampleVisited(Recorded):
    """Visit recorded."""

    model_config = example(record=EXAMPLE_LEAF, period="2026")

    period: str


class Filing(Wire):
    """The filing after the raising, with all its parts."""

    model_config = example(
        submitted_on="2026-03-20",
        reference="AMBERS-2026-0001",
        parts=["contract", "custody", "assets", "investors", "amounts", "units", "beneficial_owners"],
    )

    submitted_on: base.Day
    reference: base.Name
    parts: Annotated[list[base.Word], Field(min_length=1, max_length=20)]


class Filed(Recorded):
    """Filing recorded."""

    model_config = example(record=EXAMPLE_LEAF)


class Disclosure(Wire):
    """A periodic disclosure to the investors, named by the digest of what they got."""

    model_config = example(duty="quarterly_report", period="2026-Q3", report_sha256=EXAMPLE_SHA256)

    duty: Literal["quarterly_report", "half_yearly_report"]
    period: Annotated[str, StringConstraints(pattern=base.REPORT_PERIOD)]
    report_sha256: base.Sha256


class Disclosed(Recorded):
    """Disclosure recorded."""

    model_config = example(record=EXAMPLE_LEAF)


class Change(Wire):
    """What has changed. After a material change the assessment no longer holds."""

    model_config = example(what=["income"], told_by="investor")

    what: Annotated[list[base.Word], Field(min_length=1, max_length=20)]
    told_by: Literal["investor", "institution"]


class Changed(Recorded):
    """Change recorded; ``reassess``: there is an assessment, and it must be made again."""

    model_config = example(record=EXAMPLE_LEAF, reassess=True)

    reassess: bool


class Erasure(Wire):
    """A request to delete personal data."""

    model_config = example(channel="web")

    channel: base.Word


class ClockOut(Out):
    """One retention term; ``ends`` is unknown while what starts it has not happened."""

    model_config = example(**_CLOCK)

    rule: str
    citation: CitationOut
    years: int
    starts: str | None
    ends: str | None


class Frozen(Recorded):
    """The data are frozen: stored and protected, used for nothing else, until the last term is over."""

    model_config = example(record=EXAMPLE_LEAF, frozen=True, until=None, clocks=[_CLOCK])

    frozen: bool
    until: str | None
    clocks: list[ClockOut]
