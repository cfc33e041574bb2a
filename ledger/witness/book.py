"""What a witness remembers: every head that it cosigned, by log; durable before anything is signed."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError
from verifier import checkpoint
from verifier.checkpoint import Checkpoint

_APPLICATION: Final = 0x50464C57  # "PFLW", in the header of the file
_VERSION: Final = 1
_LOCK_SECONDS: Final = 10
_TABLE: Final = (
    "CREATE TABLE heads (origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, time INTEGER NOT NULL,"
    " PRIMARY KEY (origin, size)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A head that the witness cosigned: the note with the log's own signature, and the time of the cosignature."""

    note: str
    time: int

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says."""
        return checkpoint.parse_body(checkpoint.split(self.note)[0])


class Page:
    """The book inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use `Book.writing` or `Book.reading`."""
        self._connection = connection

    def latest(self, origin: str) -> Head | None:
        """Return the largest head of a log."""
        return self._one("SELECT note, time FROM heads WHERE origin = ? ORDER BY size DESC LIMIT 1", origin)

    def at(self, origin: str, size: int) -> Head | None:
        """Return the head of this size."""
        return self._one("SELECT note, time FROM heads WHERE origin = ? AND size = ?", origin, size)

    def keep(self, origin: str, head: Head) -> Head:
        """Keep a head and return it as it is kept: that of a size is never replaced, only its time."""
        self._connection.execute(
            "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET time = excluded.time",
            (origin, head.checkpoint.size, head.note, head.time),
        )
        kept = self.at(origin, head.checkpoint.size)
        assert kept is not None  # noqa: S101 - narrows for mypy: it was written just now
        return kept

    def _one(self, query: str, *values: object) -> Head | None:
        row = self._connection.execute(query, values).fetchone()
        return None if row is None else Head(*row)


class Book:
    """One SQLite file; threads queue on a lock, processes on the file's."""

    def __init__(self, path: Path) -> None:
        """Open or make it; `ConfigurationError` for a file of something else."""
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._prepare(path)
        except sqlite3.Error as error:
            raise ConfigurationError(f"{path} cannot be opened ({error}): it is not a witness's, or damaged") from error

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """Run the only transaction; it is on the disk when the block is left without an error."""
        with self._transaction("BEGIN IMMEDIATE") as page:
            yield page

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """Read what is there now."""
        with self._transaction("BEGIN") as page:
            yield page

    def close(self) -> None:
        """Give the file back; nothing depends on this being called."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Page]:
        with self._lock:
            self._connection.execute(begin)
            try:
                yield Page(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _prepare(self, path: Path) -> None:
        self._connection.execute("PRAGMA synchronous=FULL")
        with self._transaction("BEGIN IMMEDIATE"):
            ((application,),) = self._connection.execute("PRAGMA application_id")
            ((version,),) = self._connection.execute("PRAGMA user_version")
            ((tables,),) = self._connection.execute("SELECT count(*) FROM sqlite_master")
            if (application, version, tables) == (0, 0, 0):
                self._connection.execute(f"PRAGMA application_id={_APPLICATION}")
                self._connection.execute(f"PRAGMA user_version={_VERSION}")
                self._connection.execute(_TABLE)
            elif (application, version) != (_APPLICATION, _VERSION):
                raise ConfigurationError(f"{path} is not the state of a witness of this version")
        self._connection.execute("PRAGMA journal_mode=WAL")
