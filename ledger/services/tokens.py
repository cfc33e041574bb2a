"""What a browser keeps for us and cannot change: a claim with its MAC, good until an instant or until it is ended."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any

from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ForbiddenError
from ledger.services.ledger import Ledger
from verifier import canonical

MAX_TOKEN = 1024


def write(ledger: Ledger, purpose: str, claim: Mapping[str, Value], expires_at: datetime) -> str:
    """Write a claim as ``body.mac``; another purpose has another key."""
    body = canonical.encode(
        {**claim, "id": claim.get("id") or secrets.token_hex(16), "expires_at": to_text(expires_at)}
    )
    return f"{_b64(body)}.{_b64(ledger.secrets.mac(purpose, body))}"


def read(ledger: Ledger, purpose: str, token: str) -> tuple[dict[str, Any], datetime]:
    """Return the claim and when it ends; `ForbiddenError` when it is forged, malformed, over or ended."""
    over = ForbiddenError("this session is over: open your link again", "会话已结束，请重新打开您的专属链接")
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 2:  # noqa: PLR2004 - body.mac
        raise over
    try:
        body, mac = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    except (binascii.Error, ValueError) as error:
        raise over from error
    if not compare_digest(mac, ledger.secrets.mac(purpose, body)):
        raise over
    claim: dict[str, Any] = json.loads(body)
    expires = from_text(claim.pop("expires_at"))
    now = ledger.clock.now()
    with ledger.store.snapshot() as reader:
        if now >= expires or reader.is_pending(_ended(claim["id"]), now):
            raise over
    return claim, expires


def end(ledger: Ledger, purpose: str, token: str) -> None:
    """End a token for good, wherever a copy of it is kept; one that is over or forged needs no end."""
    try:
        claim, expires = read(ledger, purpose, token)
    except ForbiddenError:
        return
    with ledger.store.transaction() as tx:
        tx.put_pending(_ended(claim["id"]), b"", expires)


def _ended(session: str) -> str:
    return f"ended-session {session}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
