"""A write that a contract refuses never stops the log, and nothing else is lost with it."""

from datetime import timedelta

import pytest

from ledger.errors import ChainError
from ledger.ports.anchor import (
    AssessmentWrite,
    CertificationWrite,
    ChainWrites,
    EndingWrite,
    SaleStep,
    SaleStepWrite,
    SignatureWrite,
)
from ledger.services.refusals import MAX_LEFT_OUT, submit_accepted
from tests.fakes import START, FakeAnchor
from verifier.checkpoint import Checkpoint

HEAD = Checkpoint("ledger.test/log", 9, bytes(32), bytes(32), bytes(32))
LATER = START + timedelta(days=365)


def grant(leaf: str) -> CertificationWrite:
    return CertificationWrite("1" * 64, "cn_private_fund", leaf, START, LATER)


def revocation(leaf: str) -> CertificationWrite:
    return CertificationWrite("1" * 64, "cn_private_fund", leaf, START, START, revokes="g0")


def assessment(leaf: str) -> AssessmentWrite:
    return AssessmentWrite("1" * 64, leaf, 3, lowest=False, completed_at=START, valid_until=LATER)


def ending(leaf: str) -> EndingWrite:
    return EndingWrite("1" * 64, leaf, "a0", START)


def signature(leaf: str) -> SignatureWrite:
    return SignatureWrite("2" * 64, "3" * 64, "x509-p256", leaf, START)


def taken(leaf: str, sale: str) -> SaleStepWrite:
    return SaleStepWrite(sale * 64, leaf, SaleStep.MATCHED, 2, START)


WRITES = ChainWrites(
    (grant("g0"), revocation("r0"), grant("g1"), revocation("r1")),
    (assessment("a0"), assessment("a1")),
    (signature("s0"), signature("s1")),
    (taken("t0", "5"), taken("t1", "6"), taken("t2", "5"), taken("t3", "6")),
    endings=(ending("e0"), ending("e1")),
)


def leaves(writes: ChainWrites) -> set[str]:
    return {
        *(w.leaf for w in writes.certifications),
        *(w.leaf for w in writes.assessments),
        *(w.leaf for w in writes.signatures),
        *(w.leaf for w in writes.sale_steps),
        *(w.leaf for w in writes.endings),
    }


@pytest.mark.parametrize(
    "refused",
    [
        (),
        ("g0",),
        ("g1",),
        ("r0",),
        ("r1",),
        ("a1",),
        ("s0",),
        ("g0", "r0", "a0", "s0"),
        ("e0",),
        ("a1", "e1"),
        ("r1", "s1"),
        ("s0", "s1"),
    ],
)
def test_exactly_the_refused_items_are_left_out(refused: tuple[str, ...]) -> None:
    anchor = FakeAnchor(refused=dict.fromkeys(refused, ""))
    transaction, left_out = submit_accepted(lambda writes: anchor.submit(HEAD, writes, START), WRITES)
    assert set(left_out) == set(refused)
    ((held, _, writes),) = anchor.held.values()
    assert held == transaction
    assert leaves(writes) == leaves(WRITES) - set(refused)
    assert anchor.sent == [9]


def test_a_refused_step_takes_along_what_follows_in_its_sale() -> None:
    anchor = FakeAnchor(refused={"t1": ""})
    _, left_out = submit_accepted(lambda writes: anchor.submit(HEAD, writes, START), WRITES)
    assert left_out == ("t1", "t3")
    ((_, _, writes),) = anchor.held.values()
    assert leaves(writes) == leaves(WRITES) - {"t1", "t3"}


def test_items_refused_alike_take_their_list_with_them() -> None:
    anchor = FakeAnchor(refused={"s0": "", "s1": ""}, names_leaf=0)
    _, left_out = submit_accepted(lambda writes: anchor.submit(HEAD, writes, START), WRITES)
    assert set(left_out) == {"s0", "s1"}
    ((_, _, writes),) = anchor.held.values()
    assert leaves(writes) == leaves(WRITES) - {"s0", "s1"}


def test_what_only_has_to_wait_is_not_left_out() -> None:
    anchor = FakeAnchor(refused={"s1": "SignedInFuture"})
    with pytest.raises(ChainError):
        submit_accepted(lambda writes: anchor.submit(HEAD, writes, START), WRITES)
    assert anchor.sent == []


def test_a_chain_that_goes_away_in_between_is_waited_for() -> None:
    anchor = FakeAnchor(refused={"a0": ""})

    def submit(writes: ChainWrites) -> str:
        anchor.away = len(writes.assessments) == 1
        return anchor.submit(HEAD, writes, START)

    with pytest.raises(ChainError, match="does not answer"):
        submit_accepted(submit, WRITES)
    assert anchor.sent == []


def test_a_refusal_that_no_item_explains_is_raised() -> None:
    def submit(_: ChainWrites) -> str:
        raise ChainError("a contract refused", name="Strange", index=0)

    with pytest.raises(ChainError):
        submit_accepted(submit, WRITES)


def test_it_does_not_leave_out_without_end() -> None:
    many = ChainWrites(signatures=tuple(signature(f"s{i}") for i in range(MAX_LEFT_OUT + 2)))
    anchor = FakeAnchor(refused={w.leaf: f"Bad{i}" for i, w in enumerate(many.signatures)})
    with pytest.raises(ChainError):
        submit_accepted(lambda writes: anchor.submit(HEAD, writes, START), many)
