"""Wire models of the product's life cycle."""

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    Flag,
    Level,
    Name,
    Out,
    Sentence,
    Wire,
    Word,
    example,
)
from api.schemas.common import MoneyOut

_PRODUCT = {
    "product": EXAMPLE_PRODUCT,
    "name": "示例证券投资私募基金一号",
    "stage": "listed",
    "manager": "示例基金管理有限公司",
    "regime": "cn_private_fund",
    "fund_type": "securities",
    "legal_form": "contract",
    "filing_number": "SXX001",
    "risk_level": "R4",
    "minimum": {"amount": "1000000.00", "currency": "CNY"},
    "cooling_off_hours": 24,
    "return_visit": True,
    "special_risks": ["本基金可能投资流动性较差的资产。"],
    "also_requires": [],
    "on_sale": True,
    "seats_taken": 12,
}


class Introduction(Wire):
    """A product to be sold. Nothing is on sale before it is rated, approved by another person and listed."""

    model_config = example(
        name="示例证券投资私募基金一号",
        code="SXX001",
        manager="示例基金管理有限公司",
        regime="cn_private_fund",
        fund_type="securities",
        legal_form="contract",
        filing_number="SXX001",
        raising_account="110900000000001",
        minimum="1000000.00",
        currency="CNY",
        cooling_off_hours=24,
        return_visit=True,
        special_risks=["本基金可能投资流动性较差的资产。"],
        also_requires=["hk_pi"],
    )

    name: Name
    code: Annotated[str, StringConstraints(pattern=base.CODE_NAME)]
    manager: Name
    regime: Word
    fund_type: Word
    legal_form: Word
    filing_number: Annotated[str, StringConstraints(pattern=base.CODE_NAME)]
    raising_account: Annotated[str, StringConstraints(pattern=base.ACCOUNT)]
    minimum: base.Amount
    currency: base.Currency
    cooling_off_hours: Annotated[int, Strict(), Field(ge=0, le=24 * 365)]
    cooling_off_from: Literal["signed_and_paid", "signed", "paid"] = "signed_and_paid"
    return_visit: Flag
    special_risks: Annotated[tuple[Sentence, ...], Field(max_length=50)]
    also_requires: Annotated[
        tuple[Word, ...],
        Field(max_length=8, description="foreign regimes under which an investor must be certified as well"),
    ] = ()


class ProductRecorded(Out):
    """The product and the record just made."""

    model_config = example(product=EXAMPLE_PRODUCT, record=EXAMPLE_LEAF)

    product: base.Stream
    record: base.Leaf


class Rating(Wire):
    """The seller's own risk rating beside the manager's; it may not be lower."""

    model_config = example(
        risk_level="R4",
        manager_risk_level="R4",
        factors={
            "liquidity": "monthly redemption",
            "maturity": "no fixed term",
            "leverage": "1.4",
            "structure": "plain",
            "minimum_amount": "1000000 CNY",
            "investment_scope": "listed shares",
            "raising_method": "private",
            "issuer_credit": "no record of default",
            "past_performance": "volatile",
        },
        valid_until="2027-03-02T00:00:00Z",
    )

    risk_level: Level
    manager_risk_level: Level
    factors: Annotated[dict[Word, Sentence], Field(min_length=1, max_length=50)]
    valid_until: base.Instant


class Approval(Wire):
    """The opinion of a second person."""

    model_config = example(opinion="准入材料齐备，同意上架。")

    opinion: Sentence


class Listing(Wire):
    """The day from which the product is on sale (Asia/Shanghai)."""

    model_config = example(from_day="2026-03-02")

    from_day: base.Day


class ProductOut(Out):
    """A product as it is sold."""

    model_config = example(**_PRODUCT)

    product: base.Stream
    name: str
    stage: str
    manager: str
    regime: str
    fund_type: str
    legal_form: str
    filing_number: str
    risk_level: Literal["R1", "R2", "R3", "R4", "R5"] | None
    minimum: MoneyOut | None
    cooling_off_hours: int
    return_visit: bool
    special_risks: list[str]
    also_requires: list[str]
    on_sale: bool
    seats_taken: int


class ProductPage(Out):
    """A page of products; ``next`` goes into ``after``."""

    model_config = example(items=[_PRODUCT], next=None)

    items: list[ProductOut]
    next: base.Stream | None
