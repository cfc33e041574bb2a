"""Wire models of what comes to a product over its life: papers, mandate, size, material, its end."""

from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Name,
    Out,
    Sentence,
    Wire,
    Word,
    example,
)
from api.schemas.common import FindingOut, Told
from api.schemas.products import ProductRecorded
from api.schemas.sales import TimelineItem

STAGE = Literal["introduced", "rated", "approved", "listed", "suspended", "closed", "liquidated"]
FIELDS = r"^[a-z0-9_]{1,64}(,[a-z0-9_]{1,64}){0,63}$"
_PERIOD = r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}"
PERIODS = rf"^{_PERIOD}(,{_PERIOD}){{0,31}}$"


_PAPER = {
    "kind": "contract_template",
    "title": "基金合同",
    "sha256": EXAMPLE_SHA256,
    "record": EXAMPLE_LEAF,
    "at": EXAMPLE_INSTANT,
}
_MATERIAL = {
    "sha256": EXAMPLE_SHA256,
    "audience": "specific_persons",
    "record": EXAMPLE_LEAF,
    "checked_at": EXAMPLE_INSTANT,
    "withdrawn_at": None,
}
_MANDATE = {
    "basis": "agency",
    "licence": "000000001",
    "membership": "P1000001",
    "agreement_signed_on": "2026-01-15",
    "valid_until": None,
    "record": EXAMPLE_LEAF,
}
_ITEM = {
    "at": EXAMPLE_INSTANT,
    "type": "product.listed",
    "title": {"zh": "产品上架", "en": "Product listed"},
    "actor": {"id": "7d" * 16, "role": "compliance"},
    "record": EXAMPLE_LEAF,
}


class Stepped(ProductRecorded):
    """The record just made, and where the product stands now."""

    model_config = example(product=EXAMPLE_PRODUCT, record=EXAMPLE_LEAF, stage="listed")

    stage: STAGE


class Rated(Stepped):
    """The rating, and whom to tell when it rose."""

    model_config = example(product=EXAMPLE_PRODUCT, record=EXAMPLE_LEAF, stage="rated", notify=[])

    notify: list[Told]


class Why(Wire):
    """The reason, in words."""

    model_config = example(reason="管理人通知暂停申购。")

    reason: Sentence


class Liquidation(Wire):
    """The day on which the fund's liquidation was completed (Asia/Shanghai)."""

    model_config = example(liquidated_on="2036-03-02", reason="清算报告已完成。")

    liquidated_on: base.Day
    reason: Sentence


class Mandate(Wire):
    """By what right the product is sold: our own fund, or as agent with licence, membership and agreement."""

    model_config = example(
        basis="agency",
        licence="000000001",
        membership="P1000001",
        agreement_signed_on="2026-01-15",
        valid_until="2028-01-15T00:00:00Z",
    )

    basis: Literal["manager", "agency"]
    licence: Annotated[str, StringConstraints(pattern=base.ACCOUNT)] | None = None
    membership: Annotated[str, StringConstraints(pattern=base.ACCOUNT)] | None = None
    agreement_signed_on: base.Day | None = None
    valid_until: base.Instant | None = None


class Size(Wire):
    """The manager's notice of the fund's size. ``days_below``: trading days in a row below the floor."""

    model_config = example(
        as_of="2026-03-02", net_assets="9000000.00", currency="CNY", year_average="8800000.00", days_below=0
    )

    as_of: base.Day
    net_assets: base.Amount
    currency: base.Currency
    year_average: base.Amount | None = None
    days_below: Annotated[int, Strict(), Field(ge=0, le=10_000)] | None = None


class PaperUpload(Wire):
    """A document of the product: PDF, PNG, JPEG or UTF-8 text."""

    file: UploadFile
    kind: Word
    title: Name


class PaperStored(ProductRecorded):
    """The document is stored and recorded by both digests."""

    model_config = example(
        product=EXAMPLE_PRODUCT, record=EXAMPLE_LEAF, sha256=EXAMPLE_SHA256, sm3="6a" * 32, kind="contract_template"
    )

    sha256: str
    sm3: str
    kind: str


class MaterialUpload(Wire):
    """Marketing material, with what it shows: UTF-8 text or HTML; a PDF or picture with its checked transcript."""

    file: UploadFile
    title: Name
    audience: Literal["public", "specific_persons"]
    fields: Annotated[str, StringConstraints(pattern=FIELDS, max_length=2000)] | None = None
    performance: Annotated[str, StringConstraints(pattern=PERIODS, max_length=1000)] | None = None
    transcript: base.Sha256 | None = None


class MaterialChecked(ProductRecorded):
    """The material passed; ``sha256`` names the bytes that may be used."""

    model_config = example(product=EXAMPLE_PRODUCT, record=EXAMPLE_LEAF, sha256=EXAMPLE_SHA256, findings=[])

    sha256: str
    findings: list[FindingOut]


class PaperOut(Out):
    """A document by its digest."""

    model_config = example(**_PAPER)

    kind: str
    title: str
    sha256: str
    record: base.Leaf
    at: str


class MaterialOut(Out):
    """Marketing material that passed the check."""

    model_config = example(**_MATERIAL)

    sha256: str
    audience: str
    record: base.Leaf
    checked_at: str
    withdrawn_at: str | None


class MandateOut(Out):
    """By what right the product is sold."""

    model_config = example(**_MANDATE)

    basis: str
    licence: str | None
    membership: str | None
    agreement_signed_on: str | None
    valid_until: str | None
    record: base.Leaf


class Papers(Out):
    """The product's papers."""

    model_config = example(product=EXAMPLE_PRODUCT, mandate=_MANDATE, documents=[_PAPER], materials=[_MATERIAL])

    product: base.Stream
    mandate: MandateOut | None
    documents: list[PaperOut]
    materials: list[MaterialOut]


class ProductTimeline(Out):
    """Every record of the product in order, refusals included."""

    model_config = example(product=EXAMPLE_PRODUCT, items=[_ITEM])

    product: base.Stream
    items: list[TimelineItem]


class OpenMatches(Out):
    """Pending sales whose match waits to be made again or acknowledged."""

    model_config = example(
        product=EXAMPLE_PRODUCT, items=[{"sale": EXAMPLE_SALE, "investor": "1f" * 32, "status": "superseded"}]
    )

    product: base.Stream
    items: list[Told]
