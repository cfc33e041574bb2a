"""Faults between us and the chain while something is sent: nothing is anchored twice, nothing is lost."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from ledger.chain.fees import GWEI, FeePolicy
from ledger.errors import ChainError, ConflictError
from ledger.ports.anchor import ChainWrites, SignatureWrite
from ledger.services.anchoring import anchor_once
from tests.fakes import START, PowerCut
from tests.faults.conftest import Make
from tests.faults.world import World

SEND = "eth_sendRawTransaction"
OTHER = ChainWrites(signatures=(SignatureWrite("1" * 64, "2" * 64, "x509-p256", "3" * 64, START),))


def crash_at_send(world: World, patched: pytest.MonkeyPatch, *, after: bool) -> None:
    """Cut the power while the transaction is handed over: it was kept, and the node has it (``after``) or not."""
    node = world.chain._node
    send = node.send

    def cut(raw: bytes) -> None:
        if after:
            send(raw)
        raise PowerCut(SEND)

    with patched.context() as patch:
        patch.setattr(node, "send", cut)
        with pytest.raises(PowerCut):
            world.anchor()


def test_a_crash_before_sending_sends_once(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    crash_at_send(one, monkeypatch, after=False)
    assert (one.sent(), one.states()) == (before, [(3, "sealed")])
    one.restart()
    one.settle()
    assert one.states() == [(3, "final")]
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_a_crash_after_sending_finds_the_same_transaction_in_the_pool(
    world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    one.hold()
    crash_at_send(one, monkeypatch, after=True)
    one.restart()
    assert one.anchor().submitted == (3,)
    assert one.waiting() == 1
    one.mine()
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_a_crash_after_mining_asks_and_sends_nothing(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    crash_at_send(one, monkeypatch, after=True)
    while one.sent() == before:
        time.sleep(0.01)
    one.restart()
    one.wire.asked.clear()
    one.settle()
    assert SEND not in one.wire.asked
    assert (one.sent() - before, one.held(), one.states()) == (1, (3, 1), [(3, "final")])


@pytest.mark.parametrize("how", ["cut_after", "silent"])
def test_a_timeout_with_the_transaction_mined_sends_once(world: Make, how: str) -> None:
    """The node took it and mined it; its answer never came."""
    one = world()
    one.records(3)
    before = one.sent()
    setattr(one.wire, how, {SEND})
    problem = one.anchor().problem
    assert isinstance(problem, ChainError)
    assert "records are safe" in problem.message
    assert one.states() == [(3, "sealed")]
    one.wire.up()
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_a_question_that_never_arrives_is_asked_again(world: Make) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    one.wire.cut_before = {SEND}
    assert isinstance(one.anchor().problem, ChainError)
    assert (one.sent(), one.waiting()) == (before, 0)
    one.wire.up()
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_a_node_that_is_down_for_hours_gets_everything_later(world: Make) -> None:
    one = world()
    one.records(2)
    one.settle()
    before = one.sent()
    one.wire.down()
    for _ in range(6):
        one.records(5)
        one.clock.advance(hours=1)
        done = anchor_once(one.parts, one.clock.now())
        assert isinstance(done.problem, ChainError)
    assert one.states() == [(2, "final"), (7, "sealed")]
    one.wire.up()
    one.ask("evm_increaseTime", 6 * 3600)
    one.settle()
    assert one.states() == [(2, "final"), (7, "final"), (32, "final")]
    assert (one.sent() - before, one.held()) == (2, (32, 3))


def test_a_dropped_transaction_is_sent_again_as_it_was(world: Make) -> None:
    one = world()
    one.records(3)
    one.hold()
    one.anchor()
    (sent,) = one.parts.log.waiting()
    one.ask("anvil_dropTransaction", f"0x{sent.transaction}")
    assert one.waiting() == 0
    one.anchor()
    assert one.waiting() == 1
    (again,) = one.parts.log.waiting()
    assert again.transaction == sent.transaction
    one.mine()
    one.settle()
    assert one.held() == (3, 1)


def test_a_gap_of_nonces_is_filled_before_what_stands_behind_it(world: Make) -> None:
    """Two transactions waited and the node forgot the first: the second alone could never be mined."""
    one = world()
    before = one.sent()
    one.hold()
    other = one.chain.log.record_ahead(
        ChainWrites(signatures=(SignatureWrite("1" * 64, "2" * 64, "x509-p256", "3" * 64, START),))
    )
    one.records(3)
    one.anchor()
    assert one.waiting() == 2
    one.ask("anvil_dropTransaction", other)
    assert one.waiting() == 0  # what stands behind a gap does not count
    one.anchor()
    assert one.waiting() == 2
    one.mine()
    one.settle()
    assert (one.sent() - before, one.held()) == (2, (3, 1))


def test_a_stuck_transaction_is_replaced_by_a_dearer_one(world: Make) -> None:
    one = world(fees=FeePolicy(stuck_blocks=3))
    one.records(3)
    before = one.sent()
    one.hold()
    one.anchor()
    (cheap,) = one.parts.log.waiting()
    one.full_blocks(2)
    assert one.anchor().replaced == ()
    one.full_blocks(1)
    assert one.anchor().replaced == (3,)
    assert one.anchor().replaced == ()
    (dear,) = one.parts.log.waiting()
    assert dear.transaction != cheap.transaction
    one.mine()
    one.settle()
    assert (one.sent() - before, one.held(), one.states()) == (1, (3, 1), [(3, "final")])
    assert one.parts.log.checkpoints()[0].transaction == dear.transaction
    assert one.ask("eth_getTransactionByHash", f"0x{cheap.transaction}") is None


def test_a_base_fee_beyond_its_price_is_followed(world: Make) -> None:
    """The node throws out what nobody will mine at that price, and calls it underpriced."""
    one = world()
    one.records(3)
    before = one.sent()
    one.hold()
    one.anchor()
    _raise_base_fee(one)
    one.mine()
    assert one.anchor().replaced == (3,)
    one.mine()
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_the_bound_of_the_fee_is_kept_and_told(world: Make) -> None:
    one = world(fees=FeePolicy(most=20 * GWEI))
    one.records(3)
    before = one.sent()
    one.hold()
    one.anchor()
    (cheap,) = one.parts.log.waiting()
    _raise_base_fee(one)
    one.mine()
    problem = one.anchor().problem
    assert isinstance(problem, ChainError)
    assert "PFL_MAX_GWEI" in problem.message
    one.ask("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    one.mine()  # cheaper again: the first one is mined after all
    assert one.anchor().problem is None
    one.mine()
    one.settle()
    assert one.parts.log.checkpoints()[0].transaction == cheap.transaction
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_the_first_of_two_attempts_may_win(world: Make) -> None:
    """Replaced, and yet the validator takes the cheap one: the books name what is on the chain."""
    one = world(fees=FeePolicy(stuck_blocks=1))
    one.records(3)
    one.hold()
    one.anchor()
    (cheap,) = one.parts.log.waiting()
    raw = one.chain._sender.family(str(cheap.transaction))[0].raw
    one.full_blocks(1)
    assert one.anchor().replaced == (3,)
    one.ask("anvil_dropAllTransactions")
    one.ask(SEND, "0x" + raw.hex())
    one.mine()
    one.settle()
    assert one.parts.log.checkpoints()[0].transaction == cheap.transaction
    assert one.held() == (3, 1)


def test_another_transaction_with_our_nonce_is_outbid(world: Make) -> None:
    """What a lost database had sent still waits in the pool: the node calls ours underpriced until it is not."""
    one = world()
    one.records(3)
    before = one.sent()
    one.hold()
    _send_foreign(one, gwei=30)
    problem = one.anchor().problem
    assert isinstance(problem, ChainError)
    assert "price is raised" in problem.message
    while not one.anchor().submitted:
        pass
    one.mine()
    one.settle()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_another_transaction_with_our_nonce_that_is_mined_first_costs_nothing(world: Make) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    one.hold()
    one.anchor()
    one.ask("anvil_dropAllTransactions")
    _send_foreign(one, gwei=30)
    one.mine()
    one.release()
    assert one.anchor().lost == (3,)
    one.settle()
    assert (one.sent() - before, one.held()) == (2, (3, 1))


def test_the_second_of_two_workers_does_not_send(world: Make) -> None:
    one = world()
    one.records(3)
    before = one.sent()
    other = one.open()
    one.wire.silent = {SEND}
    first = threading.Thread(target=lambda: one.anchor(holder="first"))
    first.start()
    while SEND not in one.wire.asked:
        time.sleep(0.01)
    asked = len(one.wire.asked)
    done = anchor_once(other, one.clock.now(), seal_now=True, holder="second")
    assert done.busy
    assert len(one.wire.asked) == asked
    one.wire.up()
    first.join()
    one.settle()
    other.anchor.close()
    other.store.close()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def test_two_workers_with_one_lease_run_out_send_the_same_transaction(world: Make) -> None:
    """The first hangs longer than its lease; the second takes over; the first notices and ends."""
    one = world()
    one.records(3)
    before = one.sent()
    other = one.open()
    one.wire.silent = {"eth_estimateGas"}
    ended: list[Any] = []

    def hang() -> None:
        ended.append(one.anchor(holder="first").problem)

    first = threading.Thread(target=hang)
    first.start()
    while "eth_estimateGas" not in one.wire.asked:
        time.sleep(0.01)
    one.wire.silent = set()
    later = one.clock.now() + timedelta(minutes=2)
    assert anchor_once(other, later, seal_now=True, holder="second").submitted == (3,)
    one.wire.up()
    first.join()
    assert isinstance(ended[0], ChainError | ConflictError)
    one.clock.advance(minutes=5)
    one.settle()
    other.anchor.close()
    other.store.close()
    assert (one.sent() - before, one.held()) == (1, (3, 1))


def _raise_base_fee(world: World) -> None:
    world.ask("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))


def _send_foreign(world: World, *, gwei: int) -> None:
    """Use the account behind our back, as a second installation with the same key would."""
    sender = world.chain._sender
    signed = sender._account.sign_transaction(
        {
            "to": sender.address,
            "value": 0,
            "nonce": world.sent(),
            "gas": 21_000,
            "maxFeePerGas": gwei * GWEI,
            "maxPriorityFeePerGas": gwei * GWEI,
            "chainId": sender._chain_id,
        }
    )
    world.ask(SEND, "0x" + bytes(signed.raw_transaction).hex())
