"""A session of the console: an API key opens it and stays behind. No script can read it; a revoked key ends it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import ForbiddenError
from ledger.ports.store import Reader
from ledger.services import tokens
from ledger.services.ledger import Ledger

LIFE = timedelta(hours=8)
DUTIES = frozenset({Role.COMPLIANCE, Role.AUDITOR})
_PURPOSE = "console-session"


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """Whose key it was (by the key's id, never its secret), and until when."""

    key: str
    actor: Actor
    expires_at: datetime


def begin(ledger: Ledger, secret: str) -> ConsoleSession:
    """Exchange an API key for a session of eight hours; `ForbiddenError` for a dead key or another duty's."""
    key = ledger.keys.find(secret)
    if key.actor.role not in DUTIES:
        needed = sorted(role.value for role in DUTIES)
        raise ForbiddenError(
            f"the console needs the duty {' or '.join(needed)}; your key has the duty {key.actor.role}",
            f"合规控制台仅供以下职责使用：{'、'.join(needed)}；当前密钥的职责为 {key.actor.role}",
            needed=needed,
            held=key.actor.role.value,
        )
    return ConsoleSession(key.id, key.actor, ledger.clock.now() + LIFE)


def token(ledger: Ledger, session: ConsoleSession) -> str:
    """Write a session as the browser keeps it."""
    return tokens.write(ledger, _PURPOSE, {"key": session.key}, session.expires_at)


def resume(ledger: Ledger, kept: str) -> ConsoleSession:
    """Read a session back; `ForbiddenError` when it is forged or over, or its key was revoked since."""
    claim, expires = tokens.read(ledger, _PURPOSE, kept)
    key = ledger.keys.live(claim["key"])
    return ConsoleSession(key.id, key.actor, expires)


def end(ledger: Ledger, kept: str | None) -> None:
    """End a session: no copy of it is good any more."""
    if kept is not None:
        tokens.end(ledger, _PURPOSE, kept)


def show(ledger: Ledger, reader: Reader, actor: Actor) -> dict[str, Value]:
    """Tell who works at the console, at which institution, by which clock."""
    del reader
    return {
        "staff": actor.id,
        "duty": actor.role.value,
        "institution": ledger.institution,
        "at": to_text(ledger.clock.now()),
        "stand_ins": [*ledger.stand_ins],
    }
