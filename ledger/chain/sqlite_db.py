"""py-evm's key-value store on a SQLite file: nothing is durable before `flush`, everything at once in it."""

import sqlite3
from pathlib import Path

from eth.db.backends.base import BaseDB

from ledger.errors import ChainError


class SqliteDB(BaseDB):
    """Writes gather in memory; `flush` commits them in one transaction, `discard` forgets them.

    So a file never holds half a block, whenever the process or the power dies.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the file; `ChainError` naming the fix if that is impossible."""
        mode = "ro" if read_only else "rwc"
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None
            )
            if not read_only:
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=FULL")
                self._connection.execute("CREATE TABLE IF NOT EXISTS chain (key BLOB PRIMARY KEY, value BLOB NOT NULL)")
            self._connection.execute("SELECT 1 FROM chain LIMIT 1")
        except sqlite3.Error as error:
            raise ChainError(
                f"the chain file {path.name} cannot be opened ({error}); check that its folder is writable and that it"
                " is a chain file",
                f"无法打开链数据文件 {path.name}；请检查目录权限与文件",
            ) from error
        self._dirty: dict[bytes, bytes | None] = {}

    def __getitem__(self, key: bytes) -> bytes:
        if key in self._dirty:
            value = self._dirty[key]
        else:
            row = self._connection.execute("SELECT value FROM chain WHERE key = ?", (key,)).fetchone()
            value = None if row is None else bytes(row[0])
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._dirty[key] = value

    def __delitem__(self, key: bytes) -> None:
        self._dirty[key] = None

    def _exists(self, key: bytes) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def flush(self) -> None:
        """Make everything written so far durable; on an error nothing of it is, and all of it is forgotten."""
        changed = [(key, value) for key, value in self._dirty.items() if value is not None]
        removed = [(key,) for key, value in self._dirty.items() if value is None]
        self._dirty = {}
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO chain VALUES (?, ?)", changed)
            self._connection.executemany("DELETE FROM chain WHERE key = ?", removed)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise ChainError(
                f"the chain file cannot be written ({error}); free space on its disk. Records are safe",
                "链数据文件写入失败，请检查磁盘空间；业务记录不受影响",
            ) from error

    def discard(self) -> None:
        """Forget what was not flushed."""
        self._dirty = {}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
