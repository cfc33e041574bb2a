"""A batch has at most 1,000 items; one more is a clear refusal that names the limit, not a lack of gas."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger.chain import splitting
from ledger.chain.institutions import Role
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, ChainWrites, SignatureWrite
from tests.contracts.test_key_signatures import signed as signed_by_key
from tests.contracts.test_signature_registry import signed
from tests.contracts.test_witnesses import TOP, cosigned
from tests.contracts.world import REGIME, START, World, digest, refused

MOST = splitting.MOST
END = START + timedelta(days=1)
GRANT = CertificationWrite(digest("investor"), REGIME, digest("granted"), START, END)
REVOKED = CertificationWrite(digest("investor"), REGIME, digest("revoked"), START, START, revokes=GRANT.leaf)
OUTCOME = AssessmentWrite(digest("i"), digest("assessed"), 3, lowest=False, completed_at=START, valid_until=END)
RECORDED = SignatureWrite(digest("document"), digest("key"), "sm2", digest("leaf"), START)
BATCHES: dict[str, Callable[[World, int], object]] = {
    "certify": lambda w, n: w.investors.certify([GRANT] * n),
    "revoke": lambda w, n: w.investors.revoke([REVOKED] * n),
    "assess": lambda w, n: w.investors.assess([OUTCOME] * n),
    "record signatures": lambda w, n: w.signatures.record([RECORDED] * n),
    "sign": lambda w, n: w.signatures.sign([signed(w)] * n),
    "sign with keys": lambda w, n: w.signatures.sign_p256([signed_by_key(w)] * n),
    "anchor a backlog": lambda w, n: w.log.anchor_batch([TOP] * n),
    "cosign": lambda w, n: w.log.cosign_by_sig([cosigned(w)] * n),
    "with a checkpoint": lambda w, n: w.log.anchor(TOP, ChainWrites(signatures=(RECORDED,) * n)),
}


@pytest.mark.parametrize("what", BATCHES)
def test_one_too_many_is_refused_with_the_limit(shared_world: World, what: str) -> None:
    with refused("BatchTooLarge", length=MOST + 1, limit=MOST):
        BATCHES[what](shared_world, MOST + 1)


def test_the_limit_itself_is_let_in(world: World) -> None:
    """Item 1 is refused for itself: the batch as such was not too large."""
    with refused("AlreadyRecorded", index=1):
        BATCHES["certify"](world, MOST)
    world.member("custodian", Role.WITNESS)
    with refused("NotGrowing", index=1):
        BATCHES["anchor a backlog"](world, MOST)


def test_the_ledger_never_sends_more_however_large_the_block() -> None:
    assert splitting.room(10**12) == MOST
