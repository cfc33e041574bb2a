"""Signed, expiring links: one investor, nothing else. The token is the bearer's only credential.

An institution has no link of its own: each belongs to the person who acts for it.
"""

import base64
import binascii
import json
from datetime import datetime, timedelta
from hmac import compare_digest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ConflictError, ForbiddenError, NotFoundError
from ledger.ports.store import Transaction
from ledger.services import acting
from ledger.services.guard import investor_of
from ledger.services.ledger import Ledger
from verifier import canonical

LIFE = timedelta(days=7)
PREFIX = "pfl-link."
MAX_TOKEN = 1024


def issue(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Return a bearer token that acts as this investor for seven days."""
    del actor  # any duty that the route lets in; the token itself acts as the investor
    if investor_of(tx, stream).kind == acting.INSTITUTION:
        raise ConflictError(
            "an institution acts through people: issue the link for one of its representatives",
            "机构通过代表人办理：请为其代表人签发链接",
        )
    return _issued(ledger, {"investor": stream})


def issue_for(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, representative: str) -> dict[str, Value]:
    """Return a bearer token that acts for an institution as this person, for seven days."""
    del actor
    if representative not in acting.representation_of(tx, stream).people:
        raise NotFoundError("nobody of this name acts for the institution: name them first", "该机构没有此代表人")
    return _issued(ledger, {"investor": stream, "person": representative})


def _issued(ledger: Ledger, whose: dict[str, str]) -> dict[str, Value]:
    expires = to_text(ledger.clock.now() + LIFE)
    body = canonical.encode({"expires_at": expires, **whose})
    token = PREFIX + _b64(body) + "." + _b64(ledger.secrets.mac("investor-link", body))
    return {"investor": whose["investor"], "token": token, "expires_at": expires}


def open_link(ledger: Ledger, token: str, at: datetime) -> Actor:
    """Return the investor a token speaks for; `ForbiddenError` when forged, malformed or expired."""
    refused = ForbiddenError("the link is not valid or has expired: ask for a new one", "链接无效或已过期，请重新获取")
    parts = token.removeprefix(PREFIX).split(".")
    if not token.startswith(PREFIX) or len(token) > MAX_TOKEN or len(parts) != 2:  # noqa: PLR2004 - body.mac
        raise refused
    try:
        body, mac = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    except (binascii.Error, ValueError) as error:
        raise refused from error
    if not compare_digest(mac, ledger.secrets.mac("investor-link", body)):
        raise refused
    claim = json.loads(body)
    if at >= from_text(claim["expires_at"]):
        raise refused
    return Actor(claim["investor"], Role.INVESTOR, claim.get("person"))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
