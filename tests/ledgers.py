"""Build the parts that storage and anchoring tests need, in a directory."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from ledger.documents.directory import DirectoryDocuments
from ledger.domain.catalogue import Stream
from ledger.domain.events import Event
from ledger.rules import Rules, load
from ledger.services.witnessing import Witnessing
from ledger.storage.keys import MasterKey
from ledger.storage.log import SqlLog, open_log
from ledger.storage.store import SqlStore, open_store
from tests.fakes import (
    LOG_KEY,
    ORIGIN,
    FakeAnchor,
    FakeClock,
    FakeSecrets,
    FakeTimestampAuthority,
    notified,
    registered,
)

MASTER = MasterKey(b"m" * 32)


@dataclass
class Parts:
    """What anchoring and fsck take: real store, log and documents, a chain in memory (or another, as a test likes)."""

    store: SqlStore
    log: SqlLog
    documents: DirectoryDocuments
    anchor: Any = field(default_factory=FakeAnchor)
    clock: FakeClock = field(default_factory=FakeClock)
    tsa: FakeTimestampAuthority | None = field(default_factory=FakeTimestampAuthority)
    authorities: tuple[Any, ...] = ()
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    witnessing: Witnessing | None = None
    rules: Rules = field(default_factory=cache(load))

    def investor(self, records: int = 1) -> str:
        """Make an investor with this many records."""
        with self.store.transaction() as tx:
            stream = tx.create(Stream.INVESTOR)
            now = self.clock.now()
            tx.append([registered(stream, now), *(notified(stream, now) for _ in range(records - 1))], now)
        return stream

    def append(self, stream: str, records: int = 1) -> tuple[Event, ...]:
        """Append small records."""
        with self.store.transaction() as tx:
            return tx.append([notified(stream, self.clock.now()) for _ in range(records)], self.clock.now())


def flip(store: SqlStore, table: str, column: str, where: str, byte: int = 9) -> None:
    """Change one byte behind the ledger's back, past its triggers."""
    with store.writing() as connection:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
        for key, old in connection.execute(text(f"SELECT rowid, {column} FROM {table} WHERE {where}")).all():
            new: bytes | str
            if isinstance(old, bytes):
                new = old[:byte] + bytes([old[byte] ^ 1]) + old[byte + 1 :]
            else:
                new = old[:byte] + ("1" if old[byte] != "1" else "2") + old[byte + 1 :]
            connection.execute(text(f"UPDATE {table} SET {column} = :new WHERE rowid = :key"), {"new": new, "key": key})


def open_parts(root: Path, anchor: FakeAnchor | None = None, clock: FakeClock | None = None) -> Parts:
    """Open (again) everything under ``root``; the chain and the clock may be handed over."""
    store = open_store(root / "ledger.sqlite", master=MASTER)
    return Parts(
        store,
        open_log(store, origin=ORIGIN, signer=LOG_KEY),
        DirectoryDocuments(root / "documents", store),
        anchor or FakeAnchor(),
        clock or FakeClock(),
    )
