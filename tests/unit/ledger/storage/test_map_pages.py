"""The stream map from stored pages, held against the verifier, which computes it from all streams at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ledger.domain.catalogue import Stream
from ledger.errors import ConflictError, IntegrityError, NotFoundError
from ledger.services import evidence
from ledger.storage import map_page, map_pages
from ledger.storage.map_page import Page
from tests.fakes import START, notified
from tests.ledgers import Parts, open_parts
from verifier import stream_map
from verifier.stream_map import Newest, Other


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


def seal(parts: Parts, at: datetime = START) -> int:
    sealed = parts.log.seal(at)
    assert sealed is not None
    return sealed.checkpoint.size


def finish(parts: Parts, size: int) -> None:
    parts.log.submitted(size, "aa", START)
    parts.log.final(size, START)


def entries(parts: Parts, size: int) -> dict[bytes, Newest]:
    with parts.store.snapshot() as reader:
        stored = reader.range(0, size)
    return {bytes.fromhex(s.stream): Newest(s.seq, bytes.fromhex(s.leaf_sha256)) for s in stored if s.index < size}


def pages(parts: Parts) -> int:
    with parts.store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM map_pages")).scalar_one())


def test_the_root_is_that_of_all_streams_at_every_checkpoint(parts: Parts) -> None:
    streams = [parts.investor() for _ in range(3)]
    roots = {seal(parts): None}
    for step in range(1, 25):
        streams.append(parts.investor(step % 3 + 1))
        parts.append(streams[step * 7 % len(streams)], 2)
        roots[seal(parts)] = None
    for sealed in parts.log.checkpoints(limit=100):
        head = sealed.checkpoint
        held = entries(parts, head.size)
        assert head.map_root == stream_map.root(held)
        for stream in streams[::5]:
            proof = parts.log.stream_proof(stream, head.size)
            assert proof == stream_map.prove(held, bytes.fromhex(stream))
            assert isinstance(proof.end, Newest) == (bytes.fromhex(stream) in held)
    assert len(roots) == 25


def test_a_thousand_streams_at_once(parts: Parts) -> None:
    with parts.store.transaction() as tx:
        streams = [tx.create(Stream.INVESTOR) for _ in range(1100)]
        tx.append([notified(stream) for stream in streams], START)
    size = seal(parts)
    held = entries(parts, size)
    latest = parts.log.latest()
    assert latest is not None
    assert latest.checkpoint.map_root == stream_map.root(held)
    ends = [parts.log.stream_proof(stream.hex(), size).end for stream in list(held)[::97]]
    assert all(isinstance(end, Newest) for end in ends)
    unknown = {type(parts.log.stream_proof(f"{n:064x}", size).end) for n in range(60)}
    assert unknown == {Other, type(None)}


def test_no_proof_but_under_a_checkpoint(parts: Parts) -> None:
    stream = parts.investor(3)
    seal(parts)
    for size in (0, 1, 4):
        with pytest.raises(NotFoundError, match="no checkpoint of"):
            parts.log.stream_proof(stream, size)


def test_old_pages_go_and_recent_checkpoints_stay(parts: Parts) -> None:
    stream = parts.investor()
    for size in range(1, 11):
        assert seal(parts, START + size * map_pages.KEPT / 2) == size
        if size <= 8:
            finish(parts, size)
        parts.append(stream)
    kept = range(6, 11)  # the newest final one, those as long before it as are kept, and two that are not final
    for size in kept:
        assert parts.log.stream_proof(stream, size).end == entries(parts, size)[bytes.fromhex(stream)]
    for size in range(1, 6):
        with pytest.raises(ConflictError, match="kept from the checkpoint of 6 records on"):
            parts.log.stream_proof(stream, size)
    assert pages(parts) <= len(kept) + 1


def test_what_a_bundle_may_choose_as_its_head_is_kept() -> None:
    assert evidence.RECENT < map_pages.KEPT


def test_nothing_goes_while_the_chain_is_away(parts: Parts) -> None:
    stream = parts.investor()
    for hours in range(9):
        seal(parts, START + timedelta(hours=hours))
        parts.append(stream)
    for size in (1, 2, 9):
        assert isinstance(parts.log.stream_proof(stream, size).end, Newest)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM map_pages WHERE name = ''", "a page of the stream map is gone"),
        ("UPDATE map_pages SET slots = substr(slots, 2)", "a page of the stream map is damaged"),
        ("UPDATE map_pages SET slots = CAST(slots || x'01' AS BLOB)", "a page of the stream map is damaged"),
        ("UPDATE map_pages SET slots = zeroblob(16)", "does not prove the end of stream"),
    ],
)
def test_a_damaged_page_proves_nothing(parts: Parts, damage: str, said: str) -> None:
    stream = parts.investor()
    parts.investor()
    size = seal(parts)
    with parts.store.writing() as connection:
        connection.execute(text(damage))
    with pytest.raises(IntegrityError, match=said):
        parts.log.stream_proof(stream, size)


def test_a_crash_while_sealing_leaves_the_map_as_it_was(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = parts.investor()
    first = seal(parts)
    parts.append(stream)

    def cut(*_: object) -> str:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("verifier.checkpoint.sign", cut)
        with pytest.raises(RuntimeError):
            parts.log.seal(START)
    assert pages(parts) == 1
    assert parts.log.stream_proof(stream, first).end == entries(parts, first)[bytes.fromhex(stream)]
    assert parts.log.stream_proof(stream, seal(parts)).end == entries(parts, 2)[bytes.fromhex(stream)]


KEYS = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from([b"", b"\x00", b"\x00\x00\x01", b"\xff" * 31]),
    st.binary(min_size=32, max_size=32),
).map(lambda key: key[:32])
VALUES = st.binary(min_size=32, max_size=32)


def tree_root(values: dict[bytes, bytes]) -> bytes:
    return stream_map._subtree(list(values.items()), 0)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=12), max_size=6))
def test_pages_hold_any_keys_also_such_as_somebody_chose(steps: list[dict[bytes, bytes]]) -> None:
    """Keys that share all bits but the last: what nobody can make of streams, pages hold all the same."""
    held: dict[bytes, bytes] = {}
    stored: dict[str, Page] = {"": map_page.new_page()}
    for step in steps:
        changed = set[str]()
        for key, value in step.items():
            changed |= map_page.insert(stored, key, value)
        held |= step
        root = map_page.settle(stored, changed or {""})
        assert root == tree_root(held)
        stored = {name: map_page.decode(map_page.encode(page)) for name, page in stored.items()}
        for key, value in held.items():
            end, path = map_page.walk(stored, key)
            assert end == Other(key, value)
            reached = stream_map.leaf_hash(key, value)
            for depth, sibling in zip(reversed(range(len(path))), path, strict=True):
                right = key[depth >> 3] >> 7 - (depth & 7) & 1
                reached = stream_map.node_hash(*((sibling, reached) if right else (reached, sibling)))
            assert reached == root
