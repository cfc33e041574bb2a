"""Wire models of what goes out to investors: links with what they say, invitations, reminders."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_INVESTOR, EXAMPLE_LEAF, EXAMPLE_SALE, Out, Wire, example
from api.schemas.common import Recorded
from ledger.services.links import Terms
from ledger.services.returns import MAX_ADDRESS, MAX_STATE

_MESSAGE = "6e" * 32
_ITEM = {
    "message": _MESSAGE,
    "about": "items",
    "medium": "sms",
    "language": "zh",
    "queued_at": EXAMPLE_INSTANT,
    "queued_by": "sales",
    "outcome": "delivered",
    "ended_at": EXAMPLE_INSTANT,
}


class LinkTerms(Wire):
    """What a link says besides whose it is, under its signature. The way back must be on the operator's list."""

    model_config = example(channel="app", return_to="https://app.example/funds/done", state="r-20260302-17")

    channel: Literal["app", "branch", "pc", "web", "wechat"] | None = Field(
        default=None, description="through which channel the link goes out; recorded with what the investor does"
    )
    return_to: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ADDRESS)] | None = Field(
        default=None, description="where the page leads back to, within PFL_EMBEDDERS or PFL_RETURN_TO"
    )
    state: Annotated[str, StringConstraints(max_length=MAX_STATE, pattern=r"^[A-Za-z0-9._~\-]*$")] | None = Field(
        default=None, description="opaque to us; comes back with `return_to`"
    )

    def terms(self, allowed: tuple[str, ...]) -> Terms:
        """Return the service's form."""
        return Terms(self.channel or "", self.return_to or "", self.state or "", allowed)


PLAIN = LinkTerms()


class Invitation(LinkTerms):
    """In which language the investor is told that something waits, and what the link in it says."""

    model_config = example(language="zh", channel="app", return_to="https://app.example/funds/done", state="r-17")

    language: Literal["zh", "en"] = "zh"
    representative: base.Leaf | None = Field(default=None, description="who acts for an institution")

    def terms(self, allowed: tuple[str, ...]) -> Terms:
        """Return the service's form, with the person to whom the message goes."""
        return replace(super().terms(allowed), person=self.representative or "")


class Reminder(Invitation):
    """What to remind of: the step at hand when nothing is said, or something that ends soon."""

    model_config = example(language="zh", about="certification_ending")

    about: base.Word | None = None


class MessageQueued(Recorded):
    """The message is queued; its link is good until then. Neither number nor link is in the record."""

    model_config = example(record=EXAMPLE_LEAF, message=_MESSAGE, about="items", link_expires_at=EXAMPLE_INSTANT)

    message: str
    about: str
    link_expires_at: str


class MessageItem(Out):
    """One message. ``outcome``: delivered, barred, needless, unconfirmed, or not yet."""

    model_config = example(**_ITEM)

    message: str
    about: str
    medium: str
    language: str
    queued_at: str
    queued_by: str
    outcome: Literal["delivered", "barred", "needless", "unconfirmed"] | None
    ended_at: str | None


class Messages(Out):
    """A sale's messages, oldest first."""

    model_config = example(sale=EXAMPLE_SALE, items=[_ITEM])

    sale: base.Stream
    items: list[MessageItem]


class Handover(Out):
    """A link for the same person's other browser, good for a quarter of an hour; a new code is asked there."""

    model_config = example(
        investor=EXAMPLE_INVESTOR, address="https://fund.example/sign#pfl-link.eyJ…", expires_at=EXAMPLE_INSTANT
    )

    investor: base.Stream
    address: str
    expires_at: str


class DevelopmentMessages(Out):
    """The newest messages of the development outbox."""

    model_config = example(messages=["【示范】您有一项业务需本人办理。…"], stand_in="development outbox")

    messages: list[str]
    stand_in: str
