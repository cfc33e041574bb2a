import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from verifier import merkle
from verifier.errors import MalformedError, VerificationError

PUBLIC = Path(__file__).parents[4] / "shared" / "vectors" / "merkle"
PRESENT = pytest.mark.skipif(
    not PUBLIC.is_dir(), reason="LOUD: the public Merkle vectors are not beside this checkout (../shared/vectors)"
)


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((PUBLIC / name).read_bytes())
    assert len(found) == 98
    assert sum(case["wantErr"] for case in found) == 92 if name == "inclusion.json" else True
    return found


@PRESENT
def test_all_public_inclusion_proofs() -> None:
    for case in cases("inclusion.json"):
        path = [raw(node) for node in case["proof"] or []]
        arguments = (raw(case["leafHash"]), case["leafIdx"], case["treeSize"], path, raw(case["root"]))
        if case["wantErr"]:
            with pytest.raises(VerificationError):
                merkle.verify_inclusion(merkle.SHA256, *arguments)
        else:
            merkle.verify_inclusion(merkle.SHA256, *arguments)


@PRESENT
def test_all_public_consistency_proofs() -> None:
    for case in cases("consistency.json"):
        path = [raw(node) for node in case["proof"] or []]
        arguments = (case["size1"], case["size2"], path, raw(case["root1"]), raw(case["root2"]))
        if case["wantErr"]:
            with pytest.raises(VerificationError):
                merkle.verify_consistency(merkle.SHA256, *arguments)
        else:
            merkle.verify_consistency(merkle.SHA256, *arguments)


def leaves(suite: merkle.Suite, count: int) -> list[bytes]:
    return [suite.leaf(bytes([n])) for n in range(count)]


def naive(suite: merkle.Suite, hashes: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1 word for word."""
    if len(hashes) == 1:
        return hashes[0]
    k = max(2**i for i in range(10) if 2**i < len(hashes))
    return suite.node(naive(suite, hashes[:k]), naive(suite, hashes[k:]))


@pytest.mark.parametrize("suite", merkle.SUITES, ids=lambda suite: suite.name)
def test_the_root_is_that_of_the_recursive_definition(suite: merkle.Suite) -> None:
    for count in range(1, 34):
        assert merkle.root(suite, leaves(suite, count)) == naive(suite, leaves(suite, count))


def test_the_empty_tree_and_the_hashes_are_those_of_the_standards() -> None:
    assert merkle.root(merkle.SHA256, []) == merkle.SHA256.empty == hashlib.sha256(b"").digest()
    assert merkle.SM3.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert merkle.SHA256.leaf(b"x") == hashlib.sha256(b"\0x").digest()
    assert merkle.SHA256.node(b"l", b"r") == hashlib.sha256(b"\1lr").digest()


@pytest.mark.parametrize("suite", merkle.SUITES, ids=lambda suite: suite.name)
def test_every_proof_of_small_trees_verifies(suite: merkle.Suite) -> None:
    hashes = leaves(suite, 21)
    for size in range(1, 22):
        root = merkle.root(suite, hashes[:size])
        for index in range(size):
            path = merkle.inclusion_path(suite, hashes, index, size)
            merkle.verify_inclusion(suite, hashes[index], index, size, path, root)
        for old in range(1, size + 1):
            path = merkle.consistency_path(suite, hashes, old, size)
            merkle.verify_consistency(suite, old, size, path, merkle.root(suite, hashes[:old]), root)


def test_a_proof_of_one_suite_is_refused_under_the_other() -> None:
    hashes = leaves(merkle.SHA256, 5)
    path = merkle.inclusion_path(merkle.SHA256, hashes, 2, 5)
    with pytest.raises(VerificationError) as caught:
        merkle.verify_inclusion(merkle.SM3, hashes[2], 2, 5, path, merkle.root(merkle.SHA256, hashes))
    assert caught.value.code == "root_mismatch"
    assert caught.value.evidence["suite"] == "sm3"


def test_an_empty_old_tree_proves_nothing() -> None:
    with pytest.raises(VerificationError) as caught:
        merkle.verify_consistency(merkle.SHA256, 0, 3, [], merkle.SHA256.empty, merkle.SHA256.empty)
    assert caught.value.code == "sizes_out_of_order"


def test_the_old_side_of_a_consistency_proof_is_checked_too() -> None:
    hashes = leaves(merkle.SHA256, 7)
    path = merkle.consistency_path(merkle.SHA256, hashes, 3, 7)
    with pytest.raises(VerificationError, match="the old side"):
        merkle.verify_consistency(merkle.SHA256, 3, 7, path, b"\0" * 32, merkle.root(merkle.SHA256, hashes))


@pytest.mark.parametrize("path", [[b"\0" * 31], [b"\0" * 32] * 66])
def test_paths_are_bounded(path: list[bytes]) -> None:
    with pytest.raises(MalformedError):
        merkle.verify_inclusion(merkle.SHA256, b"\0" * 32, 0, 2, path, b"\0" * 32)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 4), (0, 0)])
def test_no_path_outside_the_leaves(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_path(merkle.SHA256, leaves(merkle.SHA256, 3), index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (3, 2), (1, 4)])
def test_no_consistency_outside_the_leaves(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no consistency"):
        merkle.consistency_path(merkle.SHA256, leaves(merkle.SHA256, 3), old, new)


@pytest.mark.parametrize(
    ("index", "size", "steps", "code"),
    [
        (3, 3, 2, "index_outside_tree"),
        (-1, 3, 2, "index_outside_tree"),
        (2, 5, 4, "path_too_long"),
        (2, 5, 2, "path_too_short"),
        (0, 1, 1, "path_too_long"),
    ],
)
def test_an_inclusion_path_of_another_length_or_place_is_named(index: int, size: int, steps: int, code: str) -> None:
    hashes = leaves(merkle.SHA256, 5)
    path = [*merkle.inclusion_path(merkle.SHA256, hashes, 2, 5), b"\0" * 32][:steps]
    with pytest.raises(VerificationError) as caught:
        merkle.verify_inclusion(merkle.SHA256, hashes[2], index, size, path, merkle.root(merkle.SHA256, hashes))
    assert caught.value.code == code


def test_a_tree_is_consistent_with_itself_without_a_path_only() -> None:
    root = merkle.root(merkle.SHA256, leaves(merkle.SHA256, 5))
    merkle.verify_consistency(merkle.SHA256, 5, 5, [], root, root)
    with pytest.raises(VerificationError) as caught:
        merkle.verify_consistency(merkle.SHA256, 5, 5, [root], root, root)
    assert caught.value.code == "path_too_long"
    with pytest.raises(VerificationError) as caught:
        merkle.verify_consistency(merkle.SHA256, 5, 5, [], root, b"\0" * 32)
    assert caught.value.code == "root_mismatch"
