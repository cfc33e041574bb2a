"""A page's session: a link opens it, a one-time code makes it more than that. No script can read it.

A link that was forwarded or photographed shows nothing: until a code has come to the registered mobile and was typed
into this very browser, the session can only ask for one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.services import links, tokens
from ledger.services.ledger import Ledger

LIFE = timedelta(hours=12)
_PURPOSE = "investor-session"


@dataclass(frozen=True, slots=True)
class Session:
    """Whose it is, until when, and whether a code was typed in this browser."""

    actor: Actor
    verified: bool
    expires_at: datetime


def begin(ledger: Ledger, link: str) -> Session:
    """Open a session of twelve hours with a link; `ForbiddenError` when the link is forged or expired."""
    now = ledger.clock.now()
    return Session(links.open_link(ledger, link, now), verified=False, expires_at=now + LIFE)


def token(ledger: Ledger, session: Session) -> str:
    """Write a session as the bearer of it keeps it."""
    whose: dict[str, Value] = {"investor": session.actor.id, "verified": session.verified}
    claim = whose if session.actor.person is None else {**whose, "person": session.actor.person}
    return tokens.write(ledger, _PURPOSE, claim, session.expires_at)


def resume(ledger: Ledger, kept: str) -> Session:
    """Read a session back; `ForbiddenError` when it is forged, malformed or over."""
    claim, expires = tokens.read(ledger, _PURPOSE, kept)
    return Session(Actor(claim["investor"], Role.INVESTOR, claim.get("person")), claim["verified"], expires)
