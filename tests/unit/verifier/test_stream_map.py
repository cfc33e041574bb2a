"""The map from streams to their newest records: one answer per stream under a root, and proofs of it."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import stream_map
from verifier.errors import MalformedError, VerificationError
from verifier.stream_map import EMPTY, Newest, Other, Proof

STREAMS = st.binary(min_size=32, max_size=32)
NEWEST = st.builds(Newest, st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
MAPS = st.dictionaries(STREAMS, NEWEST, max_size=40)


def h(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def stream(number: int) -> bytes:
    return h(b"stream %d" % number)


def held(count: int) -> dict[bytes, Newest]:
    return {stream(n): Newest(n, h(b"leaf %d" % n)) for n in range(count)}


def apart(depth: int) -> tuple[bytes, bytes]:
    """Return two streams whose keys share exactly ``depth`` bits."""
    first = stream(0)
    key = stream_map.key_of(first)
    for n in range(1, 100_000):
        other = stream_map.key_of(stream(n))
        if (int.from_bytes(key, "big") ^ int.from_bytes(other, "big")).bit_length() == 256 - depth:
            return first, stream(n)
    raise AssertionError("no such pair among so many")


def test_the_hashes_are_those_of_the_format() -> None:
    only = {stream(1): Newest(258, b"\7" * 32)}
    key = h(b"\4", stream(1))
    leaf = h(b"\2", key, h(b"\5", bytes(6), b"\1\2", b"\7" * 32))
    assert stream_map.root(only) == leaf
    assert stream_map.root({}) == EMPTY == bytes(32)


def test_two_streams_stand_where_their_keys_part() -> None:
    for depth in range(8):
        first, second = apart(depth)
        both = {first: Newest(0, b"\1" * 32), second: Newest(5, b"\2" * 32)}
        keys = {s: stream_map.key_of(s) for s in both}
        low, high = sorted(both, key=keys.__getitem__)
        node = h(b"\3", *(stream_map.leaf_hash(keys[s], stream_map.value_of(both[s])) for s in (low, high)))
        for bit in reversed(range(depth)):
            right = keys[first][bit >> 3] >> 7 - (bit & 7) & 1
            node = h(b"\3", EMPTY, node) if right else h(b"\3", node, EMPTY)
        assert stream_map.root(both) == node
        path = stream_map.prove(both, first).path
        assert path[1:] == (EMPTY,) * depth
        assert path[0] != EMPTY


@given(MAPS, STREAMS)
def test_every_stream_has_one_proof_that_holds(entries: dict[bytes, Newest], unknown: bytes) -> None:
    root = stream_map.root(entries)
    assert root == stream_map.root(dict(reversed(entries.items())))
    for known, newest in entries.items():
        proof = stream_map.prove(entries, known)
        assert proof.end == newest
        stream_map.verify(known, proof, root)
    proof = stream_map.prove(entries, unknown)
    assert (proof.end == entries.get(unknown)) if unknown in entries else not isinstance(proof.end, Newest)
    stream_map.verify(unknown, proof, root)


@given(MAPS.filter(bool), st.data())
def test_any_other_claim_fails(entries: dict[bytes, Newest], data: st.DataObject) -> None:
    root = stream_map.root(entries)
    known = data.draw(st.sampled_from(sorted(entries)))
    proof = stream_map.prove(entries, known)
    newest = entries[known]
    earlier = replace(newest, seq=newest.seq - 1 if newest.seq else 1)
    others = [Proof(end, proof.path) for end in (earlier, replace(newest, leaf=h(newest.leaf)), None)]
    others += [Proof(newest, (*proof.path[:i], h(node), *proof.path[i + 1 :])) for i, node in enumerate(proof.path)]
    others += [Proof(newest, proof.path[1:])] if proof.path else []
    others += [Proof(newest, (*proof.path, h(b"more")))]
    for claim in others:
        with pytest.raises(VerificationError):
            stream_map.verify(known, claim, root)
    with pytest.raises(VerificationError):
        stream_map.verify(h(known), proof, root)


@given(MAPS, STREAMS, NEWEST)
def test_the_root_moves_with_every_record(entries: dict[bytes, Newest], moved: bytes, newest: Newest) -> None:
    grown = {**entries, moved: newest}
    assert (stream_map.root(grown) == stream_map.root(entries)) == (entries.get(moved) == newest)


class TestAbsence:
    def test_by_an_empty_place(self) -> None:
        entries = held(200)
        absent = next(s for s in map(stream, range(200, 9000)) if stream_map.prove(entries, s).end is None)
        stream_map.verify(absent, stream_map.prove(entries, absent), stream_map.root(entries))

    def test_by_the_neighbour_in_its_place(self) -> None:
        entries = held(3)
        absent = next(s for s in map(stream, range(3, 99)) if isinstance(stream_map.prove(entries, s).end, Other))
        proof = stream_map.prove(entries, absent)
        stream_map.verify(absent, proof, stream_map.root(entries))
        assert isinstance(proof.end, Other)
        with pytest.raises(VerificationError) as caught:
            stream_map.verify(absent, replace(proof, end=replace(proof.end, value=h(b"x"))), stream_map.root(entries))
        assert caught.value.code == "map_root_mismatch"

    def test_not_by_the_streams_own_leaf(self) -> None:
        entries = held(3)
        proof = stream_map.prove(entries, stream(1))
        assert isinstance(proof.end, Newest)
        hidden = Other(stream_map.key_of(stream(1)), stream_map.value_of(proof.end))
        with pytest.raises(MalformedError) as caught:
            stream_map.verify(stream(1), replace(proof, end=hidden), stream_map.root(entries))
        assert caught.value.code == "same_stream"

    def test_not_by_a_leaf_somewhere_else(self) -> None:
        entries = held(50)
        elsewhere = stream_map.prove(entries, stream(7))
        key = stream_map.key_of(stream(7))
        absent = next(s for s in map(stream, range(50, 999)) if (stream_map.key_of(s)[0] ^ key[0]) & 0x80)
        assert isinstance(elsewhere.end, Newest)
        foreign = Proof(Other(key, stream_map.value_of(elsewhere.end)), elsewhere.path)
        with pytest.raises(MalformedError) as caught:
            stream_map.verify(absent, foreign, stream_map.root(entries))
        assert caught.value.code == "other_place"


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        (Proof(None, (b"\1" * 32,) * 257), "path_too_long"),
        (Proof(Newest(0, b"\1" * 32), (EMPTY, b"\1" * 32)), "path_too_long"),
        (Proof(None, (EMPTY,)), "path_too_long"),
        (Proof(None, (b"\1" * 31,)), "bad_hash_length"),
        (Proof(Newest(0, b"\1" * 33), ()), "bad_hash_length"),
        (Proof(Other(b"\1" * 32, b""), ()), "bad_hash_length"),
        (Proof(Newest(-1, b"\1" * 32), ()), "bad_member"),
        (Proof(Newest(2**53, b"\1" * 32), ()), "bad_member"),
    ],
)
def test_a_proof_has_exactly_one_form(proof: Proof, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        stream_map.verify(stream(0), proof, b"\1" * 32)
    assert caught.value.code == code


def test_a_stream_is_32_bytes() -> None:
    with pytest.raises(MalformedError):
        stream_map.verify(b"", Proof(None, ()), EMPTY)


def test_a_path_may_be_as_long_as_a_key() -> None:
    key = stream_map.key_of(stream(0))
    proof = Proof(Newest(0, b"\1" * 32), (b"\1" * 32,) * 256)
    reached = stream_map.leaf_hash(key, stream_map.value_of(Newest(0, b"\1" * 32)))
    for bit in reversed(range(256)):
        right = key[bit >> 3] >> 7 - (bit & 7) & 1
        reached = h(b"\3", b"\1" * 32, reached) if right else h(b"\3", reached, b"\1" * 32)
    stream_map.verify(stream(0), proof, reached)
