"""A page's session: a link opens it, a one-time code makes it more than that. No script can read it.

A link that was forwarded or photographed shows nothing: until a code has come to the registered mobile and was typed
into this very browser, the session can only ask for one.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from ledger.domain.actors import Actor, Role
from ledger.domain.instants import from_text, to_text
from ledger.errors import ForbiddenError
from ledger.services import links
from ledger.services.ledger import Ledger
from verifier import canonical

LIFE = timedelta(hours=12)
MAX_TOKEN = 1024
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
    body = canonical.encode(
        {"expires_at": to_text(session.expires_at), "investor": session.actor.id, "verified": session.verified}
    )
    return f"{_b64(body)}.{_b64(ledger.secrets.mac(_PURPOSE, body))}"


def resume(ledger: Ledger, kept: str) -> Session:
    """Read a session back; `ForbiddenError` when it is forged, malformed or over."""
    over = ForbiddenError("this session is over: open your link again", "会话已结束，请重新打开您的专属链接")
    parts = kept.split(".")
    if len(kept) > MAX_TOKEN or len(parts) != 2:  # noqa: PLR2004 - body.mac
        raise over
    try:
        body, mac = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    except (binascii.Error, ValueError) as error:
        raise over from error
    if not compare_digest(mac, ledger.secrets.mac(_PURPOSE, body)):
        raise over
    claim = json.loads(body)
    expires = from_text(claim["expires_at"])
    if ledger.clock.now() >= expires:
        raise over
    return Session(Actor(claim["investor"], Role.INVESTOR), claim["verified"], expires)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
