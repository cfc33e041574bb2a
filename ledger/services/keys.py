"""Local API keys: one duty each, issued by an administrator, the appointment itself a record."""

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError
from ledger.ports.access import ApiKey
from ledger.ports.store import Transaction
from ledger.services.ledger import SYSTEM, Ledger

_NOT_STAFF = frozenset({Role.INVESTOR, Role.SYSTEM})


def issue(ledger: Ledger, tx: Transaction, actor: Actor, *, duty: str, label: str) -> dict[str, Value]:
    """Make a key for a new staff member; the secret is shown this once."""
    role = Role(duty)
    if role in _NOT_STAFF:
        raise CallerError("investors come by link and the system needs no key", "投资者通过链接访问，系统无需密钥")
    now = ledger.clock.now()
    key, secret = ledger.keys.issue(role=role, label=label, at=now)
    fields: dict[str, Value] = {"staff": key.actor.id, "role": role.value}
    by = actor if actor.role is Role.ADMIN else SYSTEM
    tx.append([Draft("staff.appointed", ledger.operator, ledger.operator, by, now, fields)], now)
    return {**wire(key), "secret": secret}


def index(ledger: Ledger) -> dict[str, Value]:
    """List all keys without their secrets."""
    items: list[Value] = [wire(key) for key in ledger.keys.index()]
    return {"items": items, "next": None}


def revoke(ledger: Ledger, *, key_id: str) -> dict[str, Value]:
    """End a key at once."""
    return wire(ledger.keys.revoke(key_id, ledger.clock.now()))


def wire(key: ApiKey) -> dict[str, Value]:
    """Return a key's wire form."""
    return {
        "key": key.id,
        "label": key.label,
        "staff": key.actor.id,
        "duty": key.actor.role.value,
        "issued_at": to_text(key.issued_at),
        "revoked_at": None if key.revoked_at is None else to_text(key.revoked_at),
    }
