"""API keys: recognised by their token only, never readable again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.actors import Role
from ledger.errors import ForbiddenError, NotFoundError
from ledger.storage.api_keys import SqlApiKeys
from ledger.storage.store import SqlStore, open_store
from tests.fakes import START
from tests.ledgers import MASTER


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    yield opened
    opened.close()


def test_a_token_finds_its_key(store: SqlStore) -> None:
    keys = SqlApiKeys(store)
    key, token = keys.issue(role=Role.CERTIFIER, label="second person", at=START)
    other, _ = keys.issue(role=Role.SALES, label="first person", at=START)
    assert keys.find(token) == key
    assert key.actor.role is Role.CERTIFIER
    assert len(key.actor.id) == 32
    assert key.actor.id != other.actor.id
    assert keys.index() == (key, other)


def test_only_a_hash_is_kept(store: SqlStore, tmp_path: Path) -> None:
    _, token = SqlApiKeys(store).issue(role=Role.SALES, label="x", at=START)
    store.empty_journal()
    assert token.rsplit("_", 1)[1].encode() not in (tmp_path / "ledger.sqlite").read_bytes()


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "x", lambda t: "x" + t, lambda t: t + "0", lambda _: "", lambda _: "pfl__"]
)
def test_any_other_token_is_refused(store: SqlStore, change: object) -> None:
    keys = SqlApiKeys(store)
    _, token = keys.issue(role=Role.SALES, label="x", at=START)
    assert callable(change)
    with pytest.raises(ForbiddenError):
        keys.find(change(token))


def test_a_key_revoked_by_another_process_is_refused_at_once(store: SqlStore, tmp_path: Path) -> None:
    keys = SqlApiKeys(store)
    (key, token), (_, second) = (keys.issue(role=Role.SALES, label="x", at=START) for _ in range(2))
    assert keys.find(token) == keys.find(token) == key
    assert keys.find(second) != key
    other = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    SqlApiKeys(other).revoke(key.id, START)
    other.close()
    with pytest.raises(ForbiddenError):
        keys.find(token)
    keys.find(second)


def test_a_known_key_with_another_secret_is_refused(store: SqlStore) -> None:
    keys = SqlApiKeys(store)
    (_, token), (_, second) = (keys.issue(role=Role.SALES, label="x", at=START) for _ in range(2))
    keys.find(token)
    with pytest.raises(ForbiddenError):
        keys.find(f"{token.rpartition('_')[0]}_{second.rpartition('_')[2]}")


def test_a_revoked_key_is_refused_and_still_listed(store: SqlStore) -> None:
    keys = SqlApiKeys(store)
    key, token = keys.issue(role=Role.SALES, label="x", at=START)
    revoked = keys.revoke(key.id, START)
    assert revoked.revoked_at == START
    assert keys.revoke(key.id, START.replace(year=2027)) == revoked
    assert keys.index() == (revoked,)
    with pytest.raises(ForbiddenError):
        keys.find(token)
    with pytest.raises(NotFoundError):
        keys.revoke("0" * 16, START)


def test_a_key_is_issued_in_the_open_transaction_or_not_at_all(store: SqlStore) -> None:
    keys = SqlApiKeys(store)
    with pytest.raises(RuntimeError, match="on purpose"), store.transaction():  # noqa: PT012 - the block is the point
        keys.issue(role=Role.SALES, label="x", at=START)
        raise RuntimeError("on purpose")
    assert keys.index() == ()


def test_a_key_is_live_by_its_id_until_it_is_revoked(store: SqlStore) -> None:
    keys = SqlApiKeys(store)
    key, _ = keys.issue(role=Role.AUDITOR, label="x", at=START)
    assert keys.live(key.id) == key
    keys.revoke(key.id, START)
    for name in (key.id, "0" * 16):
        with pytest.raises(ForbiddenError, match="unknown or revoked"):
            keys.live(name)
