"""Checkpoints on the chain: growth, inclusion, and what travels with them."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.chain.artifacts import load
from ledger.chain.evidence_log import commitment
from ledger.chain.institutions import Role
from ledger.errors import ConfigurationError
from ledger.ports.anchor import CertificationWrite, ChainWrites, SignatureWrite
from tests.contracts.world import REGIME, SECOND, START, World, digest, refused
from verifier import merkle
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError

SM3_ROOT, MAP_ROOT = (bytes.fromhex(digest(name)) for name in ("sm3", "map"))


def head(size: int, root: bytes | None = None) -> Checkpoint:
    return Checkpoint("ledger.test", size, root or bytes.fromhex(digest(f"root {size}")), SM3_ROOT, MAP_ROOT)


def leaves(count: int) -> list[bytes]:
    return [merkle.SHA256.leaf(f"record {number}".encode()) for number in range(count)]


def test_a_checkpoint_keeps_its_block_time_and_number(world: World) -> None:
    world.at(START + 90 * SECOND)
    receipt = world.receipt(world.log.anchor(head(3), ChainWrites()))
    kept = world.log.checkpoint(3)
    assert kept is not None
    assert (kept.time, kept.block) == (START + 90 * SECOND, receipt["blockNumber"])
    assert kept.roots == commitment(head(3).roots)
    event = world.log.anchored(kept)
    assert (event.roots, event.previous_size) == ((head(3).sha256_root, SM3_ROOT, MAP_ROOT), 0)


def test_an_empty_log_has_no_head(world: World) -> None:
    assert world.log.head() == (0, 0)
    assert world.log.checkpoint(0) is None


def test_checkpoints_only_grow(world: World) -> None:
    with refused("NotGrowing", index=0, size=0, previousSize=0):
        world.log.anchor(head(0), ChainWrites())
    world.log.anchor(head(3), ChainWrites())
    for size in (2, 3):
        with refused("NotGrowing", index=0, size=size, previousSize=3):
            world.log.anchor(head(size), ChainWrites())
    world.log.anchor(head(4), ChainWrites())
    assert world.log.head() == (4, 2)
    kept = world.log.checkpoint(4)
    assert kept is not None
    assert world.log.anchored(kept).previous_size == 3


def test_the_largest_size_is_the_last(world: World) -> None:
    largest = 2**64 - 1
    world.log.anchor(head(largest), ChainWrites())
    with refused("NotGrowing", index=0, size=largest, previousSize=largest):
        world.log.anchor(head(largest), ChainWrites())


def test_a_backlog_is_one_transaction_that_names_its_bad_head(world: World) -> None:
    with refused("NotGrowing", index=2, size=5, previousSize=6):
        world.log.anchor_batch([head(3), head(6), head(5)])
    with refused("MissingRoot", index=1):
        world.log.anchor_batch([head(3), Checkpoint("x", 4, bytes(32), SM3_ROOT, MAP_ROOT)])
    assert world.log.head() == (0, 0)
    world.log.anchor_batch([head(3), head(6), head(7)])
    assert world.log.head() == (7, 3)
    for size, previous in ((3, 0), (6, 3), (7, 6)):
        kept = world.log.checkpoint(size)
        assert kept is not None
        assert world.log.anchored(kept).previous_size == previous


@pytest.mark.parametrize("missing", range(3))
def test_all_roots_are_needed(world: World, missing: int) -> None:
    roots = [bytes(32) if i == missing else root for i, root in enumerate(head(4).roots)]
    with refused("MissingRoot", index=0):
        world.log.anchor(Checkpoint("x", 4, *roots), ChainWrites())


def test_only_operators_anchor(world: World) -> None:
    witness = world.member("witness", Role.WITNESS)
    attempts: list[Callable[[], object]] = [
        lambda: witness.log.anchor(head(1), ChainWrites()),
        lambda: witness.log.anchor(head(1), _certificate()),
        lambda: witness.log.anchor_batch([head(1)]),
        lambda: witness.log.record_ahead(_certificate()),
    ]
    for anchor in attempts:
        with refused("NotOperator", account=witness.address):
            anchor()
    world.institutions.assign(world.address, {Role.GOVERNOR})
    with pytest.raises(ConfigurationError, match="pfl chain grant"):
        world.log.anchor(head(1), ChainWrites())


def test_writes_and_head_are_all_or_nothing(world: World) -> None:
    good = _certificate()
    bad = ChainWrites(
        good.certifications, signatures=(SignatureWrite("0" * 64, digest("k"), "sm2", digest("l"), START),)
    )
    with refused("MissingName", index=0):
        world.log.anchor(head(1), bad)
    assert world.log.head() == (0, 0)
    assert world.investors.certifications(digest("investor"), REGIME) == ()
    world.log.anchor(head(1), good)
    assert len(world.investors.certifications(digest("investor"), REGIME)) == 1


def test_the_sender_answers_for_the_writes_it_forwards(world: World) -> None:
    operator = world.member("operator without other roles", Role.OPERATOR)
    with refused("NotCertifier", account=operator.address):
        operator.log.anchor(head(1), _certificate())
    assert world.log.head() == (0, 0)


def test_writes_may_go_ahead_of_their_head(world: World) -> None:
    world.log.record_ahead(_certificate())
    assert len(world.investors.certifications(digest("investor"), REGIME)) == 1
    assert world.log.head() == (0, 0)


def test_registries_listen_to_their_log_only(world: World) -> None:
    with refused("NotLog", caller=world.address):
        world.investors._write("record", world.address, [], [], [], [])
    with refused("NotLog", caller=world.address):
        world.signatures._write("recordFromLog", [])


def test_inclusion_agrees_with_the_verifier_on_every_leaf_of_small_trees(shared_world: World) -> None:
    for count in range(1, 14):
        tree = leaves(count)
        root = merkle.root(merkle.SHA256, tree)
        shared_world.log.anchor(head(count, root), ChainWrites())
        kept = shared_world.log.checkpoint(count)
        assert kept is not None
        for index in range(count):
            path = merkle.inclusion_path(merkle.SHA256, tree, index, count)
            time = shared_world.log.verify_inclusion(tree[index].hex(), index, head(count, root), path)
            assert time == kept.time


AROUND_POWERS = [2**n + d for n in range(5, 9) for d in (-1, 0, 1)]


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([*range(14, 24), *AROUND_POWERS, 1_025], id="around powers"),
        pytest.param([*range(1, 301), 1_023, 1_025, 4_097], id="to 300", marks=pytest.mark.nightly),
    ],
)
def test_inclusion_agrees_with_the_verifier_at_every_size(world: World, sizes: list[int]) -> None:
    """One leaf of each size, the edges among them; a path of another leaf is refused by both."""
    tree = leaves(max(sizes))
    roots = {size: merkle.root(merkle.SHA256, tree[:size]) for size in sizes}
    world.log.anchor_batch([head(size, roots[size]) for size in sizes])
    for size in sizes:
        index = (0, size - 1, size * 7919 % size, size // 2, size * size // 3 % size)[size % 5]
        path = merkle.inclusion_path(merkle.SHA256, tree[:size], index, size)
        anchored = head(size, roots[size])
        merkle.verify_inclusion(merkle.SHA256, tree[index], index, size, path, roots[size])
        world.log.verify_inclusion(tree[index].hex(), index, anchored, path)
        other = (index + 1) % size
        if other == index:
            continue
        with pytest.raises(VerificationError):
            merkle.verify_inclusion(merkle.SHA256, tree[index], other, size, path, roots[size])
        with refused("NotIncluded", index=other, size=size):
            world.log.verify_inclusion(tree[index].hex(), other, anchored, path)


def test_what_is_not_included_is_refused(world: World) -> None:
    count, index = 13, 11
    tree = leaves(count)
    root = merkle.root(merkle.SHA256, tree)
    path = list(merkle.inclusion_path(merkle.SHA256, tree, index, count))
    world.log.anchor(head(count, root), ChainWrites())
    verify, leaf, top = world.log.verify_inclusion, tree[index].hex(), head(count, root)
    verify(leaf, index, top, path)
    flipped = [*path[:-1], bytes([path[-1][0] ^ 1]) + path[-1][1:]]
    for bad in (flipped, path[:-1], [*path, path[0]], path[::-1], []):
        with refused("NotIncluded", leaf=f"0x{leaf}", index=index, size=count):
            verify(leaf, index, top, bad)
    with refused("NotIncluded", index=index - 1):
        verify(leaf, index - 1, top, path)
    with refused("NotIncluded", leaf=f"0x{tree[0].hex()}"):
        verify(tree[0].hex(), index, top, path)
    for outside in (count, count + 1, 2**64 - 1):
        with refused("IndexOutsideTree", index=outside, size=count):
            verify(leaf, outside, top, path)
    with refused("UnknownCheckpoint", size=12):
        verify(leaf, index, head(12, root), path)
    other = hashlib.sha256(root).digest()
    for wrong in (head(count, other), replace(top, sm3_root=other), replace(top, map_root=other)):
        with refused("RootsDiffer", index=0, size=count):
            verify(leaf, index, wrong, path)


def test_an_inner_node_does_not_pass_for_a_leaf(world: World) -> None:
    tree = leaves(4)
    root = merkle.root(merkle.SHA256, tree)
    world.log.anchor(head(4, root), ChainWrites())
    inner = merkle.SHA256.node(tree[0], tree[1])
    right = merkle.SHA256.node(tree[2], tree[3])
    with refused("NotIncluded"):
        world.log.verify_inclusion(inner.hex(), 0, head(4, root), [right])


def test_the_log_is_bound_to_the_registries_it_made(world: World) -> None:
    parts = world.log.parts()
    for name in ("InvestorRegistry", "SignatureRegistry"):
        code = bytes(world.node.web3.eth.get_code(parts[name]))
        assert load(name).matches(code)
        contract = world.node.web3.eth.contract(address=parts[name], abi=load(name).abi)
        assert contract.functions.log().call() == world.log.address
        assert contract.functions.institutions().call() == world.institutions.address


def _certificate() -> ChainWrites:
    write = CertificationWrite(digest("investor"), REGIME, digest("leaf"), START, START + 3600 * SECOND)
    return ChainWrites(certifications=(write,))
