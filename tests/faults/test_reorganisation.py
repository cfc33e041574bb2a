"""Blocks that go away again: below the finality setting we send again, above it we stop and say so."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.domain.catalogue import Stream
from ledger.errors import ChainError, ConflictError, IntegrityError
from ledger.ports.log import Block
from ledger.services import chain_reopening, records
from tests.faults.conftest import Make
from tests.faults.world import World

SEND = "eth_sendRawTransaction"


def test_a_block_counts_as_final_only_under_as_many_as_asked(world: Make) -> None:
    one = world(confirmations=2)
    one.records(3)
    one.anchor()
    seen = []
    for _ in range(3):
        one.anchor()
        seen.append(one.states()[0][1])
        one.mine()
    assert seen == ["mined", "mined", "final"]


def test_a_shallow_reorganisation_sends_the_same_transaction_again(world: Make) -> None:
    one = world(confirmations=3)
    one.records(3)
    before = one.sent()
    first = mined(one)
    one.ask("anvil_reorg", 1, [])
    assert one.sent() == before
    one.anchor()
    one.mine(4)
    one.settle()
    (found,) = one.parts.log.checkpoints()
    assert found.transaction == first.transaction
    assert found.block is not None
    assert first.block is not None
    assert found.block.hash != first.block.hash
    assert one.chain.holds(found.block)
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_a_transaction_moved_to_another_block_is_followed_there(world: Make) -> None:
    one = world(confirmations=3)
    one.records(3)
    before = one.sent()
    first = mined(one)
    raw = one.chain._sender.family(first.transaction)[0].raw
    one.mine(1)
    one.ask("anvil_reorg", 2, [["0x" + raw.hex(), 1]])
    one.wire.asked.clear()
    one.anchor()
    (moved,) = one.parts.log.checkpoints()
    assert first.block is not None
    assert moved.block is not None
    assert (moved.state, moved.block.number) == ("mined", first.block.number + 1)
    assert SEND not in one.wire.asked
    one.mine(3)
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_several_checkpoints_come_back_in_their_order(world: Make) -> None:
    one = world(confirmations=5)
    before = one.sent()
    for _ in range(3):
        one.records(2)
        mined(one)
    one.ask("anvil_reorg", 3, [])
    assert (one.sent(), one.held()) == (before, (0, 0))
    for _ in range(50):
        one.anchor()
        if one.held() == (6, 3):
            break
    one.mine(5)
    one.settle()
    assert [state for _, state in one.states()] == ["final"] * 3
    assert (one.sent() - before, one.held()) == (3, (6, 3))


def test_a_final_anchor_that_vanished_stops_everything_and_is_told(world: Make) -> None:
    """Proofs from it were handed out: that needs a person, not another anchor."""
    one = world(confirmations=1)
    one.records(3)
    mined(one)
    one.mine()
    one.settle()
    before = one.sent()
    one.ask("anvil_reorg", 2, [])
    one.records(2)
    one.wire.asked.clear()
    with pytest.raises(IntegrityError, match="dropped block") as told:
        one.anchor()
    assert told.value.evidence["size"] == 3
    with pytest.raises(IntegrityError, match="dropped block"):
        one.anchor()
    assert SEND not in one.wire.asked
    assert one.sent() == before - 1
    assert one.states() == [(3, "final"), (5, "sealed")]


def test_an_operator_reopens_what_vanished(world: Make) -> None:
    one = world(confirmations=1)
    for count in (3, 2):
        one.records(count)
        mined(one)
        one.mine()
        one.settle()
    one.ask("anvil_reorg", 2, [])  # the second only
    one.records(1)
    with pytest.raises(IntegrityError, match="pfl chain reopen"):
        one.anchor()
    with one.parts.store.transaction() as tx:
        operator = tx.create(Stream.INSTITUTION)
    ledger: Any = SimpleNamespace(**{**vars(one.parts), "operator": operator})
    done = chain_reopening.reopen(ledger, one.clock.now(), reason="two validators were rolled back")
    assert (done["checkpoints"], done["from_size"], done["to_size"]) == (1, 5, 5)
    with one.parts.store.snapshot() as reader:
        (told,) = reader.events(operator)
    assert (told.type, told.text("reason")) == ("chain.reopened", "two validators were rolled back")
    before = one.sent()
    for _ in range(100):
        one.anchor()
        one.mine()
        if not one.parts.log.waiting():
            break
    assert [state for _, state in one.states()] == ["final"] * len(one.states())
    assert one.sent() - before == len(one.states()) - 1
    assert one.held() == (7, len(one.states()))


def test_nothing_is_reopened_that_the_chain_holds(world: Make) -> None:
    one = world()
    one.records(3)
    one.settle()
    ledger: Any = SimpleNamespace(**{**vars(one.parts), "operator": ""})
    assert chain_reopening.vanished(ledger) == ()
    with pytest.raises(ConflictError, match="nothing to reopen"):
        chain_reopening.reopen(ledger, one.clock.now(), reason="x")
    one.wire.down()
    with pytest.raises(ChainError):
        chain_reopening.reopen(ledger, one.clock.now(), reason="x")
    assert one.states() == [(3, "final")]


def test_a_node_that_is_behind_is_waited_for(world: Make) -> None:
    """It does not know the block of our final anchor because it has not come so far: no reason for alarm."""
    one = world(confirmations=1)
    one.records(3)
    mined(one)
    one.mine()
    one.settle()
    final = one.parts.log.latest(final=True)
    assert final is not None
    assert final.block is not None
    ahead = replace(final.block, number=final.block.number + 500)
    one.parts.log.final(3, one.clock.now(), ahead)
    one.records(2)
    problem = one.anchor().problem
    assert isinstance(problem, ChainError)
    assert "it is behind" in problem.message
    one.parts.log.final(3, one.clock.now(), final.block)
    one.anchor()
    one.mine(2)
    one.settle()


def test_no_proof_before_the_block_is_final(world: Make) -> None:
    one = world(confirmations=1)
    one.records(1)
    mined(one)
    with one.parts.store.snapshot() as reader:
        (stored,) = reader.range(0, 1)
        with pytest.raises(ConflictError, match="not anchored yet"):
            records.prove(one.parts, reader, leaf=stored.leaf_sha256)  # type: ignore[arg-type]  # the parts it uses
    one.mine()
    one.settle()
    with one.parts.store.snapshot() as reader:
        proof = records.prove(one.parts, reader, leaf=stored.leaf_sha256)  # type: ignore[arg-type]  # as above
    assert proof["checkpoint"]["state"] == "final"  # type: ignore[index,call-overload]  # JSON


class Mined:
    def __init__(self, transaction: str, block: Block | None) -> None:
        self.transaction, self.block = transaction, block


def mined(world: World) -> Mined:
    """Anchor until the newest checkpoint is in a block."""
    world.anchor()
    for _ in range(200):
        newest = world.parts.log.latest()
        assert newest is not None
        if newest.state in {"mined", "final"}:
            return Mined(str(newest.transaction), newest.block)
        world.anchor()
    raise AssertionError("not mined")
