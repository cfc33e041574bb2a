"""The journal of what was signed: in the database and in memory alike."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.ports.journal import Attempt, Journal, MemoryJournal
from ledger.storage.journal import SqlJournal
from ledger.storage.store import open_store
from tests.ledgers import MASTER

FIRST = Attempt("1" * 64, "1:0xaa", "c" * 64, 7, 2**70, 2**65, b"\x02raw", 100)


@pytest.fixture(params=["database", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    store = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    yield SqlJournal(store)
    store.close()


def test_what_is_kept_is_found_by_hash_call_and_nonce(journal: Journal) -> None:
    dearer = replace(FIRST, transaction="2" * 64, price=2**71)
    legacy = replace(FIRST, transaction="3" * 64, call="d" * 64, nonce=8, tip=None)
    for each in (FIRST, dearer, legacy, FIRST):
        journal.keep(each)
    assert journal.named("1" * 64) == FIRST
    assert journal.named("4" * 64) is None
    assert journal.of_call("1:0xaa", "c" * 64) == (FIRST, dearer)
    assert journal.of_nonce("1:0xaa", 8) == (legacy,)
    assert journal.of_nonce("2:0xaa", 8) == ()
    assert journal.of_call("1:0xbb", "c" * 64) == ()


def test_a_settled_nonce_is_forgotten_with_those_before_it(journal: Journal) -> None:
    others = replace(FIRST, transaction="2" * 64, account="1:0xbb")
    after = replace(FIRST, transaction="3" * 64, nonce=8)
    for each in (FIRST, others, after):
        journal.keep(each)
    journal.settle("1:0xaa", 7)
    assert journal.named("1" * 64) is None
    assert journal.named("2" * 64) == others
    assert journal.named("3" * 64) == after


def test_it_survives_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    SqlJournal(store).keep(FIRST)
    store.close()
    again = open_store(tmp_path / "ledger.sqlite", master=MASTER)
    assert SqlJournal(again).of_nonce("1:0xaa", 7) == (FIRST,)
    again.close()
