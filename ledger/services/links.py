"""Signed, expiring links: one investor, nothing else. The token is the bearer's only credential.

An institution has no link of its own: each belongs to the person who acts for it. A link may say through which channel
it goes out and where its page leads back to: under the signature, so nothing that a browser sends can set them, be it a
query or the name of a user agent.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ConflictError, ForbiddenError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services import acting, returns
from ledger.services.guard import investor_of
from ledger.services.ledger import Ledger
from verifier import canonical

LIFE = timedelta(days=7)
HANDOVER = timedelta(minutes=15)
"""How long a link is good that a page makes for the same person's other device."""

PREFIX = "pfl-link."
MAX_TOKEN = 1024


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link is to say besides whose it is; empty says nothing. ``allowed``: where it may lead back to.

    ``person`` acts for an institution, by the leaf that names them.
    """

    channel: str = ""
    return_to: str = ""
    state: str = ""
    allowed: tuple[str, ...] = ()
    person: str = ""

    def said(self) -> dict[str, Value]:
        """Return what of it stands in the link."""
        terms = {"channel": self.channel, "return_to": self.return_to, "state": self.state, "person": self.person}
        return {name: value for name, value in terms.items() if value}


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class Link:
    """What an opened link says. ``channel`` is empty where the link names none."""

    actor: Actor
    channel: str = ""
    return_to: str = ""
    state: str = ""


def issue(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, terms: Terms = PLAIN) -> dict[str, Value]:
    """Return a bearer token that acts as this investor for seven days."""
    del actor  # any duty that the route lets in; the token itself acts as the investor
    said = claims(tx, stream, ledger.clock.now() + LIFE, terms)
    return {"investor": stream, "token": mint(ledger, said), "expires_at": said["expires_at"]}


def issue_for(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, representative: str, terms: Terms = PLAIN
) -> dict[str, Value]:
    """Return a bearer token that acts for an institution as this person, for seven days."""
    return issue(ledger, tx, actor, stream=stream, terms=replace(terms, person=representative))


def claims(reader: Reader, investor: str, expires_at: datetime, terms: Terms) -> dict[str, Value]:
    """Return what a link will say, not yet signed; `CallerError` for a way back that is not allowed."""
    if terms.person:
        if terms.person not in acting.representation_of(reader, investor).people:
            raise NotFoundError("nobody of this name acts for the institution: name them first", "该机构没有此代表人")
    elif investor_of(reader, investor).kind == acting.INSTITUTION:
        raise ConflictError(
            "an institution acts through people: issue the link for one of its representatives",
            "机构通过代表人办理：请为其代表人签发链接",
        )
    if terms.return_to:
        returns.require(terms.return_to, terms.allowed)
    return {"expires_at": to_text(expires_at), "investor": investor, **terms.said()}


def mint(ledger: Ledger, said: Mapping[str, Value]) -> str:
    """Sign what a link says: the same claims give the same token, so none needs to be kept."""
    body = canonical.encode(dict(said))
    return PREFIX + _b64(body) + "." + _b64(ledger.secrets.mac("investor-link", body))


def open_link(ledger: Ledger, token: str, at: datetime) -> Actor:
    """Return the investor a token speaks for; `ForbiddenError` when forged, malformed or expired."""
    return read(ledger, token, at).actor


def read(ledger: Ledger, token: str, at: datetime) -> Link:
    """Return what a token says; `ForbiddenError` when forged, malformed or expired."""
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
    said = {name: str(claim.get(name, "")) for name in ("channel", "return_to", "state")}
    return Link(Actor(claim["investor"], Role.INVESTOR, claim.get("person"), said["channel"]), **said)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
