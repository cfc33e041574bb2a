"""Wire models of what to pay and where, and of slips."""

from fastapi import UploadFile
from pydantic import Field

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SALE, EXAMPLE_SHA256, Out, Wire, example
from api.schemas.common import MoneyOut, Recorded

_AMOUNT = {"amount": "1010000.00", "currency": "CNY"}
_INSTRUCTIONS = {
    "account": "110900000000001",
    "amount": _AMOUNT,
    "reference": EXAMPLE_SALE[:16],
    "payer": "张三",
}
_SLIP = {
    "record": EXAMPLE_LEAF,
    "sha256": EXAMPLE_SHA256,
    "bytes": 48213,
    "media_type": "image/jpeg",
    "uploaded_at": EXAMPLE_INSTANT,
}


class Instructions(Out):
    """Where to pay what. The account must be the investor's own, in the name that is told."""

    model_config = example(**_INSTRUCTIONS)

    account: str = Field(description="the product's supervised raising account")
    amount: MoneyOut = Field(description="fee included")
    reference: str
    payer: str | None = Field(description="told to the investor alone")


class Slip(Recorded):
    """One slip that the investor gave. It proves no arrival: the bank's confirmation does."""

    model_config = example(**_SLIP)

    sha256: str
    bytes: int
    media_type: str
    uploaded_at: str


class PaymentOut(Out):
    """Instructions, slips and what the bank confirmed; nothing of it before the contract is signed."""

    model_config = example(sale=EXAMPLE_SALE, instructions=_INSTRUCTIONS, slips=[_SLIP], received_at=None)

    sale: base.Stream
    instructions: Instructions | None
    slips: list[Slip]
    received_at: str | None


class SlipUpload(Wire):
    """One PDF, PNG or JPEG."""

    file: UploadFile


class SlipStored(Recorded):
    """The slip is stored, encrypted, and recorded; staff who confirm the payment can look at it."""

    model_config = example(record=EXAMPLE_LEAF, sha256=EXAMPLE_SHA256, bytes=48213, uploaded_at=EXAMPLE_INSTANT)

    sha256: str
    bytes: int
    uploaded_at: str
