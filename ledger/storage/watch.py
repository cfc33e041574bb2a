"""Tell whether anybody committed to the database since, for a microsecond instead of a query."""

import sqlite3
from threading import Lock

from sqlalchemy import Engine, PoolProxiedConnection


class Watch:
    """One connection that never writes, so that SQLite counts every other one's commits for it (``data_version``).

    Elsewhere two marks are never equal, and whoever asks reads as if there had been a commit.
    """

    def __init__(self, engine: Engine) -> None:
        """Connect when first asked."""
        self._engine = engine
        self._own: PoolProxiedConnection | None = None
        self._lock = Lock()

    def mark(self) -> object:
        """Name the database's state: equal marks mean that nothing was committed between them, in any process."""
        if self._engine.dialect.name != "sqlite":
            return object()
        with self._lock:
            if self._own is None:
                self._own = self._engine.raw_connection()
                self._own.detach()
            try:
                cursor = self._own.cursor()
                cursor.execute("PRAGMA data_version")
                ((version,),) = cursor.fetchall()
            except sqlite3.Error:
                return object()  # the read that follows says what is wrong
        return version

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            if self._own is not None:
                self._own.close()
                self._own = None
