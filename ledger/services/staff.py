"""The staff register: who holds the fund qualification (募集 art. 4), recorded by an administrator."""

from datetime import datetime

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.ports.store import Transaction
from ledger.services.ledger import SYSTEM, Ledger


def qualify(
    ledger: Ledger, tx: Transaction, actor: Actor, *, staff: str, certificate: str, valid_until: datetime
) -> dict[str, Value]:
    """Record a staff member's qualification; a renewed one is a second record."""
    now = ledger.clock.now()
    registers = tx.streams(Stream.STAFF, limit=1)
    register = registers[0] if registers else tx.create(Stream.STAFF)
    fields: dict[str, Value] = {"staff": staff, "certificate": certificate, "valid_until": to_text(valid_until)}
    by = actor if actor.role is Role.ADMIN else SYSTEM
    (event,) = tx.append([Draft("staff.qualified", register, register, by, now, fields)], now)
    return {"record": event.leaf, "staff": staff, "valid_until": to_text(valid_until)}
