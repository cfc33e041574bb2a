"""Messages to investors between being decided on and being handed to the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.domain.events import Value

WAITING, SENDING = "waiting", "sending"


@dataclass(frozen=True, slots=True)
class Queued:
    """One message. ``id`` (64 hex) is what the gateway knows it by; ``stream`` the sale's, or the investor's.

    ``body`` is what the words are made of when it goes out: neither a telephone number nor a link's token. It is
    encrypted at rest, and gone when the message has ended.
    """

    id: str
    stream: str
    due_at: datetime
    state: str = WAITING
    attempts: int = 0
    body: Mapping[str, Value] = field(default_factory=dict)


class MessageQueue(Protocol):
    """Part of a transaction, so that a message is queued, taken and ended together with the record that says so."""

    def queue_message(self, message: Queued) -> None:
        """Queue a message in this commit."""
        ...

    def due_message(self, at: datetime) -> Queued | None:
        """Return the message that waits longest of those due, if any."""
        ...

    def move_message(self, message_id: str, *, state: str, due_at: datetime, attempts: int) -> None:
        """Note how far a message has come; any state but waiting and sending ends it. `NotFoundError`."""
        ...
