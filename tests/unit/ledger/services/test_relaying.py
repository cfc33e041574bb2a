"""Witnesses' cosignatures go to the chain once their checkpoint is final there, each once, whatever happens between."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_utils import to_checksum_address

from ledger.chain import EvmAnchor, open_embedded
from ledger.chain.institutions import Role
from ledger.chain.late import LateAnchor
from ledger.domain.catalogue import Stream
from ledger.errors import ChainError, IntegrityError
from ledger.services import chain_reopening, chain_status, relaying, witness_health
from ledger.services.anchoring import anchor_once, drain
from ledger.services.witnessing import Witnessing, gather
from ledger.storage.witness_book import SqlWitnessBook
from ledger.witness.on_chain import ChainLog
from tests.fakes import START, PowerCut
from tests.ledgers import Parts, open_parts
from tests.nodes import DEVELOPMENT_KEY
from tests.witnessed import Near, witnessed
from verifier import seen

CUSTODIAN, MANAGER = "custodian.example/w", "manager.example/w"
WHERE = ChainLog(1, "0x" + "C0" * 20)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    found = open_parts(tmp_path / "data")
    yield found
    found.store.close()


@pytest.fixture
def near(parts: Parts, tmp_path: Path) -> Near:
    return witnessed(parts, tmp_path, CUSTODIAN, MANAGER, chain=WHERE)


def accounts(near: Near) -> list[str]:
    return [str(one.directory.account) for one in near.witnesses.values()]


def witnessing(parts: Parts) -> Witnessing:
    assert parts.witnessing is not None
    return parts.witnessing


def seal(parts: Parts) -> int:
    """Seal a checkpoint and have it cosigned by all."""
    parts.investor(2)
    sealed = parts.log.seal(parts.clock.advance(seconds=1))
    assert sealed is not None
    gather(parts)
    return sealed.checkpoint.size


def look(parts: Parts) -> None:
    """Do one pass; what stands in the way is raised."""
    problem = anchor_once(parts, parts.clock.now()).problem
    if problem is not None:
        raise problem


def relays(parts: Parts) -> dict[str, str]:
    return {relay.vkey.partition("+")[0]: relay.state for relay in witnessing(parts).book.relayed()}


def problems(parts: Parts) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", witness_health.read(parts, parts.clock.now())[0]["problems"])


def operated(parts: Parts) -> Any:
    """Return the parts with an operator, who records what it does."""
    with parts.store.transaction() as tx:
        return SimpleNamespace(**{**vars(parts), "operator": tx.create(Stream.INSTITUTION)})


def test_each_is_sent_once_and_done_when_it_is_final(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    assert not relaying.due(parts)
    sizes = [seal(parts), seal(parts)]
    assert not relaying.due(parts), "nothing is anchored yet"
    for _ in range(4):
        look(parts)
    sent = [(size, account) for size, account, _ in parts.anchor.cosigned]
    assert sorted(sent) == sorted((size, account) for size in sizes for account in accounts(near))
    assert relays(parts) == {CUSTODIAN: "done", MANAGER: "done"}
    assert not relaying.due(parts)


def test_a_checkpoint_that_is_only_mined_waits(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    parts.anchor.automatic = False
    seal(parts)
    look(parts)
    parts.anchor.mine()
    look(parts)
    assert parts.anchor.cosigned == []
    parts.anchor.mine("final")
    look(parts)
    assert len(parts.anchor.cosigned) == 2
    assert set(relays(parts).values()) == {"sent"}
    look(parts)
    parts.anchor.mine("final")
    look(parts)
    assert (len(parts.anchor.cosigned), set(relays(parts).values())) == (2, {"done"})


@pytest.mark.parametrize("where", ["cut_before", "cut_after"])
def test_a_crash_around_sending_sends_nothing_twice(parts: Parts, near: Near, tmp_path: Path, where: str) -> None:
    parts.anchor.admitted = set(accounts(near))
    setattr(parts.anchor, where, "cosign")
    seal(parts)
    with pytest.raises(PowerCut):
        look(parts)
    setattr(parts.anchor, where, "")
    again = open_parts(tmp_path / "data", parts.anchor, parts.clock)
    again.witnessing = Witnessing(near, SqlWitnessBook(again.store))
    for _ in range(3):
        look(again)
    assert len(parts.anchor.cosigned) == 2
    assert relays(again) == {CUSTODIAN: "done", MANAGER: "done"}
    again.store.close()


def test_what_the_contract_refuses_is_told_and_left(parts: Parts, near: Near) -> None:
    custodian, manager = accounts(near)
    parts.anchor.admitted = {custodian}
    size = seal(parts)
    for _ in range(3):
        look(parts)
    assert relays(parts) == {CUSTODIAN: "done", MANAGER: "refused"}
    assert not relaying.due(parts)
    assert witness_health.read(parts, parts.clock.now())[0]["on_chain"] == {"size": size, "cosigned": 1}
    (problem,) = problems(parts)
    assert problem["name"] == MANAGER
    assert f"checkpoint {size} is not on the chain" in problem["problem"]
    parts.anchor.admitted = {custodian, manager}  # governance admits it: the next checkpoint's is taken
    seal(parts)
    for _ in range(3):
        look(parts)
    assert relays(parts) == {CUSTODIAN: "done", MANAGER: "done"}
    assert problems(parts) == []


def test_what_is_too_old_is_not_sent(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    parts.anchor.away = True
    seal(parts)
    parts.clock.advance(days=7, seconds=1)
    parts.anchor.away = False
    look(parts)
    assert (parts.anchor.cosigned, set(relays(parts).values())) == ([], {"refused"})
    assert "deadline passed" in witnessing(parts).book.relayed()[0].problem


def test_a_chain_that_goes_away_is_waited_for(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    seal(parts)
    parts.anchor.cut_after = "cosign"
    with pytest.raises(PowerCut):
        look(parts)
    parts.anchor.cut_after, parts.anchor.away = "", True
    with pytest.raises(ChainError):
        look(parts)
    parts.anchor.away = False
    look(parts)
    look(parts)
    assert (len(parts.anchor.cosigned), set(relays(parts).values())) == (2, {"done"})


def test_what_a_reorganisation_took_out_is_sent_again(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    seal(parts)
    look(parts)
    first = {tx for _, _, tx in parts.anchor.cosigned}
    for transaction in first:
        del parts.anchor.states[transaction]
    parts.clock.advance(seconds=1)
    look(parts)
    look(parts)
    assert len(parts.anchor.cosigned) == 4
    assert set(relays(parts).values()) == {"done"}
    assert not {relay.transaction for relay in witnessing(parts).book.relayed()} & first


def test_reopening_the_log_relays_what_vanished_with_it_and_nothing_else(parts: Parts, near: Near) -> None:
    custodian, manager = accounts(near)
    parts.anchor.admitted = {custodian, manager}
    first, held = seal(parts), 0
    for _ in range(3):
        look(parts)
    held = seal(parts)
    parts.anchor.admitted = {custodian}
    for _ in range(3):
        look(parts)  # the manager's of this one is refused
    parts.anchor.admitted = {custodian, manager}
    lost = seal(parts)
    for _ in range(3):
        look(parts)
    parts.anchor.forget(lost)
    gone = {(held, custodian), (lost, custodian), (lost, manager)}  # all in blocks after that of ``held``
    for size, account, transaction in parts.anchor.cosigned:
        if (size, account) in gone:
            del parts.anchor.states[transaction]
    before = len(parts.anchor.cosigned)
    seal(parts)
    with pytest.raises(IntegrityError, match="pfl chain reopen"):
        look(parts)
    ledger = operated(parts)
    done = chain_reopening.reopen(ledger, parts.clock.advance(seconds=1), reason="two validators were rolled back")
    assert (done["from_size"], done["to_size"]) == (lost, lost)
    waiting = [(one.size, one.signed.witness) for one in witnessing(parts).book.relays(limit=100)]
    assert sorted(waiting) == sorted((held, account) for account in (custodian, manager)), "what is older stays done"
    for _ in range(6):
        look(parts)
    again = [(size, account) for size, account, _ in parts.anchor.cosigned[before:]]
    newest = parts.log.checkpoints()[-1].checkpoint.size
    wanted = {*gone, (held, manager), (newest, custodian), (newest, manager)}
    assert sorted(again) == sorted(wanted), "once each; the refused one too, for the refusal may have vanished"
    assert all(parts.anchor.has_cosigned(size, account) for size in (first, held, lost) for account in accounts(near))
    assert not relaying.due(parts)


def test_reopening_from_the_first_checkpoint_relays_everything(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    sizes = [seal(parts), seal(parts)]
    for _ in range(4):
        look(parts)
    parts.anchor.held.clear()
    parts.anchor.states.clear()
    parts.anchor.cosigned.clear()
    ledger = operated(parts)
    chain_reopening.reopen(ledger, parts.clock.advance(seconds=1), reason="the chain began again")
    for _ in range(6):
        look(parts)
    sent = [(size, account) for size, account, _ in parts.anchor.cosigned if size in sizes]
    assert sorted(sent) == sorted((size, account) for size in sizes for account in accounts(near))


def test_a_crash_in_the_middle_of_reopening_leaves_everything_as_it_was(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    size = seal(parts)
    for _ in range(3):
        look(parts)
    parts.anchor.forget(size)
    ledger = operated(parts)
    ledger.witnessing = Witnessing(near, CutBook(parts.store))
    with pytest.raises(PowerCut):
        chain_reopening.reopen(ledger, parts.clock.advance(seconds=1), reason="x")
    with parts.store.snapshot() as reader:
        assert reader.events(ledger.operator) == ()
    assert ([c.state for c in parts.log.checkpoints()], set(relays(parts).values())) == (["final"], {"done"})


class CutBook(SqlWitnessBook):
    """The power goes when relays are reopened."""

    def reopen(self, size: int, since: datetime | None, at: datetime) -> None:
        super().reopen(size, since, at)
        raise PowerCut


def test_few_are_under_way_at_once_and_the_newest_goes_first(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    sizes = [seal(parts) for _ in range(6)]
    look(parts)
    assert len(parts.anchor.cosigned) == relaying.IN_FLIGHT == 8
    assert {size for size, _, _ in parts.anchor.cosigned} == set(sizes[2:])
    for _ in range(4):
        look(parts)
    assert len(parts.anchor.cosigned) == 12


def test_who_lost_the_lease_sends_no_more(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    seal(parts)
    asked: list[int] = []

    def once() -> bool:
        asked.append(1)
        return len(asked) == 1

    parts.anchor.cut_before = "cosign"
    with pytest.raises(PowerCut):
        look(parts)
    parts.anchor.cut_before = ""
    relaying.relay(parts, parts.clock.now(), once)
    assert len(parts.anchor.cosigned) == 1


def test_a_relay_of_no_checkpoint_is_a_contradiction(parts: Parts, near: Near) -> None:
    parts.anchor.admitted = set(accounts(near))
    size = seal(parts)
    look(parts)
    stray = replace(witnessing(parts).book.relayed()[0], size=size + 1, state="waiting")
    with pytest.raises(IntegrityError, match="does not hold"):
        relaying._sent(parts, stray, parts.clock.now())


def test_one_without_an_account_only_cosigns(parts: Parts, tmp_path: Path) -> None:
    witnessed(parts, tmp_path, CUSTODIAN)
    size = seal(parts)
    look(parts)
    assert len(witnessing(parts).lines(size)) == 1
    assert (relays(parts), relaying.due(parts)) == ({}, False)


def test_without_witnesses_nothing_is_relayed(parts: Parts) -> None:
    assert not relaying.due(parts)
    relaying.relay(parts, parts.clock.now(), lambda: True)


class TestEmbedded:
    """The contracts themselves."""

    @pytest.fixture
    def chain(self, tmp_path: Path) -> Iterator[EvmAnchor]:
        made = open_embedded(tmp_path / "chain.sqlite", operator_key=DEVELOPMENT_KEY, now=START)
        yield made
        made.close()

    def test_the_contract_counts_the_witness_and_refuses_the_stranger(
        self, chain: EvmAnchor, parts: Parts, tmp_path: Path
    ) -> None:
        parts.anchor = LateAnchor(lambda: chain)
        told = chain.status()
        where = ChainLog(told.chain_id, told.contracts["EvidenceLog"])
        near = witnessed(parts, tmp_path, CUSTODIAN, MANAGER, chain=where)
        custodian, manager = accounts(near)
        chain.institutions.admit(to_checksum_address(custodian), "c" * 64, {Role.WITNESS})
        size = seal(parts)
        drain(parts)
        assert (chain.witness_count(size), chain.has_cosigned(size, custodian)) == (1, True)
        assert not chain.has_cosigned(size, manager)
        look(parts)
        assert relays(parts) == {CUSTODIAN: "done", MANAGER: "refused"}
        (refused,) = (relay for relay in witnessing(parts).book.relayed() if relay.state == "refused")
        assert "no witness on the chain" in refused.problem
        (done,) = (relay for relay in witnessing(parts).book.relays_over(size) if relay.state == "done")
        body = chain.cosignature(str(done.transaction), size, custodian)
        proven = seen.check(seen.parse(body), parts.log.checkpoints()[-1].checkpoint)
        assert (proven.size, "0x" + proven.witness) == (size, custodian.lower())
        assert chain.cosignature("0" * 64, size, custodian) is None
        block = chain.status().block
        look(parts)
        assert chain.status().block == block, "a second pass sends nothing"
        status = cast("dict[str, Any]", chain_status.read(cast(Any, parts)))
        assert status["chain"]["cosigned"] == {"size": size, "witnesses": 1}
        assert [each["state"] for each in status["cosignatures"]] == ["done", "refused"]

    def test_a_signature_by_another_key_is_refused(self, chain: EvmAnchor, parts: Parts, tmp_path: Path) -> None:
        parts.anchor = chain
        told = chain.status()
        near = witnessed(parts, tmp_path, CUSTODIAN, chain=ChainLog(told.chain_id, "0x" + "C1" * 20))  # another log's
        (custodian,) = accounts(near)
        chain.institutions.admit(to_checksum_address(custodian), "c" * 64, {Role.WITNESS})
        size = seal(parts)
        drain(parts)
        look(parts)
        (relay,) = witnessing(parts).book.relayed()
        assert (relay.state, chain.witness_count(size)) == ("refused", 0)
        assert "the signature is not the signer's" in relay.problem
