"""Wire models of the sale: one investor buying one product."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Flag,
    Name,
    Out,
    Sentence,
    Tolerance,
    Wire,
    Word,
    example,
)
from api.schemas.common import DocumentOut, FindingOut, Interval, MoneyOut, Recorded, Words
from api.schemas.messages import Invitation, MessageQueued

_COOLING = {"starts": EXAMPLE_INSTANT, "ends": "2026-03-03T01:30:00.000000Z"}
_STEP = {"step": "visit", "duty": "visitor", "permitted": True, "findings": []}
_ITEM = {
    "item": 1,
    "zh": "私募基金管理人及其关联方不承诺本金不受损失。",
    "en": "Nobody promises the principal.",
    "text_sha256": EXAMPLE_SHA256,
}
_TIME_ITEM = {
    "at": EXAMPLE_INSTANT,
    "type": "sale.opened",
    "title": {"zh": "发起认购", "en": "Sale opened"},
    "actor": {"id": "7d" * 16, "role": "sales"},
    "record": EXAMPLE_LEAF,
}


class SaleOpening(Wire):
    """One investor, one product, one amount. ``fee`` is on top of the amount."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        product=EXAMPLE_PRODUCT,
        amount="1000000.00",
        fee="10000.00",
        currency="CNY",
        channel="mobile",
    )

    investor: base.Stream
    product: base.Stream
    amount: base.Amount
    fee: base.Amount
    currency: base.Currency
    channel: Word
    invitation: Invitation | None = Field(default=None, description="send the investor their link in the same commit")


class Opened(Recorded):
    """The sale's stream; its seat is reserved. ``invitation``: the message that takes the link to the investor."""

    model_config = example(record=EXAMPLE_LEAF, sale=EXAMPLE_SALE, invitation=None)

    sale: base.Stream
    invitation: MessageQueued | None


class StepOut(Out):
    """One step: whose it is, whether it is permitted now, and if not, which articles stand against it."""

    model_config = example(**_STEP)

    step: str
    duty: str
    permitted: bool
    findings: list[FindingOut]


class SaleOut(Out):
    """Where a sale stands, folded from its records. ``done`` maps acts to instants and counts confirmed items."""

    model_config = example(
        sale=EXAMPLE_SALE,
        investor=EXAMPLE_INVESTOR,
        product=EXAMPLE_PRODUCT,
        amount={"amount": "1000000.00", "currency": "CNY"},
        status="cooling_off_or_visit",
        done={"opened": EXAMPLE_INSTANT, "items_confirmed": 13},
        next=[_STEP],
        cooling_off=_COOLING,
        at=EXAMPLE_INSTANT,
    )

    sale: base.Stream
    investor: base.Stream
    product: base.Stream
    amount: MoneyOut | None
    status: Literal["in_procedure", "cooling_off_or_visit", "effective", "rescinded"]
    done: dict[str, str | int]
    next: list[StepOut]
    cooling_off: Interval | None
    at: str


class ActorOut(Out):
    """Who did it: a pseudonymous id and a duty."""

    model_config = example(id="7d" * 16, role="sales")

    id: str
    role: str


class TimelineItem(Out):
    """One record of the sale."""

    model_config = example(**_TIME_ITEM)

    at: str
    type: str
    title: Words
    actor: ActorOut
    record: base.Leaf


class Timeline(Out):
    """Every record of the sale in order."""

    model_config = example(sale=EXAMPLE_SALE, items=[_TIME_ITEM])

    sale: base.Stream
    items: list[TimelineItem]


class Matched(Recorded):
    """The suitability match and the opinion that the investor is to acknowledge."""

    model_config = example(
        record=EXAMPLE_LEAF,
        tolerance="C4",
        lowest=False,
        risk_level="R4",
        outcome="match",
        opinion={"zh": "两者匹配。", "en": "They match."},
        opinion_sha256=EXAMPLE_SHA256,
        decision=EXAMPLE_LEAF,
    )

    tolerance: Tolerance | Literal["professional"]
    lowest: bool
    risk_level: str
    outcome: str
    opinion: Words
    opinion_sha256: str
    decision: base.Leaf = Field(description="receipt of the decision that stood then")


class Acknowledged(Recorded):
    """The opinion was read."""

    model_config = example(record=EXAMPLE_LEAF, acknowledged_at=EXAMPLE_INSTANT)

    acknowledged_at: str


class Item(Out):
    """One statement item and the digest that a confirmation must repeat."""

    model_config = example(**_ITEM)

    item: int
    zh: str
    en: str
    text_sha256: str


class Disclosed(Recorded):
    """The risk disclosure that was made for this sale, and its items."""

    model_config = example(record=EXAMPLE_LEAF, document={"sha256": EXAMPLE_SHA256, "bytes": 61234}, items=[_ITEM])

    document: DocumentOut
    items: list[Item]


class ItemConfirmation(Wire):
    """The digest of the text that was shown for this item."""

    model_config = example(text_sha256=EXAMPLE_SHA256)

    text_sha256: base.Sha256


class ItemConfirmed(Recorded):
    """One item confirmed."""

    model_config = example(record=EXAMPLE_LEAF, item=1, confirmed_at=EXAMPLE_INSTANT)

    item: int
    confirmed_at: str


class Qualification(Wire):
    """The certification that this sale rests on."""

    model_config = example(certification=EXAMPLE_LEAF)

    certification: base.Leaf


class Confirmed(Recorded):
    """Qualification confirmed."""

    model_config = example(record=EXAMPLE_LEAF, confirmed_at=EXAMPLE_INSTANT, decision=EXAMPLE_LEAF)

    confirmed_at: str
    decision: base.Leaf = Field(description="receipt of the decision on proof")


class DocumentName(Out):
    """A document by its digest."""

    model_config = example(sha256=EXAMPLE_SHA256)

    sha256: str


class Completed(Recorded):
    """All parties have signed."""

    model_config = example(record=EXAMPLE_LEAF, completed_at=EXAMPLE_INSTANT, document={"sha256": EXAMPLE_SHA256})

    completed_at: str
    document: DocumentName


class Payment(Wire):
    """Money that has arrived. ``occurred_at`` is when it did, if that was earlier."""

    model_config = example(
        amount="1010000.00",
        currency="CNY",
        payer_is_investor=True,
        payer_account="622200000000000001",
        account="110900000000001",
        slip="20260302-000017",
        occurred_at="2026-03-02T01:30:00Z",
    )

    amount: base.Amount
    currency: base.Currency
    payer_is_investor: Flag
    payer_account: Annotated[str, StringConstraints(pattern=base.ACCOUNT)]
    account: Annotated[str, StringConstraints(pattern=base.ACCOUNT)]
    slip: Name
    occurred_at: base.Instant | None = None


class Paid(Recorded):
    """Payment recorded; cooling-off runs when the contract is complete too."""

    model_config = example(record=EXAMPLE_LEAF, cooling_off=_COOLING)

    cooling_off: Interval | None


class Contact(Wire):
    """A contact with the investor, asked for before it is made."""

    model_config = example(channel="telephone", direction="outbound", purpose="service")

    channel: Word
    direction: Literal["inbound", "outbound"]
    purpose: Word


class Visit(Wire):
    """The return visit: eight answers, not led."""

    model_config = example(
        answers={str(n): True for n in range(1, 9)}, leading=False, channel="recorded_telephone", script="visit/1"
    )

    answers: Annotated[
        dict[Annotated[str, StringConstraints(pattern=base.QUESTION)], Flag], Field(min_length=1, max_length=50)
    ]
    leading: Flag
    channel: Word
    script: Name


class Visited(Recorded):
    """The visit; with success the sale is effective."""

    model_config = example(record=EXAMPLE_LEAF, successful=True, effective_at="2026-03-03T01:31:00.000000Z")

    successful: bool
    effective_at: str | None


class Rescission(Wire):
    """Why the investor steps back; no reason is a good reason."""

    model_config = example(reason="不想买了")

    reason: Sentence


class Rescinded(Recorded):
    """Rescinded; the refund is owed at once."""

    model_config = example(
        record=EXAMPLE_LEAF, rescinded_at=EXAMPLE_INSTANT, refund={"amount": "1010000.00", "currency": "CNY"}
    )

    rescinded_at: str
    refund: MoneyOut | None
