"""Development only: advance the simulated clock, read the one-time-code outbox. Absent unless configured."""

from typing import Protocol, runtime_checkable

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import NotFoundError
from ledger.ports.store import Transaction
from ledger.services import delivery
from ledger.services.ledger import Ledger

NOTICE = "simulated clock: this passage of time did not take place"


@runtime_checkable
class Adjustable(Protocol):
    """A clock that a development setup may advance."""

    def advance(self, seconds: int) -> None:
        """Move the present forward."""
        ...


@runtime_checkable
class Readable(Protocol):
    """An outbox whose messages a development setup may read."""

    def latest(self, subject: str) -> str:
        """Return the last code for a subject; `NotFoundError`."""
        ...

    def texts(self, subject: str) -> tuple[str, ...]:
        """Return a subject's newest messages."""
        ...


def advance_clock(ledger: Ledger, tx: Transaction, actor: Actor, *, seconds: int) -> dict[str, Value]:
    """Advance the simulated clock and record that it was done, so that the evidence says so."""
    clock = ledger.clock
    if not clock.simulated or not isinstance(clock, Adjustable):
        raise NotFoundError("the clock is real: it cannot be advanced", "当前为真实时钟，不能调整")
    before = clock.now()
    clock.advance(seconds)
    after = clock.now()
    fields: dict[str, Value] = {
        "from": to_text(before),
        "to": to_text(after),
        "seconds": seconds,
        "notice": NOTICE,
    }
    tx.append([Draft("clock.advanced", ledger.operator, ledger.operator, actor, after, fields)], after)
    return {"now": to_text(after), "notice": NOTICE}


def read_code(ledger: Ledger, *, subject: str) -> dict[str, Value]:
    """Return the last one-time code of the development outbox."""
    if not ledger.codes.stand_in or not isinstance(ledger.codes, Readable):
        raise NotFoundError("one-time codes go to a real gateway here", "验证码由真实网关发送")
    return {"code": ledger.codes.latest(subject), "stand_in": "development outbox"}


def read_messages(ledger: Ledger, *, subject: str) -> dict[str, Value]:
    """Return the newest messages of the development outbox; whatever is due is delivered first."""
    if not ledger.codes.stand_in or not isinstance(ledger.codes, Readable):
        raise NotFoundError("messages go to a real gateway here", "消息由真实网关发送")
    while delivery.deliver_next(ledger) is not None:
        pass
    return {"messages": [*ledger.codes.texts(subject)], "stand_in": "development outbox"}
