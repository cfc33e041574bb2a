"""Wire models of promotions, of purchases above tolerance, and of special care for high-risk products."""

from typing import Annotated

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SHA256,
    Flag,
    Name,
    Out,
    Wire,
    Word,
    example,
)
from api.schemas.common import Recorded, Words

_WORDS = {"zh": "本产品的风险等级高于您的风险承受能力，不适合您购买。", "en": "It does not suit you."}
_TOLD = {
    "at": EXAMPLE_INSTANT,
    "record": EXAMPLE_LEAF,
    "tolerance": "C2",
    "risk_level": "R4",
    "text": _WORDS,
    "text_sha256": EXAMPLE_SHA256,
}
_REQUEST = {
    "product": EXAMPLE_PRODUCT,
    "requested_at": EXAMPLE_INSTANT,
    "unpromoted": True,
    "notice": _TOLD,
    "warning": None,
    "acknowledged_at": None,
    "insisted_at": None,
    "lacks": {"zh": "特别书面风险警示", "en": "the special written warning, as things stand"},
    "at": EXAMPLE_INSTANT,
}


class Promotion(Wire):
    """A promotion about to be made; refused above the investor's tolerance. ``material``: checked material used."""

    model_config = example(product=EXAMPLE_PRODUCT, channel="phone", material=EXAMPLE_SHA256)

    product: base.Stream
    channel: Word
    material: base.Sha256 | None = None


class PromotionReport(Wire):
    """A promotion that did happen, allowed or not."""

    model_config = example(product=EXAMPLE_PRODUCT, channel="phone", occurred_at=EXAMPLE_INSTANT)

    product: base.Stream
    channel: Word
    occurred_at: base.Instant | None = None


class Promoted(Recorded):
    """The promotion is in the log."""

    model_config = example(record=EXAMPLE_LEAF, promoted_at=EXAMPLE_INSTANT)

    promoted_at: str


class OwnRequest(Wire):
    """The investor's own request: a product by its code, filing number or full name, and that nobody promoted it."""

    model_config = example(named="SXX001", unpromoted=True, channel="web")

    named: Name
    unpromoted: Flag
    channel: Word


class Requested(Recorded):
    """The request is recorded; what follows names the product by its stream."""

    model_config = example(record=EXAMPLE_LEAF, product=EXAMPLE_PRODUCT, requested_at=EXAMPLE_INSTANT)

    product: base.Stream
    requested_at: str


class OfProduct(Wire):
    """The product that the investor asked for."""

    model_config = example(product=EXAMPLE_PRODUCT)

    product: base.Stream


class ToldNow(Recorded):
    """What the investor is told, and the digest that an acknowledgement must repeat."""

    model_config = example(record=EXAMPLE_LEAF, text=_WORDS, text_sha256=EXAMPLE_SHA256)

    text: Words
    text_sha256: str


class WarningRead(Wire):
    """The investor has read the special warning: its very words, by digest."""

    model_config = example(product=EXAMPLE_PRODUCT, text_sha256=EXAMPLE_SHA256)

    product: base.Stream
    text_sha256: base.Sha256


class TextRead(Wire):
    """The very words that were read, by digest."""

    model_config = example(text_sha256=EXAMPLE_SHA256)

    text_sha256: base.Sha256


class Insistence(Wire):
    """The investor insists after the warning and bears the risk."""

    model_config = example(product=EXAMPLE_PRODUCT, insists=True)

    product: base.Stream
    insists: Flag


class Insisted(Recorded):
    """The insistence is recorded: now a sale can be opened."""

    model_config = example(record=EXAMPLE_LEAF, insisted_at=EXAMPLE_INSTANT)

    insisted_at: str


class ToldOut(Out):
    """A notice or warning as it was told."""

    model_config = example(**_TOLD)

    at: str
    record: base.Leaf
    tolerance: base.Tolerance
    risk_level: base.Level
    text: Words
    text_sha256: str


class RequestOut(Out):
    """One purchase above tolerance; ``lacks`` names the next thing missing."""

    model_config = example(**_REQUEST)

    product: base.Stream
    requested_at: str
    unpromoted: bool
    notice: ToldOut | None
    warning: ToldOut | None
    acknowledged_at: str | None
    insisted_at: str | None
    lacks: Words | None
    at: str


class RequestList(Out):
    """All purchases above tolerance that the investor asked for."""

    model_config = example(investor=EXAMPLE_INVESTOR, items=[_REQUEST])

    investor: base.Stream
    items: list[RequestOut]


class StaffQualification(Wire):
    """A staff member's fund qualification."""

    model_config = example(certificate="A20240001", valid_until="2028-01-01T00:00:00Z")

    certificate: Annotated[str, StringConstraints(pattern=base.ACCOUNT)]
    valid_until: base.Instant


class StaffQualified(Recorded):
    """The qualification is in the staff register."""

    model_config = example(record=EXAMPLE_LEAF, staff="7d" * 16, valid_until="2028-01-01T00:00:00.000000Z")

    staff: str = Field(description="the staff id of a key")
    valid_until: str
