"""Answers that many paths share."""

from typing import Literal

from pydantic import Field

from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_LEAF,
    Leaf,
    Out,
    Stream,
    example,
)


class MoneyOut(Out):
    """An amount as a decimal string with its currency."""

    model_config = example(amount="1000000.00", currency="CNY")

    amount: str
    currency: str


class Recorded(Out):
    """A record was made."""

    model_config = example(record=EXAMPLE_LEAF)

    record: Leaf = Field(description="leaf hash of the record: its name for ever")


class Words(Out):
    """The same in Chinese and English."""

    model_config = example(zh="风险承受能力与产品风险等级匹配", en="Tolerance and risk level match")

    zh: str
    en: str


class CitationOut(Out):
    """Where the norm stands; ``status`` is ``confirmed`` or ``unconfirmed``."""

    model_config = example(
        norm="私募投资基金募集行为管理办法",
        article="29",
        title="投资冷静期",
        url="https://www.amac.org.cn/",
        status="confirmed",
    )

    norm: str
    article: str
    title: str
    url: str
    status: str


class FindingOut(Out):
    """One rule's outcome. ``condition`` and ``changes_at`` are there when they say something."""

    model_config = example(
        rule="procedure.cooling_off",
        outcome="FAIL",
        citation={
            "norm": "私募投资基金募集行为管理办法",
            "article": "30",
            "title": "回访确认",
            "url": "https://www.amac.org.cn/",
            "status": "confirmed",
        },
        reason={"en": "Cooling-off lasts until 2026-03-03 09:30", "zh": "冷静期至 2026-03-03 09:30 届满"},
        rests_on=[EXAMPLE_LEAF],
        condition={"en": "wait until after 2026-03-03 09:30", "zh": "请等待至 2026-03-03 09:30 之后"},
        changes_at="2026-03-03T01:30:00.000000Z",
    )

    rule: str
    outcome: str
    citation: CitationOut
    reason: Words
    rests_on: list[Leaf]
    condition: Words | None = None
    changes_at: str | None = None


class Told(Out):
    """Somebody who must be told: their match was made again, withdrawn, or they hold the product."""

    model_config = example(sale="3d" * 32, investor="1f" * 32, status="withdrawn")

    sale: Stream
    investor: Stream
    status: Literal["superseded", "withdrawn", "holder"]


class Interval(Out):
    """Two instants."""

    model_config = example(starts=EXAMPLE_INSTANT, ends="2026-03-03T01:30:00.000000Z")

    starts: str
    ends: str


class DocumentOut(Out):
    """A stored document by its digest and length."""

    model_config = example(sha256="5b" * 32, bytes=48213)

    sha256: str
    bytes: int


class ProblemField(Out):
    """One field that is wrong, and the fix."""

    model_config = example(
        field="amount", problem='must be a decimal string such as "1000000.00"', zh="须为十进制字符串"
    )

    field: str
    problem: str
    zh: str


class Problem(Out):
    """RFC 9457 problem document. ``code`` is stable; ``findings`` come with a refusal by law or policy."""

    model_config = example(
        type="/docs#idempotency_key_missing",
        title="Idempotency-Key missing",
        status=400,
        code="idempotency_key_missing",
        detail="send the header Idempotency-Key: a fresh UUID for each act, the same one when you repeat the act",
        zh="请在请求头 Idempotency-Key 中携带唯一编号（如 UUID），重试时使用同一编号",
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    zh: str
    findings: list[FindingOut] | None = None
    fields: list[ProblemField] | None = None
    evidence: dict[str, object] | None = None
    incident: str | None = None
