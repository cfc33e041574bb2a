"""Proofs in the stream map: whatever is changed in one is caught, and growth of the log leaves old ones true."""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from verifier import stream_map
from verifier.errors import VerificationError
from verifier.stream_map import Newest

STREAMS = [n.to_bytes(32, "big") for n in range(60)]
HISTORY = st.lists(st.sampled_from(STREAMS), min_size=1, max_size=80)
"""Which stream each record of a log belongs to."""


def newest(history: list[bytes]) -> dict[bytes, Newest]:
    found: dict[bytes, Newest] = {}
    for index, stream in enumerate(history):
        seq = found[stream].seq + 1 if stream in found else 0
        found[stream] = Newest(seq, index.to_bytes(32, "big"))
    return found


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for name, member in members for place in places(member, (*way, name)))]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 100),
    st.just(""),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=3),
)


@given(HISTORY, st.sampled_from(STREAMS), st.data())
def test_any_change_of_a_proof_is_caught(history: list[bytes], stream: bytes, data: st.DataObject) -> None:
    entries = newest(history)
    root = stream_map.root(entries)
    sound = stream_map.as_json(stream.hex(), stream_map.prove(entries, stream))
    assert stream_map.parse(sound, "proof") == (stream.hex(), stream_map.prove(entries, stream))
    changed = copy.deepcopy(sound)
    way = data.draw(st.sampled_from([way for way in places(sound) if way and way != ("stream",)]))
    place: Any = changed
    for name in way[:-1]:
        place = place[name]
    place[way[-1]] = data.draw(VALUES)
    if json.dumps(changed) == json.dumps(sound):
        return
    try:
        named, proof = stream_map.parse(changed, "proof")
        stream_map.verify(bytes.fromhex(named), proof, root)
    except VerificationError:
        return
    raise AssertionError(f"{changed} is taken for {sound}")


@given(HISTORY, HISTORY, st.sampled_from(STREAMS))
def test_a_proof_holds_under_its_own_checkpoint_for_ever_and_under_no_other(
    history: list[bytes], more: list[bytes], stream: bytes
) -> None:
    before, after = newest(history), newest(history + more)
    old, new = stream_map.root(before), stream_map.root(after)
    proof = stream_map.prove(before, stream)
    stream_map.verify(stream, proof, old)
    assert old != new
    try:
        stream_map.verify(stream, proof, new)
    except VerificationError:
        return
    raise AssertionError("the map changed and the proof did not")
