"""Checkpoints and proofs from tiles, held against the verifier, which computes them another way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from ledger.errors import ConfigurationError, ConflictError, IntegrityError, NotFoundError
from ledger.ports.log import Block
from ledger.services.frontier import Frontier
from ledger.storage import tree
from ledger.storage.log import open_log
from tests.fakes import LOG_KEY, ORIGIN, START
from tests.ledgers import Parts, flip, open_parts
from verifier import checkpoint, merkle


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


def leaves(parts: Parts) -> tuple[list[bytes], list[bytes]]:
    with parts.store.snapshot() as reader:
        stored = reader.range(0, 10**9)
    return [bytes.fromhex(s.leaf_sha256) for s in stored], [bytes.fromhex(s.leaf_sm3) for s in stored]


def test_nothing_to_seal_gives_no_checkpoint(parts: Parts) -> None:
    assert parts.log.seal(START) is None
    assert parts.log.latest() is None
    assert parts.log.checkpoints() == ()


@pytest.mark.parametrize("growth", [(1, 1, 1), (255, 1, 1), (256,), (257, 300, 513), (1, 700)])
def test_sealed_roots_are_those_of_the_leaves(parts: Parts, growth: tuple[int, ...]) -> None:
    stream = parts.investor()
    size = 1
    for more in growth:
        parts.append(stream, more)
        size += more
        sealed = parts.log.seal(START)
        assert sealed is not None
        sha256, sm3 = leaves(parts)
        assert sealed.checkpoint.size == size == len(sha256)
        assert sealed.checkpoint.sha256_root == merkle.root(merkle.SHA256, sha256)
        assert sealed.checkpoint.sm3_root == merkle.root(merkle.SM3, sm3)
        assert checkpoint.open_note(sealed.note, {parts.log.vkey}) == sealed.checkpoint
        assert sealed.first == size - more - (size == more + 1)
        assert parts.log.latest() == sealed


def test_every_proof_from_tiles_is_the_verifiers(parts: Parts) -> None:
    stream = parts.investor()
    parts.append(stream, 600)
    parts.log.seal(START)
    sha256, sm3 = leaves(parts)
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 601):
        for index in {0, 1, 254, 255, 256, 257, 511, 512, size // 2, size - 1}:
            if index < size:
                proof = parts.log.inclusion(index, size)
                assert list(proof.sha256) == [
                    n.hex() for n in merkle.inclusion_path(merkle.SHA256, sha256, index, size)
                ]
                assert list(proof.sm3) == [n.hex() for n in merkle.inclusion_path(merkle.SM3, sm3, index, size)]
        old_proof = parts.log.consistency(size, 601)
        assert list(old_proof.sha256) == [n.hex() for n in merkle.consistency_path(merkle.SHA256, sha256, size, 601)]
        assert list(old_proof.sm3) == [n.hex() for n in merkle.consistency_path(merkle.SM3, sm3, size, 601)]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 1), (2, 2), (0, 3)])
def test_no_proof_outside_the_sealed_tree(parts: Parts, index: int, size: int) -> None:
    stream = parts.investor(2)
    parts.log.seal(START)
    parts.append(stream)
    with pytest.raises(NotFoundError):
        parts.log.inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 2), (2, 1), (1, 3)])
def test_no_consistency_outside_the_sealed_tree(parts: Parts, old: int, new: int) -> None:
    stream = parts.investor(2)
    parts.log.seal(START)
    parts.append(stream)
    with pytest.raises(NotFoundError):
        parts.log.consistency(old, new)


def test_checkpoints_are_found_by_what_they_cover(parts: Parts) -> None:
    stream = parts.investor(2)
    for _ in range(3):
        parts.log.seal(START)
        parts.append(stream, 2)
    assert [c.checkpoint.size for c in parts.log.checkpoints()] == [2, 4, 6]
    assert [c.first for c in parts.log.checkpoints()] == [0, 2, 4]
    assert [c.checkpoint.size for c in parts.log.checkpoints(after=2, limit=1)] == [4]
    for index, size in ((0, 2), (1, 2), (2, 4), (5, 6)):
        covering = parts.log.covering(index)
        assert covering is not None
        assert covering.checkpoint.size == size
    assert parts.log.covering(6) is None
    assert parts.log.covering(0, final=True) is None
    parts.log.submitted(4, "aa", START)
    parts.log.final(4, START)
    covering, latest = parts.log.covering(0, final=True), parts.log.latest(final=True)
    assert covering == latest
    assert latest is not None
    assert (latest.checkpoint.size, latest.state, latest.transaction) == (4, "final", "aa")


def test_a_limit_seals_in_steps(parts: Parts) -> None:
    parts.investor(5)
    sizes = []
    while (sealed := parts.log.seal(START, limit=2)) is not None:
        sizes.append(sealed.checkpoint.size)
    assert sizes == [2, 4, 5]


def test_outbox_rows_only_go_forward(parts: Parts) -> None:
    parts.investor()
    parts.log.seal(START)
    with pytest.raises(ConflictError):
        parts.log.mined(1, START)
    parts.log.submitted(1, "aa", START)
    parts.log.submitted(1, "bb", START)
    block = Block(7, "b" * 64, START)
    parts.log.mined(1, START, block)
    (mined,) = parts.log.waiting()
    assert (mined.state, mined.transaction, mined.block) == ("mined", "bb", block)
    parts.log.submitted(1, "cc", START)  # a reorganisation brought it back into the pool
    (back,) = parts.log.waiting()
    assert (back.state, back.transaction, back.block) == ("submitted", "cc", None)
    parts.log.mined(1, START, block)
    parts.log.lost(1, START)
    (again,) = parts.log.waiting()
    assert (again.state, again.transaction, again.block) == ("sealed", None, None)
    parts.log.submitted(1, "dd", START)
    parts.log.final(1, START)
    parts.log.final(1, START)
    for move in (parts.log.lost, parts.log.mined):
        with pytest.raises(ConflictError):
            move(1, START)
    with pytest.raises(ConflictError):
        parts.log.submitted(1, "ee", START)
    with pytest.raises(ConflictError):
        parts.log.final(2, START)
    assert parts.log.waiting() == ()


def test_another_origin_or_key_is_refused(parts: Parts) -> None:
    with pytest.raises(ConfigurationError):
        open_log(parts.store, origin="ledger.test/other", signer=LOG_KEY)
    with pytest.raises(ConfigurationError):
        open_log(parts.store, origin=ORIGIN, signer=Ed25519PrivateKey.generate())
    open_log(parts.store, origin=ORIGIN, signer=LOG_KEY)


def test_a_changed_tile_gives_no_proof(parts: Parts) -> None:
    parts.append(parts.investor(), 300)
    parts.log.seal(START)
    flip(parts.store, "tiles", "hashes", "suite = 'sm3'")
    fresh = open_log(parts.store, origin=ORIGIN, signer=LOG_KEY)
    with pytest.raises(IntegrityError, match="fsck"):
        fresh.inclusion(5, 301)


def test_tiles_of_an_earlier_form_are_made_anew(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    parts.append(parts.investor(), 300)
    parts.log.seal(START)
    names = parts.log.tiles("sm3")
    made = [parts.log.tile("sm3", *name) for name in names]
    parts.append(parts.investor(), 20)  # not sealed
    with parts.store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
        connection.execute(text("DROP TABLE messages"))  # what came after
        connection.execute(text("DROP TABLE tiles"))
        connection.execute(text("CREATE TABLE tiles (hashes BLOB CHECK (length(hashes) = 8192))"))
    parts.store.close()
    again = open_parts(tmp_path)
    assert again.log.tiles("sm3") == names == [*((0, n) for n in range(18)), (1, 0)]
    assert [again.log.tile("sm3", *name) for name in names] == made
    with again.store.writing() as connection, pytest.raises(DatabaseError, match="tiles is append-only"):
        connection.execute(text("DELETE FROM tiles"))
    again.store.close()


def test_sealed_records_that_are_gone_stop_the_log(parts: Parts) -> None:
    parts.investor(3)
    parts.log.seal(START)
    with parts.store.writing() as connection:
        connection.execute(text("DROP TRIGGER records_no_delete"))
        connection.execute(text("DELETE FROM disclosures WHERE idx = 2"))
        connection.execute(text("DELETE FROM records WHERE idx = 2"))
    with pytest.raises(IntegrityError, match="3 records were sealed and only 2"):
        parts.log.seal(START)


@given(st.integers(1, 70_000), st.data())
def test_trees_of_every_size_agree(size: int, data: st.DataObject) -> None:
    suite = merkle.Suite("toy", lambda content: bytes([sum(content) * 7 % 251, len(content) % 251]) * 16)
    hashes = [bytes([i % 256, i >> 8 & 255]) * 16 for i in range(size)]
    levels = [hashes]
    while len(levels[-1]) >= tree.WIDTH:
        below = levels[-1]
        levels.append([merkle.root(suite, below[i : i + 16]) for i in range(0, len(below) - 15, 16)])

    def over(ranges: list[tree.Range]) -> list[bytes]:
        read = {
            (level, number): tree.grow(suite, levels[level][number * 16 : number * 16 + 16])
            for level, number in tree.needed(ranges)
        }
        assert len(read) <= 2 * len(levels)
        return [tree.over(suite, read, each) for each in ranges]

    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert over([(0, size)]) == [merkle.root(suite, hashes)]
    assert over(tree.inclusion(index, size)) == merkle.inclusion_path(suite, hashes, index, size)
    assert over(tree.consistency(old, size)) == merkle.consistency_path(suite, hashes, old, size)


def test_the_frontier_gives_the_same_roots_and_tiles() -> None:
    frontier = Frontier(merkle.SHA256)
    assert frontier.root() == merkle.SHA256.empty
    hashes: list[bytes] = []
    tiles = {}
    for i in range(600):
        hashes.append(merkle.SHA256.leaf(i.to_bytes(2)))
        tiles.update({(level, number): body for level, number, body in frontier.push(hashes[-1])})
        if i % 37 == 0 or i in {255, 256, 511, 512}:
            assert frontier.root() == merkle.root(merkle.SHA256, hashes)
    assert len(tiles) == 600 // 16 + 600 // 256
    assert tiles[0, 3] == b"".join([*hashes[48:64], merkle.root(merkle.SHA256, hashes[48:64])])
    lower = [merkle.root(merkle.SHA256, hashes[i : i + 16]) for i in range(256, 512, 16)]
    assert tiles[1, 1] == b"".join([*lower, merkle.root(merkle.SHA256, hashes[256:512])])


def test_the_frontier_fills_higher_tiles() -> None:
    toy = merkle.Suite("toy", lambda content: bytes([sum(content) % 251]) * 32)
    frontier = Frontier(toy)
    names = [(level, number) for i in range(16**3 * 2) for level, number, _ in frontier.push(bytes([i % 256]) * 32)]
    for level, count in enumerate((512, 32, 2)):
        assert [n for at, n in names if at == level] == list(range(count))


def test_writes_that_were_left_out_are_kept_by_checkpoint(parts: Parts) -> None:
    parts.investor(2)
    parts.log.seal(START, limit=1)
    parts.log.seal(START)
    assert parts.log.left_out() == ()
    parts.log.leave_out(2, ["b" * 64, "a" * 64])
    parts.log.leave_out(1, ["c" * 64])
    assert parts.log.left_out() == ((1, "c" * 64), (2, "a" * 64), (2, "b" * 64))
    parts.log.leave_out(2, ["a" * 64])  # asked again after a crash
    parts.log.leave_out(1, [])
    assert parts.log.left_out() == ((2, "a" * 64),)


def test_a_lease_is_extended_by_its_holder_only(parts: Parts) -> None:
    later, latest = START + timedelta(seconds=60), START + timedelta(seconds=120)
    with parts.log.lease("one", START, later) as mine:
        assert mine
        assert parts.log.extend("one", START + timedelta(seconds=59), latest)
        assert not parts.log.extend("two", later, latest)
        assert parts.log.extend("two", latest, latest + timedelta(seconds=60))  # it ran out
        assert not parts.log.extend("one", latest, latest)
