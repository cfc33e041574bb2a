"""Merkle trees of RFC 9162 §2.1, in two fixed hash suites. Nothing in a proof chooses the suite."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from verifier import digests
from verifier.errors import MalformedError, VerificationError

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**53 - 1
MAX_PATH: Final = 65  # a path in a tree of 2^53 records, and the leaf before it


@dataclass(frozen=True, slots=True)
class Suite:
    """A named hash with RFC 9162's domain separation."""

    name: str
    digest: Callable[[bytes], bytes]

    def leaf(self, content: bytes) -> bytes:
        """Return H(0x00 ‖ content)."""
        return self.digest(b"\x00" + content)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Return H(0x01 ‖ left ‖ right)."""
        return self.digest(b"\x01" + left + right)

    @property
    def empty(self) -> bytes:
        """Return the root of the tree without leaves: H of nothing."""
        return self.digest(b"")


SHA256: Final = Suite("sha256", digests.sha256)
SM3: Final = Suite("sm3", digests.sm3)
SUITES: Final = (SHA256, SM3)


def root(suite: Suite, leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes (RFC 9162 §2.1.1)."""
    level = list(leaf_hashes)
    if not level:
        return suite.empty
    while len(level) > 1:  # an odd last node rises unchanged, which gives RFC 9162's left-full trees
        paired = [suite.node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_path(suite: Suite, leaf_hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """Return the path of leaf ``index`` in the tree of the first ``size`` leaves (§2.1.3.1); ``ValueError`` outside."""
    if not 0 <= index < size <= len(leaf_hashes):
        msg = f"no leaf {index} in a tree of {size} over {len(leaf_hashes)} leaves"
        raise ValueError(msg)
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(suite, leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(root(suite, leaf_hashes[low:middle]))
            low = middle
    return path[::-1]


def consistency_path(suite: Suite, leaf_hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """Return the proof that the first ``old`` leaves are a prefix of the first ``new`` (§2.1.4.1); ``ValueError``."""
    if not 0 < old <= new <= len(leaf_hashes):
        msg = f"no consistency from {old} to {new} over {len(leaf_hashes)} leaves"
        raise ValueError(msg)
    low, high, path = 0, new, []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(root(suite, leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(root(suite, leaf_hashes[low:middle]))
            low = middle
    if low:  # the whole old tree is known to the verifier; a part of it is not
        path.append(root(suite, leaf_hashes[low:high]))
    return path[::-1]


def verify_inclusion(
    suite: Suite, leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes
) -> None:
    """Check RFC 9162 §2.1.3.2; `VerificationError` with the root that the path leads to."""
    _bounds([leaf_hash, *path])
    if not 0 <= index < size <= MAX_SIZE:
        raise VerificationError(
            "index_outside_tree", f"leaf {index} is outside a tree of {size}", index=index, size=size
        )
    fn, sn, reached = index, size - 1, leaf_hash
    for sibling in path:
        if sn == 0:
            raise VerificationError("path_too_long", f"the {suite.name} path of leaf {index} is too long", index=index)
        if fn & 1 or fn == sn:
            reached = suite.node(sibling, reached)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            reached = suite.node(reached, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise VerificationError("path_too_short", f"the {suite.name} path of leaf {index} is too short", index=index)
    _same(suite, reached, expected, f"leaf {index} in the tree of {size}")


def verify_consistency(
    suite: Suite, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check RFC 9162 §2.1.4.2; `VerificationError` with the root that the path leads to."""
    _bounds(path)
    if not 0 < old <= new <= MAX_SIZE:
        raise VerificationError("sizes_out_of_order", f"no consistency from size {old} to {new}", old=old, new=new)
    what = f"consistency from {old} to {new}"
    if old == new:
        if path:
            raise VerificationError("path_too_long", f"{suite.name} {what} needs no path", old=old, new=new)
        _same(suite, old_root, new_root, what)
        return
    nodes = [old_root, *path] if complete(old) else path  # a complete old tree is its own first node
    old_reached, new_reached = prefix_roots(suite, old, new, nodes)
    _same(suite, old_reached, old_root, f"the old side of {what}")
    _same(suite, new_reached, new_root, f"the new side of {what}")


def complete(size: int) -> bool:
    """Tell whether a tree of this size (> 0) is one complete subtree: then a consistency path leaves its root out."""
    return size & (size - 1) == 0


def prefix_roots(suite: Suite, old: int, new: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the first ``old`` and of all ``new`` leaves that a consistency path leads to.

    ``nodes`` are the path with its first node written out, also where ``old`` is `complete`; needs 0 < old < new.
    Whoever accepts the second root is bound to the first: both are made from the same nodes.
    """
    what = f"consistency from {old} to {new}"
    _bounds(nodes)
    if not 0 < old < new <= MAX_SIZE:
        raise VerificationError("sizes_out_of_order", f"no consistency from size {old} to {new}", old=old, new=new)
    if not nodes:
        raise VerificationError("path_too_short", f"{suite.name} {what} lacks its path", old=old, new=new)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_reached = new_reached = nodes[0]
    for sibling in nodes[1:]:
        if sn == 0:
            raise VerificationError("path_too_long", f"the {suite.name} path of {what} is too long", old=old, new=new)
        if fn & 1 or fn == sn:
            old_reached, new_reached = suite.node(sibling, old_reached), suite.node(sibling, new_reached)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_reached = suite.node(new_reached, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise VerificationError("path_too_short", f"the {suite.name} path of {what} is too short", old=old, new=new)
    return old_reached, new_reached


def _split(count: int) -> int:
    """Return the largest power of two smaller than ``count`` (> 1)."""
    return 1 << (count - 1).bit_length() - 1


def _bounds(path: Sequence[bytes]) -> None:
    if len(path) > MAX_PATH:
        raise MalformedError("path_too_long", f"a path has {len(path)} nodes, more than {MAX_PATH}", limit=MAX_PATH)
    if any(len(node) != HASH_BYTES for node in path):
        raise MalformedError("bad_hash_length", "a hash in a proof is not 32 bytes")


def _same(suite: Suite, reached: bytes, expected: bytes, what: str) -> None:
    if reached != expected:
        raise VerificationError(
            "root_mismatch",
            f"{suite.name}: {what} leads to another root",
            suite=suite.name,
            reached=reached.hex(),
            expected=expected.hex(),
        )
