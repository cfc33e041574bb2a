"""A chain that is not ours, or is ours no more, or lives in another time: nothing is sent there, and it is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.chain import open_rpc
from ledger.chain.errors import ChainContradictsError
from ledger.chain.late import LateAnchor
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import ConfigurationError
from ledger.services import chain_status, health
from ledger.services.anchoring import SealPolicy, anchor_once
from ledger.services.worker import AnchorWorker
from tests.fakes import STAFF, START, FakeClock
from tests.faults.conftest import Make
from tests.faults.world import World
from tests.ledgers import Parts, open_parts
from tests.nodes import DEVELOPMENT_KEY, json_rpc_node

SEND = "eth_sendRawTransaction"


def as_ledger(parts: Parts) -> Any:
    """Add what health shows besides."""
    return SimpleNamespace(**{**vars(parts), "stand_ins": (), "rules": SimpleNamespace(digest="d" * 64)})


@dataclass
class Seen:
    """What health says of a ledger whose worker just did a pass."""

    parts: Parts

    def __post_init__(self) -> None:
        self.worker = AnchorWorker(self.parts, policy=SealPolicy(records=1))

    def __call__(self) -> dict[str, Any]:
        problem = self.worker._pass()
        self.worker._tell(problem)
        told = as_ledger(self.parts)
        self.worker._thread = SimpleNamespace(is_alive=lambda: True)  # type: ignore[assignment]  # it runs, here
        return health.read(told, self.worker.state)


def test_a_node_of_another_chain_gets_nothing(world: Make) -> None:
    one = world()
    one.records(3)
    with json_rpc_node("--chain-id", "4242") as other:
        own, one.wire.node = one.wire.node, other
        said = Seen(one.parts)()
        assert (said["status"], said["chain"]["reachable"]) == ("degraded", False)
        assert "the node is on chain 4242" in said["anchoring"]["problem"]["message"]
        assert "the node is on chain 4242" in said["chain"]["problem"]["message"]
        assert SEND not in one.wire.asked
        one.wire.node = own
    one.settle()
    assert one.held()[0] == 3


def test_a_chain_without_our_contracts_is_broken(world: Make) -> None:
    one = world()
    one.records(3)
    code = one.ask("eth_getCode", one.chain.log.address, "latest")
    one.ask("anvil_setCode", one.chain.log.address, "0x")
    said = Seen(one.parts)()
    assert said["status"] == "broken"
    assert said["anchoring"]["problem"]["code"] == "chain_contradicts"
    assert "there is no EvidenceLog" in said["anchoring"]["problem"]["message"]
    assert SEND not in one.wire.asked
    one.ask("anvil_setCode", one.chain.log.address, code)
    one.settle()
    assert one.held()[0] == 3


def test_other_code_at_our_address_is_refused_at_the_start(world: Make) -> None:
    one = world()
    code = one.ask("eth_getCode", one.chain.log.address, "latest")
    one.ask("anvil_setCode", one.chain.log.address, code[:-2] + f"{int(code[-2:], 16) ^ 1:02x}")
    with pytest.raises(ChainContradictsError, match="the code of EvidenceLog"):
        one.open()
    one.ask("anvil_setCode", one.chain.log.address, code)


def test_a_service_begins_without_its_node_and_anchors_when_it_comes(world: Make) -> None:
    one = world()
    one.wire.down()
    opener = partial(open_rpc, one.wire.address, operator_key=DEVELOPMENT_KEY, deployment=one.deployment)
    one.parts.anchor.close()
    one.parts.anchor = LateAnchor(opener)
    one.records(3)
    said = Seen(one.parts)()
    assert (said["status"], said["records"], said["backlog"]) == ("degraded", 3, 3)
    assert "records are safe" in said["chain"]["problem"]["message"]
    one.wire.up()
    assert Seen(one.parts)()["status"] == "ok"
    one.settle()
    assert one.parts.anchor.anchored_size() == 3


def test_a_service_does_not_begin_on_a_chain_that_is_not_its_own(world: Make, tmp_path: Path) -> None:
    one = world()
    nothing = tmp_path / "nothing.json"
    nothing.write_text('{"v": 1, "chains": {}}')
    with pytest.raises(ConfigurationError, match="names no contracts"):
        LateAnchor(partial(open_rpc, one.wire.address, operator_key=DEVELOPMENT_KEY, deployment=nothing))


def test_health_is_broken_when_a_final_anchor_vanished_even_if_nothing_waits(world: Make) -> None:
    one = world(confirmations=1)
    see = Seen(one.parts)
    one.records(3)
    for _ in range(3):
        see()
        one.mine()
    assert see()["status"] == "ok"
    one.ask("anvil_reorg", 4, [])
    said = see()
    assert said["status"] == "broken"
    assert "dropped block" in said["chain"]["problem"]["message"]
    assert said["anchored"] == 3


def test_health_counts_age_backlog_and_lag_while_the_chain_is_away(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    parts.investor(2)
    see = Seen(parts)
    assert see()["status"] == "ok"
    parts.anchor.away = True
    parts.investor(5)
    see()
    parts.clock.advance(hours=3)
    said = see()
    assert (said["status"], said["records"], said["anchored"], said["backlog"]) == ("degraded", 7, 2, 5)
    assert said["oldest_unanchored_seconds"] == 3 * 3600
    assert said["anchoring"]["final_lag_seconds"] == 3 * 3600
    assert said["anchoring"]["waiting"]["sealed"] > 0
    assert said["anchoring"]["problem"]["code"] == "chain_error"
    assert said["anchoring"]["problem"]["since"] == to_text(START), "when it began, not when it was last seen"
    parts.anchor.away = False
    assert see()["status"] == "ok"
    parts.anchor.away = True
    parts.investor(1)
    said = see()
    assert (said["status"], said["chain"]["reachable"]) == ("degraded", False), "at once"
    assert said["anchoring"]["problem"]["since"] == to_text(parts.clock.now())
    parts.store.close()


def test_a_chain_that_answers_but_makes_no_blocks_is_seen_at_once_and_told_after_a_minute(world: Make) -> None:
    one = world()
    see = Seen(one.parts)
    one.hold()
    began = one.clock.at = from_text(see()["chain"]["block_time"])
    one.records(2)
    for seconds, status in ((0, "ok"), (60, "ok"), (61, "degraded")):
        one.clock.at = began + timedelta(seconds=seconds)
        said = see()
        assert (said["status"], said["chain"]["reachable"], said["chain"]["block_age_seconds"]) == (
            status,
            True,
            seconds,
        )
        assert said["anchoring"]["waiting"]["submitted"] == 1
    one.release()


def test_health_says_when_the_worker_died(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    see = Seen(parts)
    see()
    worker = AnchorWorker(parts)
    said: Any = health.read(as_ledger(parts), worker.state)
    assert (said["status"], said["anchoring"]["running"]) == ("degraded", False)
    parts.store.close()


def test_a_chain_whose_clock_is_behind_is_told(tmp_path: Path) -> None:
    """Its block claims a time before the records in it: no verifier believes that."""
    parts = open_parts(tmp_path)
    see = Seen(parts)
    parts.anchor.block_time = START - timedelta(minutes=2)
    parts.investor(1)
    assert see()["chain"]["clock_behind_seconds"] == 0
    parts.anchor.block_time = START - timedelta(minutes=2, seconds=1)
    parts.investor(1)
    said = see()
    assert (said["status"], said["chain"]["clock_behind_seconds"]) == ("degraded", 121)
    assert said["chain"]["problem"]["code"] == "chain_clock_behind"
    parts.anchor.block_time = START
    parts.investor(1)
    assert see()["status"] == "ok"
    parts.store.close()


def test_what_our_clock_dates_after_the_block_waits_for_it_and_is_not_left_out(world: Make) -> None:
    """The contract takes no step of the future: at the block's own second it does, a second later it waits."""
    one = world()
    one.ask("anvil_setBlockTimestampInterval", 0)  # this chain's clock moves when it is told to
    block = one.ask("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - a parameter of the method
    one.clock.at = datetime.fromtimestamp(int(block["timestamp"], 16), UTC)
    on_time = opened(one)
    one.settle()
    assert one.chain.sales.sale(on_time) is not None
    one.clock.advance(seconds=1)
    ahead, held = opened(one), one.held()
    for _ in range(2):
        problem = one.anchor().problem
        assert problem is not None
        assert (problem.evidence["name"], problem.evidence["at"]) == ("StepInFuture", int(one.clock.at.timestamp()))
    assert (one.held(), one.waiting(), one.parts.log.left_out()) == (held, 0, ())
    one.ask("anvil_setBlockTimestampInterval", 1)
    one.mine()
    one.settle()
    assert one.chain.sales.sale(ahead) is not None
    assert one.parts.log.left_out() == ()
    one.ask("anvil_removeBlockTimestampInterval")


def opened(one: World) -> str:
    """Record that a sale was opened now; return its stream."""
    now, investor = one.clock.now(), one.parts.investor()
    names = "name code manager fund_type legal_form filing_number raising_account"
    listed: dict[str, Value] = {"regime": "cn_private_fund", **dict.fromkeys(names.split(), "x"), "special_risks": []}
    money: Value = {"amount": "1000000.00", "currency": "CNY"}
    listed |= {"minimum": money, "cooling_off_hours": 24, "return_visit": True}
    with one.parts.store.transaction() as tx:
        product, sale = tx.create(Stream.PRODUCT), tx.create(Stream.SALE)
        tx.append([Draft("product.introduced", product, product, Actor("6" * 32, Role.COMPLIANCE), now, listed)], now)
        fields = {"investor": investor, "product": product, "amount": money, "fee": money, "channel": "web"}
        tx.append([Draft("sale.opened", sale, investor, STAFF, now, fields)], now)
    return sale


def test_our_clock_running_ahead_or_back_anchors_in_order(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, clock=FakeClock())
    parts.investor(1)
    parts.clock.advance(days=400)
    parts.investor(1)
    anchor_once(parts, parts.clock.now(), seal_now=True)
    parts.clock.advance(days=-400)
    parts.investor(1)
    anchor_once(parts, parts.clock.now(), seal_now=True)
    assert parts.anchor.sent == [2, 3]
    assert parts.log.waiting() == ()
    parts.store.close()


def test_status_shows_what_waits_was_replaced_and_is_final(world: Make) -> None:
    one = world(confirmations=1)
    one.records(3)
    for _ in range(3):
        one.anchor()
        one.mine()
    one.settle()
    one.hold()
    one.records(2)
    one.anchor()
    one.full_blocks(6)
    assert one.anchor().replaced == (5,)
    said: Any = chain_status.read(one.parts)  # type: ignore[arg-type]  # the parts that it uses
    assert (said["problem"], said["final"]["size"]) == (None, 3)
    (waiting,) = said["waiting"]
    assert (waiting["size"], waiting["state"], len(waiting["replaced"])) == (5, "submitted", 1)
    assert waiting["transaction"] not in waiting["replaced"]
    assert int(waiting["price_wei"]) > 0
    one.wire.down()
    away: Any = chain_status.read(one.parts)  # type: ignore[arg-type]  # the parts that it uses
    assert (away["chain"], away["problem"]["code"]) == (None, "chain_error")
    assert away["waiting"] == said["waiting"]
    one.wire.up()
    one.mine(2)
    one.settle()
    assert one.held() == (5, 2)


def test_what_a_contract_refuses_is_counted_after_a_crash_too(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    stream = parts.investor()
    parts.log.seal(START)
    parts.log.leave_out(1, ["a" * 64])
    parts.store.close()
    again = open_parts(tmp_path, parts.anchor)
    assert Seen(again)()["anchoring"]["left_out"] == 1
    assert stream
    again.store.close()
