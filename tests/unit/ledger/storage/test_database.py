"""Opening a database: durable settings, our own files only, and the database's own guards."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from ledger.errors import ConfigurationError, IntegrityError
from ledger.storage import migrations
from ledger.storage.database import APPLICATION_ID
from ledger.storage.keys import MasterKey
from ledger.storage.schema import metadata
from ledger.storage.store import open_store
from tests.fakes import notified
from tests.ledgers import MASTER, flip, open_parts


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path / "l.sqlite", master=MASTER)
    with store.writing() as connection:
        asked = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")
        }
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert asked == {"journal_mode": "wal", "synchronous": 2}
    store.close()


def test_migrations_make_what_the_code_expects(tmp_path: Path) -> None:
    store = open_store(tmp_path / "l.sqlite", master=MASTER)
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_reopening_keeps_everything(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor(3)
    with parts.store.snapshot() as reader:
        before = reader.events(stream)
    parts.store.close()
    again = open_parts(tmp_path)
    with again.store.snapshot() as reader:
        assert reader.events(stream) == before
    again.store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET record = x'00'",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT * FROM records WHERE idx = 0",
        "INSERT INTO records SELECT 9, stream, 9, subject, zeroblob(32), leaf_sm3, record FROM records WHERE idx = 0",
        "INSERT INTO records SELECT 3, stream, 4, subject, zeroblob(32), leaf_sm3, record FROM records WHERE idx = 0",
        "INSERT OR REPLACE INTO records SELECT 3, stream, 3, subject, leaf_sha256, leaf_sm3, '' FROM records LIMIT 1",
        "UPDATE streams SET kind = 'sale'",
        "DELETE FROM streams",
        "DELETE FROM subject_keys",
        "UPDATE disclosures SET sealed = x'00'",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "DELETE FROM outbox",
        "UPDATE outbox SET state = 'done'",
        "UPDATE outbox SET state = 'mined'",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(tmp_path: Path, statement: str) -> None:
    parts = open_parts(tmp_path)
    parts.investor(3)
    parts.log.seal(parts.clock.now())
    parts.store.close()
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    raw.close()


def test_a_database_from_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    open_store(path, master=MASTER).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(ConfigurationError, match="newer"):
        open_store(path, master=MASTER)
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    raw.close()


def test_a_log_sealed_before_there_was_a_stream_map_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    scripts = Config()
    scripts.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        scripts.attributes["connection"] = connection
        command.upgrade(scripts, "0002")
        connection.execute(text(f"PRAGMA application_id={APPLICATION_ID}"))
        connection.execute(text("INSERT INTO checkpoints VALUES (1, 'a note of four lines', '')"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match="have no stream map"):
        open_store(path, master=MASTER)


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE notes (text)")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program"):
        open_store(path, master=MASTER)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="not a database of this ledger"):
        open_store(path, master=MASTER)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="choose a data directory"):
        open_store(tmp_path / "file" / "l.sqlite", master=MASTER)
    with pytest.raises(ConfigurationError, match="is a directory"):
        open_store(tmp_path, master=MASTER)


def test_another_master_key_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path / "l.sqlite", master=MASTER).close()
    with pytest.raises(ConfigurationError, match="master key"):
        open_store(tmp_path / "l.sqlite", master=MasterKey(b"x" * 32))


def test_a_destroyed_key_is_nowhere_in_the_files(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor()
    with parts.store.reading() as connection:
        wrapped = connection.execute(text("SELECT wrapped FROM subject_keys")).scalar_one()
    files = [tmp_path / "ledger.sqlite", tmp_path / "ledger.sqlite-wal"]
    assert any(wrapped in file.read_bytes() for file in files)
    parts.store.destroy_subject_key(stream)
    assert not any(wrapped in file.read_bytes() for file in files if file.exists())
    parts.store.close()


@pytest.mark.parametrize("column", ["record", "leaf_sha256"])
def test_a_changed_record_is_never_read_as_an_event(tmp_path: Path, column: str) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor(2)
    flip(parts.store, "records", column, "idx = 1")
    with parts.store.snapshot() as reader:
        with pytest.raises(IntegrityError, match="record 1"):
            reader.events(stream)
        assert len(reader.range(0, 10)) == 2
    parts.store.close()


def test_a_record_moved_to_another_stream_is_noticed(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    parts.investor(2)
    other = parts.investor(1)
    with parts.store.writing() as connection:
        connection.execute(text("DROP TRIGGER records_no_update"))
        connection.execute(text("UPDATE records SET stream = 2 WHERE idx = 1"))
    with parts.store.snapshot() as reader, pytest.raises(IntegrityError, match="another place"):
        reader.events(other)
    parts.store.close()


def test_an_event_read_before_is_checked_again_byte_by_byte(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor(2)
    with parts.store.snapshot() as reader:
        first = reader.events(stream)
        assert reader.events(stream) == first
    for table, column in (("disclosures", "sealed"), ("records", "record")):
        flip(parts.store, table, column, "idx = 1")
        with parts.store.snapshot() as reader, pytest.raises(IntegrityError, match="record 1"):
            reader.events(stream)
        flip(parts.store, table, column, "idx = 1")
    with parts.store.snapshot() as reader:
        assert reader.events(stream) == first
    parts.store.close()


def test_a_caller_cannot_change_what_the_next_one_reads(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor()
    with parts.store.snapshot() as reader:
        fields = reader.events(stream)[0].fields
        assert isinstance(fields, dict)
        fields["name"] = "somebody else"
        assert reader.events(stream)[0].fields["name"] == "王小明"
    parts.store.close()


def test_a_rolled_back_event_is_not_remembered(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor()
    with pytest.raises(RuntimeError, match="on purpose"), parts.store.transaction() as tx:  # noqa: PT012 - the block is the point
        tx.append([notified(stream)], parts.clock.now())
        assert len(tx.events(stream)) == 2
        raise RuntimeError("on purpose")
    (event,) = parts.append(stream)
    with parts.store.snapshot() as reader:
        assert reader.events(stream)[1] == event
    parts.store.close()
