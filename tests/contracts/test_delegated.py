"""What a certifier or assessor signs and anybody sends: it counts once, here, in time, and only as the signer's own."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ledger.chain import typed_data
from ledger.chain.deploy import create
from ledger.chain.evidence_log import EvidenceLog
from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Authorization, InvestorRegistry, Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, EndingWrite
from tests.contracts.wallets import ZERO, compact, high_s, put
from tests.contracts.world import REGIME, SECOND, START, World, digest, key, refused

DEADLINE = START + timedelta(hours=1)
YEAR = timedelta(days=365)
GRANT = CertificationWrite(digest("investor"), REGIME, digest("granted"), START, START + YEAR)
OUTCOME = AssessmentWrite(
    digest("investor"), digest("assessed"), 3, lowest=False, completed_at=START, valid_until=START + YEAR
)
REVOKED = replace(GRANT, leaf=digest("revoked"), granted_at=START + 9 * SECOND, revokes=GRANT.leaf)


@pytest.fixture
def certified(world: World) -> World:
    """The world with a certifier who is no operator."""
    world.member("certifier", Role.CERTIFIER, Role.ASSESSOR)
    return world


def authorized(
    world: World,
    *certifications: CertificationWrite,
    assessments: tuple[AssessmentWrite, ...] = (),
    endings: tuple[EndingWrite, ...] = (),
    by: str = "certifier",
    nonce: int = 0,
    deadline: datetime = DEADLINE,
    domain: typed_data.Domain | None = None,
) -> Authorization:
    here = domain or typed_data.Domain(world.deployment.chain_id, world.investors.address)
    data = typed_data.record(here, certifications, assessments, endings, nonce=nonce, deadline=deadline)
    return Authorization(world.seen_by(by).address, nonce, deadline, typed_data.sign(key(by), data))


def eligible(world: World, at: datetime) -> Reasons:
    return world.investors.eligible_at(digest("investor"), REGIME, 3, at)


def test_a_certifier_signs_and_the_platform_pays(certified: World) -> None:
    relayer = certified.seen_by("relayer")
    relayer.investors.record_by_sig(authorized(certified, GRANT, assessments=(OUTCOME,)), [GRANT], [OUTCOME])
    (kept,) = certified.investors.certifications(digest("investor"), REGIME)
    certifier = certified.seen_by("certifier").address
    assert kept.issuer == bytes.fromhex(certifier[2:14]), "who signed answers for it, not who sent it"
    assert eligible(certified, START + 5 * SECOND) == Reasons(0)
    assert certified.investors.next_nonce(certifier) == 1
    relayer.investors.record_by_sig(authorized(certified, REVOKED, nonce=1), [REVOKED])
    assert eligible(certified, START + 8 * SECOND) == Reasons(0)
    assert eligible(certified, START + 9 * SECOND) == Reasons.CERTIFICATION_REVOKED


def test_an_assessor_ends_its_assessment_by_its_signature(certified: World) -> None:
    ended = EndingWrite(digest("investor"), digest("changed"), OUTCOME.leaf, START + 9 * SECOND)
    act = authorized(certified, GRANT, assessments=(OUTCOME,), endings=(ended,))
    with refused("BadSignature", index=0):
        certified.investors.record_by_sig(act, [GRANT], [OUTCOME], [replace(ended, ended_at=START)])
    certified.investors.record_by_sig(act, [GRANT], [OUTCOME], [ended])
    assert [eligible(certified, START + n * SECOND) for n in (8, 9)] == [Reasons(0), Reasons.ASSESSMENT_ENDED]


def test_a_certifiers_late_writes_after_revocation_of_its_role_are_refused(certified: World) -> None:
    in_time, assessed = authorized(certified, GRANT), authorized(certified, assessments=(OUTCOME,))
    certifier = certified.seen_by("certifier")
    certified.institutions.assign(certifier.address, {Role.AUDITOR})
    with refused("NotCertifier", account=certifier.address):
        certified.investors.record_by_sig(in_time, [GRANT])
    with refused("NotAssessor", account=certifier.address):
        certified.investors.record_by_sig(assessed, [], [OUTCOME])
    with refused("NotCertifier", account=certifier.address):
        certifier.investors.certify([GRANT])
    assert certified.investors.next_nonce(certifier.address) == 0


def test_the_same_is_not_sent_twice_not_even_after_it_was_superseded(certified: World) -> None:
    first, renewed = authorized(certified, GRANT), replace(GRANT, leaf=digest("renewed"))
    certified.investors.record_by_sig(first, [GRANT])
    certified.investors.record_by_sig(authorized(certified, renewed, nonce=1), [renewed])
    with refused("InvalidAccountNonce", account=first.signer, currentNonce=2):
        certified.investors.record_by_sig(first, [GRANT])


def test_nonces_are_each_signers_own_and_in_order(certified: World) -> None:
    with refused("InvalidAccountNonce", currentNonce=0):
        certified.investors.record_by_sig(authorized(certified, GRANT, nonce=1), [GRANT])
    certified.investors.record_by_sig(authorized(certified, GRANT), [GRANT])
    other = replace(GRANT, leaf=digest("other"))
    certified.investors.record_by_sig(authorized(certified, other, by="operator"), [other])


def test_a_deadline_is_the_last_second(certified: World) -> None:
    act = authorized(certified, GRANT)
    certified.at(DEADLINE + SECOND)
    with refused("DeadlinePassed", index=0, deadline=int(DEADLINE.timestamp())):
        certified.investors.record_by_sig(act, [GRANT])
    certified.at(DEADLINE)
    certified.investors.record_by_sig(act, [GRANT])


def test_malleable_and_wrongly_encoded_signatures_are_refused(certified: World) -> None:
    act = authorized(certified, GRANT)
    with refused("MalleableSignature", index=0):
        certified.investors.record_by_sig(replace(act, signature=high_s(act.signature)), [GRANT])
    for encoded in (b"", act.signature[:-1], act.signature + b"\0", compact(act.signature)):
        with refused("BadSignatureLength", index=0, length=len(encoded)):
            certified.investors.record_by_sig(replace(act, signature=encoded), [GRANT])
    with refused("ZeroSigner", index=0):
        certified.investors.record_by_sig(replace(act, signer=ZERO), [GRANT])


def test_any_change_of_what_was_signed_is_refused(certified: World) -> None:
    act = authorized(certified, GRANT, assessments=(OUTCOME,))
    changed = [
        (replace(act, nonce=1), [GRANT], [OUTCOME]),
        (replace(act, deadline=DEADLINE + SECOND), [GRANT], [OUTCOME]),
        (replace(act, signer=certified.address), [GRANT], [OUTCOME]),
        (act, [], [OUTCOME]),
        (act, [GRANT, GRANT], [OUTCOME]),
        (act, [GRANT, REVOKED], [OUTCOME]),
        (act, [GRANT], []),
        *((act, [bad], [OUTCOME]) for bad in _changes(GRANT)),
        *((act, [GRANT], [bad]) for bad in _changed_outcomes()),
    ]
    for authorization, grants, outcomes in changed:
        with refused("BadSignature", index=0, signer=authorization.signer):
            certified.investors.record_by_sig(authorization, grants, outcomes)


def test_any_change_of_a_signed_revocation_is_refused(certified: World) -> None:
    certified.investors.record_by_sig(authorized(certified, GRANT), [GRANT])
    act = authorized(certified, REVOKED, nonce=1)
    for bad in (
        replace(REVOKED, revokes=digest("x")),
        replace(REVOKED, granted_at=START),
        replace(REVOKED, leaf=digest("x")),
    ):
        with refused("BadSignature", index=0, signer=act.signer):
            certified.investors.record_by_sig(act, [bad])


def test_an_act_signed_for_another_chain_or_contract_is_refused(certified: World) -> None:
    here = typed_data.Domain(certified.deployment.chain_id, certified.investors.address)
    for domain in (replace(here, chain_id=1), replace(here, contract=certified.log.address)):
        with refused("BadSignature", index=0):
            certified.investors.record_by_sig(authorized(certified, GRANT, domain=domain), [GRANT])


def test_an_act_sent_to_one_registry_does_not_count_in_another_of_the_same_members(certified: World) -> None:
    act = authorized(certified, GRANT)
    certified.investors.record_by_sig(act, [GRANT])
    log = create(certified.node, certified.sender, "EvidenceLog", [certified.institutions.address])
    second = EvidenceLog(certified.node, log.address).parts()["InvestorRegistry"]
    with refused("BadSignature", index=0, signer=act.signer):
        InvestorRegistry(certified.node, second, certified.sender).record_by_sig(act, [GRANT])


def test_a_contract_wallet_certifies_by_eip_1271(certified: World) -> None:
    wallet = put(certified, "Wallet", certified.seen_by("owner").address)
    certified.institutions.admit(wallet, digest("wallet"), {Role.CERTIFIER})
    act = replace(authorized(certified, GRANT, by="owner"), signer=wallet)
    with refused("BadSignature", index=0, signer=wallet):
        certified.investors.record_by_sig(replace(authorized(certified, GRANT), signer=wallet), [GRANT])
    certified.investors.record_by_sig(act, [GRANT])
    with refused("InvalidAccountNonce", account=wallet, currentNonce=1):
        certified.investors.record_by_sig(act, [GRANT])


def test_a_bad_item_names_its_index_and_nothing_is_kept(certified: World) -> None:
    nameless = replace(GRANT, investor="0" * 64)
    act = authorized(certified, GRANT, nameless)
    with refused("MissingName", index=1):
        certified.investors.record_by_sig(act, [GRANT, nameless])
    assert certified.investors.certifications(digest("investor"), REGIME) == ()
    assert certified.investors.next_nonce(act.signer) == 0, "a refused act uses no nonce up"


def test_a_pause_stops_it_too(certified: World) -> None:
    certified.institutions.pause()
    with refused("WritesPaused"):
        certified.investors.record_by_sig(authorized(certified, GRANT), [GRANT])


def _changes(of: CertificationWrite) -> list[CertificationWrite]:
    return [
        replace(of, investor=digest("x")),
        replace(of, regime="cn_am_plan"),
        replace(of, leaf=digest("x")),
        replace(of, granted_at=START - SECOND),
        replace(of, valid_until=START + 2 * YEAR),
    ]


def _changed_outcomes() -> list[AssessmentWrite]:
    return [
        replace(OUTCOME, investor=digest("x")),
        replace(OUTCOME, leaf=digest("x")),
        replace(OUTCOME, tolerance=5),
        replace(OUTCOME, tolerance=1, lowest=True),
        replace(OUTCOME, completed_at=START - SECOND),
        replace(OUTCOME, valid_until=START + 2 * YEAR),
        replace(OUTCOME, regime="cn_am_plan"),
    ]
