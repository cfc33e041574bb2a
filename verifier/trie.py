"""Merkle-Patricia proofs of presence (Ethereum yellow paper, appendix D)."""

from collections.abc import Callable, Sequence
from typing import Final

from verifier import rlp
from verifier.errors import MalformedError, VerificationError

MAX_NODES: Final = 64
_BRANCH: Final = 17
_PAIR: Final = 2
_HASH: Final = 32


def verify_value(root: bytes, key: bytes, proof: Sequence[bytes], digest: Callable[[bytes], bytes]) -> bytes:
    """Return the value under ``key`` that ``proof`` shows below ``root``; every node of the proof must be used.

    ``proof`` runs from the root down; a node shorter than 32 bytes stands inside its parent. ``digest`` is Keccak-256.
    """
    if len(proof) > MAX_NODES:
        raise MalformedError("too_large", f"a trie proof has more than {MAX_NODES} nodes", limit=MAX_NODES)
    path = [nibble for byte in key for nibble in (byte >> 4, byte & 15)]
    rest = list(proof)
    reference: rlp.Item = root
    while True:
        node = _resolve(reference, rest, digest)
        if len(node) == _BRANCH:
            if not path:
                return _value(node[16], rest)
            reference = node[path.pop(0)]
        elif len(node) == _PAIR:
            part, is_leaf = _hex_prefix(rlp.text(node[0]))
            if path[: len(part)] != part or (is_leaf and len(path) != len(part)):
                raise VerificationError("trie_path_differs", "the trie proof leads to another key")
            del path[: len(part)]
            if is_leaf:
                return _value(node[1], rest)
            reference = node[1]
        else:
            raise MalformedError("bad_trie_node", f"a trie node has {len(node)} items, not 2 or 17")


def _resolve(reference: rlp.Item, rest: list[bytes], digest: Callable[[bytes], bytes]) -> list[rlp.Item]:
    if isinstance(reference, list):  # a short node inside its parent
        return reference
    if len(reference) != _HASH:
        raise VerificationError("trie_key_absent", "the trie holds nothing under this key")
    if not rest:
        raise VerificationError("trie_proof_short", "the trie proof ends before the value")
    node = rest.pop(0)
    if digest(node) != reference:
        raise VerificationError("trie_node_differs", "a trie node does not hash to what its parent names")
    return rlp.decode_list(node)


def _value(item: rlp.Item, rest: Sequence[bytes]) -> bytes:
    value = rlp.text(item)
    if not value:
        raise VerificationError("trie_key_absent", "the trie holds nothing under this key")
    if rest:
        raise VerificationError("trie_proof_long", f"{len(rest)} nodes of the trie proof are not used")
    return value


def _hex_prefix(encoded: bytes) -> tuple[list[int], bool]:
    """Return the nibbles and whether the node is a leaf (yellow paper, appendix C)."""
    nibbles = [nibble for byte in encoded for nibble in (byte >> 4, byte & 15)]
    if not nibbles or nibbles[0] > 3 or (not nibbles[0] & 1 and nibbles[1]):  # noqa: PLR2004 - flags are two bits
        raise MalformedError("bad_trie_node", "a trie node's path is not hex-prefix encoded")
    return nibbles[1 if nibbles[0] & 1 else 2 :], bool(nibbles[0] & 2)
