"""Open the database: durable settings, our own files only, never a newer version than we know.

On SQLite every transaction is begun by us (the driver's implicit ones are off): writers with ``BEGIN IMMEDIATE``, so
two of them queue instead of failing in the middle; ``synchronous=FULL`` makes each commit wait for the disk. On
PostgreSQL writers queue on one advisory lock and readers see one snapshot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError

from ledger.errors import ConfigurationError, IntegrityError, OperatorError

WRITER: Final = "pfl_writer"
"""Execution option of a connection that will write."""

APPLICATION_ID: Final = 0x50464C31  # "PFL1", in the header of our SQLite files
LOCK_SECONDS: Final = 30
_ADVISORY_LOCK: Final = 0x50464C31
_PRAGMAS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",  # a destroyed key leaves the file, not only the table
)


def open_engine(path: Path | str) -> Engine:
    """Connect to an SQLite file (or a ``postgresql+psycopg://`` URL) and bring it to this version.

    `ConfigurationError` for a directory that cannot be written, a file of something else, a newer database.
    """
    url = make_url(path) if isinstance(path, str) and "://" in path else _file_url(Path(path))
    engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS} if _is_file(url) else {})
    _install(engine)
    try:
        with engine.connect() as connection:
            _refuse_foreign(connection, url)
        _journal(engine)
        with engine.connect().execution_options(**{WRITER: True}) as connection, connection.begin():
            _migrate(connection, url)
    except OperationalError as error:
        engine.dispose()
        message = f"{_name(url)} cannot be opened: {error.orig}; choose a data directory that this user may write"
        raise ConfigurationError(message) from error
    except DatabaseError as error:
        engine.dispose()
        message = f"{_name(url)} is not a database of this ledger: name another data directory, or restore a backup"
        raise ConfigurationError(message) from error
    except ConfigurationError:
        engine.dispose()
        raise
    return engine


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a running database says into our words; `OperatorError` or `IntegrityError`."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason or "lock timeout" in reason:
            message = f"the database was held by another writer for {LOCK_SECONDS} seconds: look for a stuck process"
            raise OperatorError(message, "数据库被其他进程长时间占用，请检查卡住的进程") from error
        message = f"the database cannot be used ({reason}): check disk space and permissions, then try again"
        raise OperatorError(message, "数据库不可用，请检查磁盘空间与权限") from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise IntegrityError(
                "the database file is damaged: restore a backup", "数据库文件已损坏，请恢复备份"
            ) from error
        raise


def _file_url(path: Path) -> URL:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        message = f"directory {path.parent} cannot be made: choose a data directory that this user may write"
        raise ConfigurationError(message) from error
    if path.is_dir():
        raise ConfigurationError(f"{path} is a directory: name the database file in it")
    return URL.create("sqlite", database=str(path))


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _name(url: URL) -> str:
    return url.database or "the database" if _is_file(url) else url.render_as_string(hide_password=True)


def _install(engine: Engine) -> None:
    if _is_file(engine.url):
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(driver: Any, _record: object) -> None:
    driver.isolation_level = None
    for pragma in _PRAGMAS:
        driver.execute(pragma)


def _journal(engine: Engine) -> None:
    """Write-ahead logging stays with the file; it is set only once we know that the file is ours."""
    if not _is_file(engine.url):
        return
    driver = engine.raw_connection()
    try:
        ((mode,),) = driver.driver_connection.execute("PRAGMA journal_mode=WAL").fetchall()  # type: ignore[union-attr]  # open
    finally:
        driver.close()
    if mode != "wal":
        message = f"{engine.url.database} cannot use write-ahead logging: choose a data directory on a local disk"
        raise ConfigurationError(message)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITER, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _refuse_foreign(connection: Connection, url: URL) -> None:
    """Refuse a database with somebody else's tables; look only, write nothing."""
    names = set(inspect(connection).get_table_names())
    foreign = bool(names) and not {"alembic_version", "records", "streams"} <= names
    if connection.dialect.name == "sqlite":
        number = connection.execute(text("PRAGMA application_id")).scalar_one()
        foreign = foreign or number not in ({APPLICATION_ID} if names else {0, APPLICATION_ID})
    if foreign:
        message = f"{_name(url)} belongs to another program: name another data directory"
        raise ConfigurationError(message)


def _migrate(connection: Connection, url: URL) -> None:
    scripts = Config()
    scripts.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts.set_main_option("path_separator", "os")
    scripts.attributes["connection"] = connection
    directory = ScriptDirectory.from_config(scripts)
    current = _version(connection)
    if current == directory.get_current_head():
        return
    if current is not None and current not in {script.revision for script in directory.walk_revisions()}:
        message = (
            f"{_name(url)} is at version {current}, which this program does not know: it was written by a newer one;"
            " install that version, or restore a backup made by this one"
        )
        raise ConfigurationError(message)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    command.upgrade(scripts, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found
