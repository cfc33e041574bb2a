"""A page's session: a link opens it, a one-time code makes it more than that. No script can read it.

A link that was forwarded or photographed shows nothing: until a code has come to the registered mobile and was typed
into this very browser, the session can only ask for one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import ForbiddenError
from ledger.ports.store import Reader
from ledger.services import links, tokens
from ledger.services.ledger import Ledger

LIFE = timedelta(hours=12)
BRANCH_LIFE = timedelta(minutes=30)
"""On a terminal that the next person will use."""

BRANCH = "branch"
UNNAMED = "web"
"""The channel of a page whose link names none: some browser."""

_PURPOSE = "investor-session"


@dataclass(frozen=True, slots=True)
class Session:
    """Whose it is, until when, and whether a code was typed in this browser."""

    actor: Actor
    verified: bool
    expires_at: datetime
    return_to: str = ""
    state: str = ""
    id: str = ""

    @property
    def channel(self) -> str:
        """Through what the investor came, as the link said."""
        return self.actor.channel

    def prolonged(self, at: datetime) -> "Session":
        """Return the session as if it had begun now."""
        return replace(self, expires_at=at + life_of(self.channel))


def life_of(channel: str) -> timedelta:
    """Return how long a session of this channel lasts."""
    return BRANCH_LIFE if channel == BRANCH else LIFE


def begin(ledger: Ledger, link: str) -> Session:
    """Open a session with a link, on a branch's terminal a short one; `ForbiddenError` for a forged or expired link."""
    now = ledger.clock.now()
    opened = links.read(ledger, link, now)
    channel = opened.channel or UNNAMED
    return Session(
        replace(opened.actor, channel=channel),
        verified=False,
        expires_at=now + life_of(channel),
        return_to=opened.return_to,
        state=opened.state,
    )


def handover(ledger: Ledger, reader: Reader, session: Session) -> dict[str, Value]:
    """Return a link for the same person's other browser: short, of no channel, and useless without a new code there."""
    until = ledger.clock.now() + links.HANDOVER
    said = links.claims(reader, session.actor.id, until, links.Terms(person=session.actor.person or ""))
    return {"investor": session.actor.id, "token": links.mint(ledger, said), "expires_at": to_text(until)}


def token(ledger: Ledger, session: Session) -> str:
    """Write a session as the bearer of it keeps it."""
    claim: dict[str, Value] = {
        "investor": session.actor.id,
        "verified": session.verified,
        "channel": session.channel,
        "return_to": session.return_to,
        "state": session.state,
        "id": session.id,
        **({} if session.actor.person is None else {"person": session.actor.person}),
    }
    return tokens.write(ledger, _PURPOSE, claim, session.expires_at)


def resume(ledger: Ledger, kept: str) -> Session:
    """Read a session back; `ForbiddenError` when it is forged, malformed or over."""
    claim, expires = tokens.read(ledger, _PURPOSE, kept)
    actor = Actor(claim["investor"], Role.INVESTOR, claim.get("person"), claim["channel"])
    return Session(actor, claim["verified"], expires, claim["return_to"], claim["state"], claim["id"])


def end(ledger: Ledger, kept: str | None) -> None:
    """End a session: no copy of it is good any more."""
    if kept is not None:
        tokens.end(ledger, _PURPOSE, kept)


def channel_of(ledger: Ledger, kept: str | None) -> str:
    """Return the channel of a kept session; nothing for none, or one that is over."""
    try:
        return "" if kept is None else resume(ledger, kept).channel
    except ForbiddenError:
        return ""
