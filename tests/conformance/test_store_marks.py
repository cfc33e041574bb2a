"""Marks of the store port: equal ones mean that nothing was committed in between, by anybody."""

import threading

import pytest

from ledger.domain.catalogue import Stream
from ledger.storage.store import SqlStore, open_store
from tests.fakes import START, notified, registered
from tests.ledgers import MASTER


@pytest.fixture
def stream(store: SqlStore) -> str:
    with store.transaction() as tx:
        made = tx.create(Stream.INVESTOR)
        tx.append([registered(made)], START)
    return made


def test_equal_marks_mean_that_nothing_was_committed(store: SqlStore, stream: str) -> None:
    before = store.mark()
    with store.snapshot() as reader:
        reader.heads([stream])
        seen = reader.mark()
        assert seen in (None, before)  # None: an adapter that cannot tell
    with store.transaction() as tx:
        tx.append([notified(stream)], START)
        assert tx.mark() is None
        assert store.mark() != before  # what is open here is not what others see
    assert store.mark() != before
    with store.snapshot() as reader:
        reader.heads([stream])
        with store.transaction() as tx:
            tx.append([notified(stream)], START)
        assert reader.mark() is None


def test_a_commit_by_another_process_or_thread_changes_the_mark(store: SqlStore, stream: str) -> None:
    before = store.mark()
    other = open_store(store._engine.url.render_as_string(hide_password=False), master=MASTER)
    with other.transaction() as tx:
        tx.append([notified(stream)], START)
    other.close()
    marks: list[object] = [before]
    thread = threading.Thread(target=lambda: marks.append(store.mark()))
    thread.start()
    thread.join()
    assert marks[1] != before
