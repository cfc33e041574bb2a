"""k of n governors decide, nobody alone; who is removed does not count."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from eth_utils import to_checksum_address

from ledger.chain.deploy import check, create, deploy
from ledger.chain.institutions import Admission, Institutions, Quorum, Role
from tests.contracts.wallets import ZERO
from tests.contracts.world import SECOND, World, digest, refused

SALT = bytes.fromhex(digest("salt"))


@pytest.fixture
def three(world: World) -> World:
    """The world governed by two of three: operator, custodian and regulator."""
    for name in ("custodian", "regulator"):
        world.member(name, Role.GOVERNOR)
    world.institutions.set_threshold(2)
    return world


def newcomer(world: World) -> list[bytes]:
    """The calls of a proposal that admits another seller."""
    roles = frozenset({Role.SELLER})
    return [world.institutions.admit_call([Admission(world.seen_by("seller").address, digest("seller"), roles)])]


def proposed(world: World, calls: list[bytes], by: str = "custodian") -> bytes:
    world.seen_by(by).institutions.propose(calls)
    return world.institutions.proposal_id(calls)


def test_a_single_operator_is_one_of_one_and_decides_at_once(world: World) -> None:
    assert world.institutions.quorum() == Quorum(1, 1)
    other = world.member("other")
    world.institutions.assign(other.address, {Role.WITNESS})
    assert world.institutions.has_role(other.address, Role.WITNESS)


def test_two_of_three_decide(three: World) -> None:
    calls = newcomer(three)
    proposal = proposed(three, calls)
    regulator = three.seen_by("regulator").institutions
    with refused("NotEnoughConfirmations", confirmations=1, threshold=2):
        regulator.execute(calls)
    regulator.confirm(proposal)
    three.institutions.execute(calls)
    assert three.institutions.has_role(three.seen_by("seller").address, Role.SELLER)
    kept = three.institutions.proposal(proposal)
    assert kept is not None
    assert (kept.executed, kept.counting) == (True, 2)
    assert kept.confirmations == (three.seen_by("custodian").address, three.seen_by("regulator").address)


@pytest.mark.parametrize("name", ["operator", "custodian"])
def test_nobody_alone_decides_anything(three: World, name: str) -> None:
    alone = three.seen_by(name).institutions
    with refused("ConfirmationsNeeded", threshold=2):
        alone.admit(three.seen_by("seller").address, digest("seller"), {Role.SELLER})
    with refused("ConfirmationsNeeded", threshold=2):
        alone.assign(three.address, {Role.AUDITOR})
    with refused("ConfirmationsNeeded", threshold=2):
        alone.set_threshold(1)
    alone.pause()
    with refused("ConfirmationsNeeded", threshold=2):
        alone.unpause()


def test_who_is_no_governor_decides_nothing(three: World) -> None:
    witness = Admission(three.seen_by("witness").address, digest("witness"), frozenset({Role.WITNESS, Role.OPERATOR}))
    calls = [three.institutions.admit_call([witness])]
    proposal = proposed(three, calls)
    three.institutions.confirm(proposal)
    three.institutions.execute(calls)
    another = newcomer(three)
    other = proposed(three, another)
    for name in ("witness", "stranger"):
        outside = three.seen_by(name)
        mine = outside.institutions
        attempts: list[Callable[[], object]] = [
            partial(mine.propose, newcomer(three), SALT),
            partial(mine.confirm, other),
            partial(mine.execute, another),
            partial(mine.assign, outside.address, {Role.GOVERNOR}),
            partial(mine.admit, outside.address, digest("x"), {Role.GOVERNOR}),
            partial(mine.set_threshold, 1),
            mine.pause,
            mine.unpause,
        ]
        for attempt in attempts:
            with refused("NotGovernor", account=outside.address):
                attempt()


def test_the_confirmation_of_a_removed_governor_does_not_count(three: World) -> None:
    """Two of three had confirmed; one of them is removed before execution."""
    calls = newcomer(three)
    proposal = proposed(three, calls)
    three.institutions.confirm(proposal)
    custodian = three.seen_by("custodian")
    removal = [three.institutions.assign_call([(custodian.address, {Role.WITNESS})])]
    three.seen_by("regulator").institutions.propose(removal)
    three.institutions.confirm(three.institutions.proposal_id(removal))
    three.institutions.execute(removal)
    kept = three.institutions.proposal(proposal)
    assert kept is not None
    assert (len(kept.confirmations), kept.counting) == (2, 1)
    with refused("NotEnoughConfirmations", confirmations=1, threshold=2):
        three.institutions.execute(calls)
    with refused("NotGovernor", account=custodian.address):
        custodian.institutions.execute(calls)
    three.seen_by("regulator").institutions.confirm(proposal)
    three.institutions.execute(calls)


def test_a_governor_admitted_meanwhile_may_confirm(three: World) -> None:
    calls = newcomer(three)
    proposal = proposed(three, calls)
    bank = three.seen_by("bank")
    admission = [three.institutions.admit_call([Admission(bank.address, digest("bank"), frozenset({Role.GOVERNOR}))])]
    three.seen_by("regulator").institutions.confirm(proposed(three, admission))
    three.institutions.execute(admission)
    assert three.institutions.quorum() == Quorum(2, 4)
    bank.institutions.confirm(proposal)
    bank.institutions.execute(calls)


def test_the_threshold_is_changed_by_governance_and_counts_at_execution(three: World) -> None:
    waiting, raised = newcomer(three), [three.institutions.set_threshold_call(3)]
    three.institutions.confirm(proposed(three, waiting))
    three.institutions.confirm(proposed(three, raised))
    three.institutions.execute(raised)
    assert three.institutions.quorum() == Quorum(3, 3)
    with refused("NotEnoughConfirmations", confirmations=2, threshold=3):
        three.institutions.execute(waiting)


@pytest.mark.parametrize("threshold", [0, 4, 65535])
def test_a_threshold_that_nobody_reaches_is_refused(three: World, threshold: int) -> None:
    calls = [three.institutions.set_threshold_call(threshold)]
    three.institutions.confirm(proposed(three, calls))
    with refused("ThresholdUnreachable", threshold=threshold, governors=3):
        three.institutions.execute(calls)


def test_governance_cannot_be_abandoned(world: World) -> None:
    with refused("ThresholdUnreachable", threshold=1, governors=0):
        world.institutions.assign(world.address, {Role.OPERATOR})
    world.member("heir", Role.GOVERNOR)
    world.institutions.assign(world.address, {Role.OPERATOR})
    with refused("NotGovernor", account=world.address):
        world.institutions.assign(world.address, {Role.GOVERNOR})
    assert world.institutions.quorum() == Quorum(1, 1)


def test_a_consortium_may_begin_with_all_its_governors(world: World) -> None:
    names = ("custodian", "regulator")
    roles = frozenset({Role.GOVERNOR, Role.WITNESS})
    others = [Admission(world.seen_by(name).address, digest(name), roles) for name in names]
    made = deploy(world.node, world.sender, others=others, threshold=2)
    check(world.node, made)
    members = Institutions(world.node, made.address("Institutions"), world.sender)
    assert members.quorum() == Quorum(2, 3)
    assert all(members.has_role(other.address, role) for other in others for role in roles)
    with refused("ConfirmationsNeeded", threshold=2):
        members.set_threshold(1)
    with refused("ThresholdUnreachable", threshold=4, governors=3):
        deploy(world.node, world.sender, others=others, threshold=4)


def test_after_the_hand_over_the_founder_is_one_of_many_or_none(three: World) -> None:
    calls = [three.institutions.assign_call([(three.address, {Role.OPERATOR})])]
    three.seen_by("regulator").institutions.confirm(proposed(three, calls))
    three.seen_by("custodian").institutions.execute(calls)
    for attempt in (three.institutions.pause, partial(three.institutions.set_threshold, 1)):
        with refused("NotGovernor", account=three.address):
            attempt()
    assert three.institutions.has_role(three.address, Role.OPERATOR), "it still anchors"
    assert three.institutions.quorum() == Quorum(2, 2)


def test_it_must_begin_with_governors_enough(world: World) -> None:
    seller = (world.address, bytes(32), 1 << Role.SELLER)
    governor = (world.address, bytes(32), 1 << Role.GOVERNOR)
    for founders, threshold, governors in (([], 1, 0), ([seller], 1, 0), ([governor], 2, 1), ([governor], 0, 1)):
        with refused("ThresholdUnreachable", threshold=threshold, governors=governors):
            create(world.node, world.sender, "Institutions", [founders, threshold])
    with refused("IdTaken", index=1):
        create(world.node, world.sender, "Institutions", [[governor, governor], 1])
    with refused("ZeroMember", index=0):
        create(world.node, world.sender, "Institutions", [[(ZERO, bytes(32), 1 << Role.GOVERNOR)], 1])


def test_a_proposal_is_executed_once(three: World) -> None:
    calls = [three.institutions.set_threshold_call(2)]
    proposal = proposed(three, calls)
    three.institutions.confirm(proposal)
    three.institutions.execute(calls)
    attempts: list[Callable[[], object]] = [
        partial(three.institutions.execute, calls),
        partial(three.seen_by("regulator").institutions.confirm, proposal),
        partial(three.institutions.withdraw, proposal),
    ]
    for again in attempts:
        with refused("AlreadyExecuted", proposal=f"0x{proposal.hex()}"):
            again()
    with refused("AlreadyProposed", proposal=f"0x{proposal.hex()}"):
        three.institutions.propose(calls)
    three.institutions.propose(calls, SALT)


def test_each_governor_confirms_once_and_may_withdraw(three: World) -> None:
    calls = newcomer(three)
    proposal = proposed(three, calls)
    custodian = three.seen_by("custodian")
    with refused("AlreadyConfirmed", governor=custodian.address):
        custodian.institutions.confirm(proposal)
    with refused("NotConfirmed", governor=three.address):
        three.institutions.withdraw(proposal)
    three.institutions.confirm(proposal)
    custodian.institutions.withdraw(proposal)
    with refused("NotConfirmed", governor=custodian.address):
        custodian.institutions.withdraw(proposal)
    with refused("NotEnoughConfirmations", confirmations=1):
        three.institutions.execute(calls)
    custodian.institutions.confirm(proposal)
    three.institutions.execute(calls)


def test_a_proposal_expires_after_fourteen_days(three: World) -> None:
    early, late = newcomer(three), [three.institutions.set_threshold_call(1)]
    for calls in (early, late):
        three.institutions.confirm(proposed(three, calls))
    (first, second) = (three.institutions.proposal(three.institutions.proposal_id(calls)) for calls in (early, late))
    assert first is not None
    assert second is not None
    three.at(first.expires_at)
    three.institutions.execute(early)
    assert second.expires_at - three.now() < timedelta(days=14)
    three.at(second.expires_at + SECOND)
    with refused("ProposalExpired", expiresAt=int(second.expires_at.timestamp())):
        three.institutions.execute(late)
    with refused("ProposalExpired"):
        three.seen_by("regulator").institutions.confirm(three.institutions.proposal_id(late))


def test_calls_are_executed_in_order_and_all_or_nothing(three: World) -> None:
    alone = [three.institutions.assign_call([(three.seen_by("custodian").address, set()), (three.address, set())])]
    three.institutions.confirm(proposed(three, alone))
    with refused("ThresholdUnreachable", threshold=2, governors=1):
        three.institutions.execute(alone)
    assert three.institutions.quorum() == Quorum(2, 3)
    lowered = [three.institutions.set_threshold_call(1), *alone]
    three.institutions.confirm(proposed(three, lowered))
    three.institutions.execute(lowered)
    assert three.institutions.quorum() == Quorum(1, 1)


def test_only_exactly_what_was_confirmed_is_executed(three: World) -> None:
    calls = newcomer(three)
    three.institutions.confirm(proposed(three, calls))
    for other, salt in (
        (calls, SALT),
        ([*calls, three.institutions.set_threshold_call(1)], bytes(32)),
        ([], bytes(32)),
    ):
        with refused("UnknownProposal"):
            three.institutions.execute(other, salt)
    with refused("EmptyProposal"):
        three.institutions.propose([])
    assert three.institutions.proposal(SALT) is None
    with refused("UnknownProposal", proposal=f"0x{SALT.hex()}"):
        three.institutions.confirm(SALT)


@pytest.mark.parametrize("call", [b"", bytes.fromhex("deadbeef")])
def test_a_call_that_there_is_not_fails_the_whole_proposal(three: World, call: bytes) -> None:
    calls = [*newcomer(three), call]
    three.institutions.confirm(proposed(three, calls))
    with refused("FailedCall"):
        three.institutions.execute(calls)
    assert not three.institutions.has_role(three.seen_by("seller").address, Role.SELLER)


def test_governance_is_not_reached_from_inside_a_proposal(three: World) -> None:
    """The contract itself is no governor: it proposes, confirms and executes nothing."""
    inner = newcomer(three)
    proposal = proposed(three, inner)
    for call in (
        three.institutions._encoded("confirm", proposal),
        three.institutions._encoded("execute", inner, bytes(32)),
        three.institutions._encoded("pause"),
    ):
        three.institutions.confirm(proposed(three, [call]))
        with refused("NotGovernor", account=three.institutions.address):
            three.institutions.execute([call])


def test_there_is_room_for_500_members_and_a_pause_reaches_them_all(world: World) -> None:
    def member(number: int) -> tuple[object, ...]:
        return to_checksum_address(number.to_bytes(6, "big") + bytes(14)), bytes(32), 1 << Role.SELLER

    world.institutions._write("admit", [member(number) for number in range(1, 500)])
    with refused("TooManyMembers", limit=500):
        world.institutions._write("admit", [member(500)])
    assert world.gas(world.institutions.pause()) < 5_000_000
