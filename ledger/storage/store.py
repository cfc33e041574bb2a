"""The record store on SQLAlchemy (`ledger.ports.store.Store`, `ledger.ports.keys.SubjectKeys`)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, insert, select, update

from ledger.errors import ConfigurationError, IntegrityError, NotFoundError
from ledger.storage.database import WRITER, open_engine, translated
from ledger.storage.event_cache import EventCache
from ledger.storage.keys import MasterKey
from ledger.storage.reader import SqlReader
from ledger.storage.schema import settings, streams, subject_keys
from ledger.storage.sealed import unwrap_subject_key
from ledger.storage.transaction import SqlTransaction
from ledger.storage.watch import Watch

_CHECK: Final = b"pfl master key"


class SqlStore:
    """One database. Threads and processes may share it; writers queue."""

    def __init__(self, engine: Engine, master: MasterKey) -> None:
        """Use `open_store`."""
        self._engine = engine
        self.master = master
        self._events = EventCache()
        self._watch = Watch(engine)
        self._turn = threading.Lock()  # writers of this process queue here, cheaply; others' in the database
        self._open: ContextVar[Connection | None] = ContextVar("open_transaction", default=None)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin an exclusive transaction; commit on a clean exit, roll back on an exception."""
        if self._open.get() is not None:
            raise RuntimeError("a transaction is open already in this context: pass it on instead of opening another")
        with self.writing() as connection:
            yield SqlTransaction(connection, self.master, self._events)

    @contextmanager
    def snapshot(self) -> Iterator[SqlReader]:
        """Open a read-only consistent view; inside a transaction, the transaction's own view."""
        before = self.mark()
        with self.reading() as connection:
            yield SqlReader(connection, self.master, self._events, lambda: before if self.mark() == before else None)

    def mark(self) -> object:
        """Name what is committed; inside a transaction, whose view is its own, never the same name."""
        return self._watch.mark() if self._open.get() is None else object()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Join the transaction open in this context, or begin one (for the other tables of this database)."""
        joined = self._open.get()
        if joined is not None:
            yield joined
            return
        with self._turn, translated(), self._engine.connect() as fresh:
            connection = fresh.execution_options(**{WRITER: True})
            with connection.begin():
                mark = self._open.set(connection)
                try:
                    yield connection
                finally:
                    self._open.reset(mark)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Join the transaction open in this context, or open a consistent view."""
        joined = self._open.get()
        if joined is not None:
            yield joined
            return
        with translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    def subject_key(self, stream: str) -> bytes:
        """Return a subject's key; `NotFoundError` for an unknown stream or a destroyed key."""
        wanted = (
            select(subject_keys.c.wrapped)
            .join(streams, streams.c.number == subject_keys.c.stream)
            .where(streams.c.stream == stream)
        )
        with self.reading() as connection:
            wrapped = connection.execute(wanted).scalar_one_or_none()
        if wrapped is None:
            raise NotFoundError("this stream has no key: it is unknown, or its key was destroyed", stream=stream[:64])
        return unwrap_subject_key(self.master, stream, wrapped)

    def destroy_subject_key(self, stream: str) -> None:
        """Forget a subject: overwrite the key in the database and empty the write-ahead log that still holds it."""
        number = select(streams.c.number).where(streams.c.stream == stream).scalar_subquery()
        with self.writing() as connection:
            done = connection.execute(update(subject_keys).where(subject_keys.c.stream == number).values(wrapped=None))
            if not done.rowcount:
                raise NotFoundError("there is no such stream", "没有此记录流", stream=stream[:64])
        self._events.clear()
        self.empty_journal()

    def empty_journal(self) -> None:
        """Move SQLite's write-ahead log into the file and truncate it; elsewhere, and inside a transaction, nothing."""
        if self._engine.dialect.name != "sqlite" or self._open.get() is not None:
            return
        driver = self._engine.raw_connection()
        try:
            driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            driver.close()

    def close(self) -> None:
        """Give all connections back."""
        self._watch.close()
        self._engine.dispose()


def open_store(path: Path | str, *, master: MasterKey) -> SqlStore:
    """Open or make the database and check that the master key is its own; `ConfigurationError` names the fix."""
    store = SqlStore(open_engine(path), master)
    try:
        _check_master(store)
    except BaseException:
        store.close()
        raise
    return store


def _check_master(store: SqlStore) -> None:
    with store.writing() as connection:
        kept = connection.execute(select(settings.c.value).where(settings.c.name == "master_key")).scalar_one_or_none()
        if kept is None:
            box = store.master.wrap(_CHECK, "check")
            connection.execute(insert(settings).values(name="master_key", value=box))
            return
    try:
        store.master.unwrap(kept, "check")
    except IntegrityError as error:
        message = "the master key is not the one this database was made with: name the key file that belongs to it"
        raise ConfigurationError(message) from error
