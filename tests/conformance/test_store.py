"""One suite for the store port; every adapter is a row of ``STORES``."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Ref, Value
from ledger.errors import CallerError, ConflictError, IdempotencyConflictError, NotFoundError, OperatorError
from ledger.storage.store import SqlStore
from tests.conformance.stores import POSTGRESQL, STORES
from tests.fakes import STAFF, START, SYSTEM, notified, registered
from verifier import disclosure, merkle, record

CONTACT = ("channel", "direction", "purpose")


@pytest.mark.skipif(
    not POSTGRESQL, reason="PostgreSQL not tested: set PFL_TEST_POSTGRESQL to a server's URL (and install psycopg)"
)
def test_postgresql_is_tested_too() -> None:
    assert "postgresql" in STORES


def investor(store: SqlStore) -> str:
    with store.transaction() as tx:
        stream = tx.create(Stream.INVESTOR)
        tx.append([registered(stream)], START)
    return stream


def test_an_empty_store_has_no_records(store: SqlStore) -> None:
    with store.snapshot() as reader:
        assert reader.size() == 0
        assert reader.range(0, 10) == ()
        assert reader.streams(Stream.SALE) == ()


def test_what_is_appended_is_read_back_as_it_was_returned(store: SqlStore) -> None:
    with store.transaction() as tx:
        stream = tx.create(Stream.INVESTOR)
        written = tx.append([registered(stream), notified(stream)], START)
        assert tx.events(stream) == written
    with store.snapshot() as reader:
        assert reader.events(stream) == written
        assert reader.event(written[1].leaf) == written[1]
        assert reader.kind_of(stream) is Stream.INVESTOR
        assert [e.index for e in written] == [0, 1]
        assert [e.seq for e in written] == [0, 1]
        assert written[0].fields["name"] == "王小明"


def test_stored_bytes_are_a_record_of_the_format_with_both_leaf_hashes(store: SqlStore) -> None:
    stream = investor(store)
    with store.snapshot() as reader:
        (stored,) = reader.stored(stream)
    known = record.parse(stored.bytes)
    assert known.prev == record.ZERO
    assert known.stream == stream
    assert known.recorded_at == "2026-03-02T01:30:00.000000Z"
    assert stored.leaf_sha256 == merkle.SHA256.leaf(stored.bytes).hex()
    assert stored.leaf_sm3 == merkle.SM3.leaf(stored.bytes).hex()
    opened = disclosure.open_fields(known.fields, [list(d) for d in stored.disclosures])
    assert opened["id_number"] == "110101199003070011"
    assert opened.keys() == known.fields.keys()


def test_nothing_personal_is_in_the_record(store: SqlStore) -> None:
    stream = investor(store)
    with store.snapshot() as reader:
        (stored,) = reader.stored(stream)
    assert "王小明".encode() not in stored.bytes
    assert b"110101199003070011" not in stored.bytes


def test_the_same_value_never_has_the_same_commitment_twice(store: SqlStore) -> None:
    stream = investor(store)
    with store.transaction() as tx:
        tx.append([notified(stream), notified(stream)], START)
    with store.snapshot() as reader:
        _, one, two = (record.parse(s.bytes) for s in reader.stored(stream))
    assert one.fields["tolerance"] != two.fields["tolerance"]
    assert one.id != two.id


def test_prev_is_the_leaf_of_the_record_before_it_in_the_stream(store: SqlStore) -> None:
    first, second = investor(store), investor(store)
    for stream in (first, second, first):
        with store.transaction() as tx:
            tx.append([notified(stream), notified(stream)], START)
    with store.snapshot() as reader:
        for stream, count in ((first, 5), (second, 3)):
            stored = reader.stored(stream)
            assert len(stored) == count
            for before, after in itertools.pairwise(stored):
                assert record.parse(after.bytes).prev == before.leaf_sha256
        assert [s.index for s in reader.range(0, 100)] == list(range(8))
        assert [s.index for s in reader.range(3, 2)] == [3, 4]


def test_a_transaction_that_fails_leaves_nothing(store: SqlStore) -> None:
    stream = investor(store)
    with pytest.raises(RuntimeError, match="on purpose"), store.transaction() as tx:  # noqa: PT012 - the block is the point
        lost = tx.create(Stream.SALE)
        tx.append([notified(stream)], START)
        tx.remember("k", "a" * 32, "d", b"answer", START)
        raise RuntimeError("on purpose")
    with store.transaction() as tx:
        assert tx.size() == 1
        assert tx.answer("k", "a" * 32, "d") is None
        with pytest.raises(NotFoundError):
            tx.kind_of(lost)
        (event,) = tx.append([notified(stream)], START)
        assert event.index == 1


def test_readers_do_not_see_what_is_not_committed(store: SqlStore) -> None:
    stream = investor(store)
    seen: list[int] = []

    def look() -> None:
        with store.snapshot() as reader:
            seen.append(reader.size())

    with store.transaction() as tx:
        tx.append([notified(stream)], START)
        other = threading.Thread(target=look)
        other.start()
        other.join()
    look()
    assert seen == [1, 2]


def test_a_snapshot_stays_as_it_was(store: SqlStore) -> None:
    stream = investor(store)

    def write() -> None:
        with store.transaction() as tx:
            tx.append([notified(stream)], START)

    with store.snapshot() as reader:
        assert reader.size() == 1
        other = threading.Thread(target=write)
        other.start()
        other.join()
        assert len(reader.events(stream)) == 1
    with store.snapshot() as reader:
        assert len(reader.events(stream)) == 2


def test_two_writers_at_once_give_one_contiguous_log(store: SqlStore) -> None:
    streams = [investor(store) for _ in range(4)]
    errors: list[BaseException] = []

    def write(stream: str) -> None:
        try:
            for _ in range(20):
                with store.transaction() as tx:
                    tx.append([notified(stream)], START)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=write, args=(s,)) for s in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.snapshot() as reader:
        assert [s.index for s in reader.range(0, 1000)] == list(range(84))
        assert {len(reader.events(s)) for s in streams} == {21}


def test_streams_are_listed_in_order_of_creation_from_a_cursor(store: SqlStore) -> None:
    with store.transaction() as tx:
        made = [tx.create(Stream.SALE) for _ in range(5)]
        tx.create(Stream.PRODUCT)
    with store.snapshot() as reader:
        assert reader.streams(Stream.SALE) == tuple(made)
        assert reader.streams(Stream.SALE, limit=2) == tuple(made[:2])
        assert reader.streams(Stream.SALE, after=made[1], limit=2) == tuple(made[2:4])
        assert reader.streams(Stream.SALE, newest=True) == tuple(reversed(made))
        assert reader.streams(Stream.SALE, after=made[2], limit=1, newest=True) == (made[1],)
        assert reader.events(made[0]) == ()
        with pytest.raises(NotFoundError):
            reader.streams(Stream.SALE, after="0" * 64)


def test_the_streams_about_a_subject_are_those_that_begin_with_it(store: SqlStore) -> None:
    fields: dict[str, Value] = {"product": "a" * 64, "amount": {}, "fee": {}, "channel": "web"}
    with store.transaction() as tx:
        one, two = (tx.create(Stream.INVESTOR) for _ in range(2))
        sales = [tx.create(Stream.SALE) for _ in range(3)]
        tx.append([registered(one), registered(two)], START)
        for sale, buyer in zip(sales, (one, two, one), strict=True):
            tx.append([Draft("sale.opened", sale, buyer, STAFF, START, {**fields, "investor": buyer})], START)
        tx.append([Draft("contact.made", sales[1], one, STAFF, START, dict.fromkeys(CONTACT, "x"))], START)
    with store.snapshot() as reader:
        assert reader.about(one, Stream.SALE) == (sales[0], sales[2])
        assert reader.about(two, Stream.SALE) == (sales[1],)
        assert reader.about(one, Stream.PRODUCT) == ()
        assert reader.about(one, Stream.INVESTOR) == (one,)
        with pytest.raises(NotFoundError):
            reader.about("0" * 64, Stream.SALE)


@pytest.mark.parametrize("stream", ["0" * 64, "", "zz"])
def test_an_unknown_stream_is_not_found(store: SqlStore, stream: str) -> None:
    with store.transaction() as tx:
        for ask in (tx.kind_of, tx.events, tx.stored, tx.event):
            with pytest.raises(NotFoundError):
                ask(stream)
        with pytest.raises(NotFoundError):
            tx.append([registered(stream)], START)


def test_a_draft_against_the_catalogue_is_refused_and_nothing_is_written(store: SqlStore) -> None:
    stream = investor(store)
    bad = Draft("assessment.notified", stream, stream, SYSTEM, START, {})
    with store.transaction() as tx:
        with pytest.raises(ValueError, match="lacks tolerance"):
            tx.append([notified(stream), bad], START)
        assert tx.size() == 1


def test_a_record_only_lives_in_a_stream_of_its_kind(store: SqlStore) -> None:
    with store.transaction() as tx:
        sale = tx.create(Stream.SALE)
        with pytest.raises(ValueError, match="lives in a stream of kind investor"):
            tx.append([registered(sale)], START)


def test_a_ref_must_name_a_record(store: SqlStore) -> None:
    stream = investor(store)
    with store.transaction() as tx:
        (first,) = tx.append([notified(stream)], START)
        good = Draft("assessment.notified", stream, stream, SYSTEM, START, {"tolerance": "C3"}, (first.ref("basis"),))
        assert tx.append([good], START)[0].refs == (Ref("basis", first.leaf),)
        bad = Draft(
            "assessment.notified", stream, stream, SYSTEM, START, {"tolerance": "C3"}, (Ref("basis", "f" * 64),)
        )
        with pytest.raises(NotFoundError, match="does not exist"):
            tx.append([bad], START)


def test_recorded_at_never_goes_back_within_a_stream(store: SqlStore) -> None:
    stream = investor(store)
    with store.transaction() as tx:
        (event,) = tx.append([notified(stream)], START - timedelta(seconds=5))
        assert event.recorded_at == START
        assert tx.events(stream)[-1] == event
        with pytest.raises(OperatorError, match="set it"):
            tx.append([notified(stream)], START - timedelta(seconds=5, microseconds=1))


def test_nothing_is_recorded_before_it_happens(store: SqlStore) -> None:
    stream = investor(store)
    with store.transaction() as tx:
        (event,) = tx.append([notified(stream)], START)
        assert event.occurred_at == event.recorded_at
        with pytest.raises(ValueError, match="one reading of the clock"):
            tx.append([replace(notified(stream), occurred_at=START + timedelta(microseconds=1))], START)
        assert tx.events(stream)[-1] == event


def test_a_naive_instant_is_refused(store: SqlStore) -> None:
    stream = investor(store)
    with store.transaction() as tx, pytest.raises(ValueError, match="not UTC"):
        tx.append([notified(stream)], START.replace(tzinfo=None))


def test_the_first_answer_to_an_idempotency_key_is_kept(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.answer("key", "a" * 32, "digest") is None
        tx.remember("key", "a" * 32, "digest", b'{"id":1}', START)
    with store.transaction() as tx:
        assert tx.answer("key", "a" * 32, "digest") == b'{"id":1}'
        assert tx.answer("key", "b" * 32, "other") is None
        with pytest.raises(IdempotencyConflictError):
            tx.answer("key", "a" * 32, "other")
        with pytest.raises(CallerError):
            tx.answer("k" * 256, "a" * 32, "digest")


def test_answers_are_forgotten_after_seven_days(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.remember("old", "a" * 32, "d", b"1", START)
        tx.remember("new", "a" * 32, "d", b"2", START + timedelta(days=7))
        assert tx.answer("old", "a" * 32, "d") == b"1"
        tx.remember("newer", "a" * 32, "d", b"3", START + timedelta(days=7, seconds=1))
        assert tx.answer("old", "a" * 32, "d") is None
        assert tx.answer("new", "a" * 32, "d") == b"2"


def test_work_in_progress_is_kept_until_it_expires(store: SqlStore) -> None:
    end = START + timedelta(minutes=10)
    with store.transaction() as tx:
        tx.put_pending("signature:1", b"first", end)
        tx.put_pending("signature:1", b"prepared", end)
    with store.transaction() as tx:
        assert tx.pending("signature:1", end - timedelta(microseconds=1)) == b"prepared"
        assert tx.is_pending("signature:1", end - timedelta(microseconds=1))
        assert not tx.is_pending("signature:1", end)
        assert not tx.is_pending("signature:2", START)
        with pytest.raises(NotFoundError):
            tx.pending("signature:2", START)
        with pytest.raises(NotFoundError):
            tx.pending("signature:1", end)
        tx.put_pending("signature:3", b"x", end)
        tx.drop_pending("signature:3")
        with pytest.raises(NotFoundError):
            tx.pending("signature:3", START)


def test_a_destroyed_key_withholds_the_values_and_keeps_the_records(store: SqlStore) -> None:
    stream, other = investor(store), investor(store)
    store.destroy_subject_key(stream)
    with store.snapshot() as reader:
        (event,) = reader.events(stream)
        (stored,) = reader.stored(stream)
        assert event.withheld
        assert event.fields == {}
        assert stored.withheld
        assert stored.disclosures == ()
        assert record.parse(stored.bytes).fields.keys() >= {"name", "mobile"}
        assert not reader.events(other)[0].withheld
    with store.transaction() as tx, pytest.raises(ConflictError, match="destroyed"):
        tx.append([notified(stream)], START)
    with pytest.raises(NotFoundError):
        store.subject_key(stream)
    with pytest.raises(NotFoundError):
        store.destroy_subject_key("0" * 64)


def test_a_record_may_be_about_another_subject_than_its_stream(store: SqlStore) -> None:
    stream, subject = investor(store), investor(store)
    with store.transaction() as tx:
        tx.append([notified(stream, subject=subject)], START)
    store.destroy_subject_key(subject)
    with store.snapshot() as reader:
        assert [e.withheld for e in reader.events(stream)] == [False, True]


def test_a_second_transaction_in_the_same_context_is_a_mistake_of_ours(store: SqlStore) -> None:
    with store.transaction(), pytest.raises(RuntimeError, match="pass it on"), store.transaction():
        pass


def test_equal_heads_mean_equal_events(store: SqlStore) -> None:
    stream, other = investor(store), investor(store)
    with store.transaction() as tx:
        empty = tx.create(Stream.SALE)
    seen = []
    acts: tuple[Callable[[], None], ...] = (
        lambda: None,
        lambda: None,
        lambda: append_to(store, stream, other),
        lambda: forget(store, other),
    )
    for act in acts:
        act()
        with store.snapshot() as reader:
            seen.append((reader.heads([stream, empty, "0" * 64])[stream], reader.events(stream)))
            assert reader.heads([empty, "0" * 64]) == {}
            assert reader.heads([stream])[stream].leaf == reader.events(stream)[-1].leaf
    assert seen[0] == seen[1]
    assert len({head for head, _ in seen}) == 3
    assert [head.withheld for head, _ in seen] == [0, 0, 0, 1]


def append_to(store: SqlStore, stream: str, subject: str) -> None:
    with store.transaction() as tx:
        tx.append([notified(stream, subject=subject)], START)


def forget(store: SqlStore, subject: str) -> None:
    store.destroy_subject_key(subject)
