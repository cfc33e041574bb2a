"""The stream map: from every stream to its newest record, under one root (`docs/format.md` §4).

A binary tree over SHA-256(0x04 ‖ stream). A subtree without streams is 32 zero bytes, one with a single stream is that
stream's leaf, any other is the node of its halves; so a walk from the root along a key's bits ends in exactly one
place, which holds the stream's newest record or shows that there is none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError
from verifier.merkle import HASH_BYTES, MAX_SIZE
from verifier.record import members

EMPTY: Final = bytes(HASH_BYTES)
MAX_DEPTH: Final = 8 * HASH_BYTES
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_LEAF, _NODE, _KEY, _VALUE = b"\x02", b"\x03", b"\x04", b"\x05"  # RFC 9162 trees use 0x00 and 0x01


@dataclass(frozen=True, slots=True)
class Newest:
    """A stream's newest record: its position in the stream and its SHA-256 leaf hash."""

    seq: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Other:
    """The one other stream at the place where ``stream`` would be; only the digests of what it holds."""

    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the walk along the stream's key ends (``None``: in an empty place) and the siblings, from there upwards."""

    end: Newest | Other | None
    path: tuple[bytes, ...]


_Leaf: TypeAlias = tuple[bytes, bytes]
"""Key and value."""


def key_of(stream: bytes) -> bytes:
    """Return a stream's place: SHA-256(0x04 ‖ stream)."""
    return sha256(_KEY + stream)


def value_of(newest: Newest) -> bytes:
    """Return SHA-256(0x05 ‖ seq as 8 bytes, big end first ‖ leaf)."""
    return sha256(_VALUE + newest.seq.to_bytes(8, "big") + newest.leaf)


def leaf_hash(key: bytes, value: bytes) -> bytes:
    """Return SHA-256(0x02 ‖ key ‖ value)."""
    return sha256(_LEAF + key + value)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x03 ‖ left ‖ right)."""
    return sha256(_NODE + left + right)


def root(entries: Mapping[bytes, Newest]) -> bytes:
    """Return the root over streams (32 bytes each) and their newest records; ``EMPTY`` over none."""
    return _subtree(_leaves(entries.items()), 0)


def prove(entries: Mapping[bytes, Newest], stream: bytes) -> Proof:
    """Prove what the map holds for a stream, or that it holds nothing."""
    key, leaves, path = key_of(stream), _leaves(entries.items()), list[bytes]()
    while len(leaves) > 1:
        depth = len(path)
        halves = _halves(leaves, depth)
        side = _bit(key, depth)
        path.append(_subtree(halves[1 - side], depth + 1))
        leaves = halves[side]
    end: Newest | Other | None = entries.get(stream)
    if end is None and leaves:
        end = Other(*leaves[0])
    return Proof(end, tuple(reversed(path)))


def verify(stream: bytes, proof: Proof, expected: bytes) -> None:
    """Check that ``proof`` tells what the map under the root ``expected`` holds for ``stream``.

    `MalformedError` for a proof that is not of the format; `VerificationError` with the root that it leads to.
    """
    depth = len(proof.path)
    if depth > MAX_DEPTH:
        raise MalformedError("path_too_long", f"a path in the stream map has more than {MAX_DEPTH} nodes")
    if any(len(node) != HASH_BYTES for node in (*proof.path, *_hashes(proof.end), stream)):
        raise MalformedError("bad_hash_length", "a hash in a proof of the stream map is not 32 bytes")
    if proof.path and proof.path[0] == EMPTY:  # the half above would then be the end already
        raise MalformedError("path_too_long", "a path in the stream map goes on below its end")
    key = key_of(stream)
    reached = _end(key, proof.end, depth)
    for sibling in proof.path:
        depth -= 1
        reached = node_hash(sibling, reached) if _bit(key, depth) else node_hash(reached, sibling)
    if reached != expected:
        raise VerificationError(
            "map_root_mismatch",
            f"the proof for stream {stream.hex()[:8]}… leads to another root of the stream map",
            reached=reached.hex(),
            expected=expected.hex(),
        )


def parse(value: object, what: str) -> tuple[str, Proof]:
    """Read a proof and the stream (hex) that it is about; `MalformedError` unless it is exactly of the format."""
    body = members(value, frozenset(("stream", "newest", "other", "path")), what)
    path = body["path"]
    if not isinstance(path, list) or len(path) > MAX_DEPTH:
        raise MalformedError("bad_member", f"{what}.path is not a list of at most {MAX_DEPTH}", member=what)
    siblings = tuple(EMPTY if node == "" else _hash(node, f"{what}.path") for node in path)
    if siblings.count(EMPTY) != path.count(""):
        raise MalformedError("bad_member", f"{what}.path spells an empty subtree as zeros", member=what)
    return _hash(body["stream"], f"{what}.stream").hex(), Proof(_read_end(body, what), siblings)


def as_json(stream: str, proof: Proof) -> dict[str, Any]:
    """Return the form that `parse` reads."""
    end = proof.end
    return {
        "stream": stream,
        "newest": {"seq": end.seq, "leaf": end.leaf.hex()} if isinstance(end, Newest) else None,
        "other": {"key": end.key.hex(), "value": end.value.hex()} if isinstance(end, Other) else None,
        "path": ["" if node == EMPTY else node.hex() for node in proof.path],
    }


def _read_end(body: Mapping[str, Any], what: str) -> Newest | Other | None:
    newest, other = body["newest"], body["other"]
    if newest is not None and other is not None:
        raise MalformedError("bad_member", f"{what} ends at two streams", member=what)
    if newest is not None:
        inner = members(newest, frozenset(("seq", "leaf")), f"{what}.newest")
        if type(inner["seq"]) is not int:
            raise MalformedError("bad_member", f"{what}.newest.seq is not a position in a stream", member=what)
        return Newest(inner["seq"], _hash(inner["leaf"], f"{what}.newest.leaf"))
    if other is not None:
        inner = members(other, frozenset(("key", "value")), f"{what}.other")
        return Other(*(_hash(inner[name], f"{what}.other.{name}") for name in ("key", "value")))
    return None


def _hash(value: object, what: str) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise MalformedError("bad_member", f"{what} is not 64 hex digits", member=what)
    return bytes.fromhex(value)


def _end(key: bytes, end: Newest | Other | None, depth: int) -> bytes:
    """Return the hash of the place where the walk ends."""
    if end is None:
        return EMPTY
    if isinstance(end, Newest):
        if not 0 <= end.seq <= MAX_SIZE:
            raise MalformedError("bad_member", "seq in a proof of the stream map is not a position in a stream")
        return leaf_hash(key, value_of(end))
    if end.key == key:
        raise MalformedError("same_stream", "the other stream in a proof of absence is the stream itself")
    if any(_bit(end.key, i) != _bit(key, i) for i in range(depth)):
        raise MalformedError("other_place", "the other stream in a proof of absence is not where this one would be")
    return leaf_hash(end.key, end.value)


def _hashes(end: Newest | Other | None) -> tuple[bytes, ...]:
    if end is None:
        return ()
    return (end.leaf,) if isinstance(end, Newest) else (end.key, end.value)


def _leaves(entries: Iterable[tuple[bytes, Newest]]) -> list[_Leaf]:
    return [(key_of(stream), value_of(newest)) for stream, newest in entries]


def _subtree(leaves: Sequence[_Leaf], depth: int) -> bytes:
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(*leaves[0])
    left, right = _halves(leaves, depth)
    return node_hash(_subtree(left, depth + 1), _subtree(right, depth + 1))


def _halves(leaves: Sequence[_Leaf], depth: int) -> tuple[list[_Leaf], list[_Leaf]]:
    halves: tuple[list[_Leaf], list[_Leaf]] = ([], [])
    for leaf in leaves:
        halves[_bit(leaf[0], depth)].append(leaf)
    return halves


def _bit(key: bytes, depth: int) -> int:
    """Return bit ``depth`` of a key, the most significant of its first byte being bit 0."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1
