"""A store of every adapter."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from ledger.storage.store import SqlStore, open_store
from tests.conformance.stores import POSTGRESQL, STORES
from tests.ledgers import MASTER


@pytest.fixture(params=STORES)
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    if request.param == "sqlite":
        opened = open_store(tmp_path / "ledger.sqlite", master=MASTER)
        yield opened
        opened.close()
        return
    assert POSTGRESQL
    url, name = make_url(POSTGRESQL), f"pfl_test_{secrets.token_hex(8)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        opened = open_store(url.set(database=name).render_as_string(hide_password=False), master=MASTER)
        yield opened
        opened.close()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
