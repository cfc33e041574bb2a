"""A pause stops every write of every contract, and no read."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.chain.anchor import EvmAnchor
from ledger.chain.errors import ChainPausedError
from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, ChainWrites, SignatureWrite
from tests.contracts.test_signature_registry import signed
from tests.contracts.test_witnesses import TOP, cosigned
from tests.contracts.world import REGIME, SECOND, START, World, digest, refused

YEAR = 365 * 86_400 * SECOND
GRANT = CertificationWrite(digest("investor"), REGIME, digest("granted"), START, START + YEAR)
OUTCOME = AssessmentWrite(
    digest("investor"), digest("assessed"), 3, lowest=False, completed_at=START, valid_until=START + YEAR
)
RECORDED = SignatureWrite(digest("document"), digest("key"), "sm2", digest("leaf"), START)
NEXT = replace(TOP, size=10)
REVOKED = CertificationWrite(digest("investor"), REGIME, digest("revoked"), START, START, revokes=GRANT.leaf)
WRITES: dict[str, Callable[[World], object]] = {
    "anchor": lambda w: w.log.anchor(NEXT, ChainWrites()),
    "anchor with writes": lambda w: w.log.anchor(NEXT, ChainWrites((GRANT,))),
    "anchor a backlog": lambda w: w.log.anchor_batch([NEXT]),
    "record ahead": lambda w: w.log.record_ahead(ChainWrites((GRANT,))),
    "cosign": lambda w: w.seen_by("custodian").log.cosign(TOP),
    "cosign by signature": lambda w: w.log.cosign_by_sig([cosigned(w)]),
    "certify": lambda w: w.investors.certify([GRANT]),
    "revoke": lambda w: w.investors.revoke([REVOKED]),
    "assess": lambda w: w.investors.assess([OUTCOME]),
    "record signatures": lambda w: w.signatures.record([RECORDED]),
    "sign": lambda w: w.signatures.sign([signed(w)]),
}


@pytest.fixture
def paused(world: World) -> World:
    """The world with a witness and something of everything, and paused."""
    world.member("custodian", Role.WITNESS)
    world.log.anchor(TOP, ChainWrites((GRANT,), (OUTCOME,), (RECORDED,)))
    world.institutions.pause()
    return world


@pytest.mark.parametrize("what", WRITES)
def test_a_pause_stops(paused: World, what: str) -> None:
    with refused("WritesPaused"):
        WRITES[what](paused)


def test_reads_go_on(paused: World) -> None:
    assert paused.institutions.paused()
    assert paused.log.head() == (9, 1)
    assert paused.log.checkpoint(9) is not None
    assert paused.log.witness_count(9) == 0
    now = paused.now()
    assert paused.investors.eligible_at(digest("investor"), REGIME, 3, now) == Reasons(0)
    assert paused.investors.eligible_at(digest("investor"), REGIME, 3, now, known_at=now) == Reasons(0)
    assert paused.signatures.signed_before(digest("document"), digest("key"), now + SECOND)
    assert paused.institutions.has_role(paused.address, Role.OPERATOR)
    assert paused.institutions.had_role(paused.address, Role.OPERATOR, now)


def test_governance_goes_on_and_a_newcomer_is_paused_too(paused: World) -> None:
    other = paused.member("another operator", Role.OPERATOR)
    with refused("WritesPaused"):
        other.log.anchor(NEXT, ChainWrites())
    paused.institutions.assign(other.address, {Role.AUDITOR})
    with refused("WritesPaused"):
        other.log.anchor(NEXT, ChainWrites())


def test_writes_go_on_after_governance_lets_them(paused: World) -> None:
    with refused("WritesPaused"):
        paused.institutions.pause()
    paused.institutions.unpause()
    assert not paused.institutions.paused()
    paused.log.anchor(NEXT, ChainWrites())
    WRITES["cosign"](paused)
    WRITES["sign"](paused)
    with refused("NotPaused"):
        paused.institutions.unpause()


def test_the_ledger_calls_it_a_chain_that_waits(paused: World) -> None:
    anchor = EvmAnchor(paused.node, paused.deployment, paused.sender)
    for _ in range(2):
        with pytest.raises(ChainPausedError, match="records are safe"):
            anchor.submit(NEXT, ChainWrites(), paused.now())
    assert anchor.anchored_size() == 9
    paused.institutions.unpause()
    anchor.submit(NEXT, ChainWrites(), paused.now())
    assert anchor.anchored_size() == 10
