"""Certifications, revocations, assessments, and eligibility at the instants around every change."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, EndingWrite
from tests.contracts.world import REGIME, SECOND, START, World, digest, refused

DAY = timedelta(days=1)
YES = Reasons(0)
GRANTED, ENDS = START + DAY, START + 366 * DAY
CERTIFICATION = CertificationWrite(digest("investor"), REGIME, digest("granted"), GRANTED, ENDS)
ASSESSMENT = AssessmentWrite(
    digest("investor"), digest("assessed"), 3, lowest=False, completed_at=GRANTED, valid_until=ENDS
)


def revocation(of: CertificationWrite, days: int, mark: str = "revoked") -> CertificationWrite:
    return replace(of, leaf=digest(mark), granted_at=START + days * DAY, revokes=of.leaf)


def ending(days: int, of: AssessmentWrite = ASSESSMENT) -> EndingWrite:
    return EndingWrite(of.investor, digest("changed"), of.leaf, START + days * DAY)


@pytest.fixture
def granted(world: World) -> World:
    """The world on the third day, with one certified and assessed investor."""
    world.at(START + 2 * DAY)
    world.investors.certify([CERTIFICATION])
    world.investors.assess([ASSESSMENT])
    return world


def why(
    world: World, days: int, seconds: int = 0, *, risk: int = 3, regime: str = REGIME, known: int | None = None
) -> Reasons:
    """Ask for the start plus days and seconds, as known after so many days."""
    return world.investors.eligible_at(
        digest("investor"),
        regime,
        risk,
        START + days * DAY + seconds * SECOND,
        known_at=None if known is None else START + known * DAY,
    )


def test_nobody_is_eligible_by_default(world: World) -> None:
    assert why(world, 1) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED


def test_eligibility_begins_and_ends_with_the_second(granted: World) -> None:
    assert why(granted, 1, -1) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    assert why(granted, 1) == YES
    assert why(granted, 366, -1) == YES
    assert why(granted, 366) == Reasons.CERTIFICATION_EXPIRED | Reasons.ASSESSMENT_EXPIRED


def test_another_regime_or_investor_is_another_question(granted: World) -> None:
    assert why(granted, 2, regime="cn_am_plan") == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    other = granted.investors.eligible_at(digest("somebody else"), REGIME, 1, START + 2 * DAY)
    assert other == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED


@pytest.mark.parametrize(
    ("risk", "reasons"),
    [(1, YES), (2, YES), (3, YES), (4, Reasons.RISK_ABOVE_TOLERANCE), (5, Reasons.RISK_ABOVE_TOLERANCE)],
)
def test_risk_is_held_against_tolerance(granted: World, risk: int, reasons: Reasons) -> None:
    assert why(granted, 2, risk=risk) == reasons


def test_the_lowest_class_is_told_apart_from_other_c1(granted: World) -> None:
    granted.investors.assess([replace(ASSESSMENT, leaf=digest("second"), tolerance=1)])
    assert why(granted, 3, risk=1) == YES
    assert why(granted, 3, risk=2) == Reasons.RISK_ABOVE_TOLERANCE
    granted.investors.assess([replace(ASSESSMENT, leaf=digest("third"), tolerance=1, lowest=True)])
    assert why(granted, 3, risk=1) == YES
    assert why(granted, 3, risk=2) == Reasons.RISK_ABOVE_TOLERANCE | Reasons.LOWEST_CLASS


@pytest.mark.parametrize("risk", [0, 6, 255])
def test_there_is_no_other_product_risk(granted: World, risk: int) -> None:
    with refused("BadProductRisk", productRisk=risk):
        why(granted, 2, risk=risk)


def test_a_revocation_ends_it_from_its_own_second(granted: World) -> None:
    granted.at(START + 20 * DAY)
    granted.investors.revoke([revocation(CERTIFICATION, 10)])
    assert why(granted, 10, -1) == YES
    assert why(granted, 10) == Reasons.CERTIFICATION_REVOKED
    assert why(granted, 366) == (
        Reasons.CERTIFICATION_REVOKED | Reasons.CERTIFICATION_EXPIRED | Reasons.ASSESSMENT_EXPIRED
    )
    (kept,) = granted.investors.certifications(digest("investor"), REGIME)
    assert (kept.granted_at, kept.valid_until, kept.revoked_at) == (GRANTED, ENDS, START + 10 * DAY)


def test_what_was_known_then_never_changes(granted: World) -> None:
    granted.at(START + 20 * DAY)
    granted.investors.revoke([revocation(CERTIFICATION, 10)])
    assert why(granted, 15, known=19) == YES
    assert why(granted, 15, known=20) == Reasons.CERTIFICATION_REVOKED
    assert why(granted, 1, known=1) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED, "recorded on the third day only"
    assert why(granted, 1, known=3) == YES


def test_a_new_certification_supersedes_from_its_own_second_and_the_old_answer_stays(granted: World) -> None:
    second = replace(CERTIFICATION, leaf=digest("second"), granted_at=START + 100 * DAY, valid_until=START + 130 * DAY)
    granted.at(START + 100 * DAY)
    granted.investors.certify([second])
    assert why(granted, 100, -1) == YES
    assert why(granted, 130, -1) == YES
    assert why(granted, 130) == Reasons.CERTIFICATION_EXPIRED, "the first would run on, but it was superseded"
    assert why(granted, 130, known=99) == YES
    kept = granted.investors.certifications(digest("investor"), REGIME)
    assert [each.tag.hex() for each in kept] == [CERTIFICATION.leaf[:16], second.leaf[:16]]


def test_a_revoked_successor_does_not_bring_the_old_one_back(granted: World) -> None:
    second = replace(CERTIFICATION, leaf=digest("second"), granted_at=START + 100 * DAY)
    granted.investors.certify([second])
    granted.investors.revoke([revocation(second, 110)])
    assert why(granted, 109) == YES
    assert why(granted, 111) == Reasons.CERTIFICATION_REVOKED


def test_a_superseded_certification_can_be_revoked_for_the_time_it_held(granted: World) -> None:
    for days in (200, 300):
        later = replace(CERTIFICATION, leaf=digest(f"{days}"), granted_at=START + days * DAY)
        granted.investors.certify([later])
    granted.investors.revoke([revocation(CERTIFICATION, 50)])
    assert why(granted, 49) == YES
    assert why(granted, 51) == Reasons.CERTIFICATION_REVOKED
    assert why(granted, 201) == YES
    with refused("AlreadyRevoked", index=0, certification=f"0x{CERTIFICATION.leaf}"):
        granted.investors.revoke([revocation(CERTIFICATION, 60, "again")])


def test_a_revoked_one_can_be_granted_anew(granted: World) -> None:
    granted.investors.revoke([revocation(CERTIFICATION, 50)])
    granted.investors.certify([replace(CERTIFICATION, leaf=digest("second"), granted_at=START + 60 * DAY)])
    assert [why(granted, days) for days in (49, 55, 60)] == [YES, Reasons.CERTIFICATION_REVOKED, YES]


def test_an_issuer_takes_its_word_along_when_it_loses_its_role(world: World) -> None:
    certifier = world.member("certifier", Role.CERTIFIER, Role.ASSESSOR)
    certifier.investors.certify([CERTIFICATION])
    certifier.investors.assess([ASSESSMENT])
    assert why(world, 9) == YES
    world.at(START + 10 * DAY)
    world.institutions.assign(certifier.address, {Role.CERTIFIER})
    world.at(START + 11 * DAY)
    world.institutions.assign(certifier.address, {Role.SELLER})
    world.at(START + 12 * DAY)
    world.institutions.assign(certifier.address, {Role.CERTIFIER, Role.ASSESSOR})
    both = Reasons.CERTIFIER_NOT_IN_STANDING | Reasons.ASSESSOR_NOT_IN_STANDING
    assert why(world, 10, -1) == YES
    assert why(world, 10) == Reasons.ASSESSOR_NOT_IN_STANDING
    assert why(world, 11) == both
    assert why(world, 12) == YES
    assert why(world, 11, known=10) == Reasons.ASSESSOR_NOT_IN_STANDING
    assert why(world, 11, known=9) == YES, "known to have both roles on day 9, nothing else known yet"


def test_only_certifiers_certify_and_only_assessors_assess(world: World) -> None:
    seller = world.member("seller", Role.SELLER, Role.ASSESSOR)
    certifier = world.member("certifier", Role.CERTIFIER)
    with refused("NotCertifier", account=seller.address):
        seller.investors.certify([CERTIFICATION])
    with refused("NotCertifier", account=seller.address):
        seller.investors.revoke([revocation(CERTIFICATION, 1)])
    with refused("NotAssessor", account=certifier.address):
        certifier.investors.assess([ASSESSMENT])


def test_only_the_issuer_or_an_operator_revokes(world: World) -> None:
    issuer = world.member("issuer", Role.CERTIFIER)
    rival = world.member("rival", Role.CERTIFIER)
    other = replace(CERTIFICATION, investor=digest("other"))
    issuer.investors.certify([CERTIFICATION, other])
    with refused("NotIssuer", index=0, account=rival.address):
        rival.investors.revoke([revocation(CERTIFICATION, 3)])
    issuer.investors.revoke([revocation(CERTIFICATION, 3)])
    world.investors.revoke([revocation(other, 3)])


def test_a_bad_certification_names_its_index_and_nothing_of_the_batch_is_kept(world: World) -> None:
    good = replace(CERTIFICATION, investor=digest("good"))
    for nameless in (replace(CERTIFICATION, investor="0" * 64), replace(CERTIFICATION, leaf="0" * 64)):
        with refused("MissingName", index=1):
            world.investors.certify([good, nameless])
    with refused("EmptyValidity", index=2, **{"from": _unix(GRANTED), "until": _unix(GRANTED)}):
        world.investors.certify([good, CERTIFICATION, replace(good, leaf=digest("x"), valid_until=GRANTED)])
    with refused("AlreadyRecorded", index=1, leaf=f"0x{good.leaf}"):
        world.investors.certify([good, good])
    assert world.investors.certifications(good.investor, REGIME) == ()


def test_a_bad_revocation_names_its_index_and_nothing_of_the_batch_is_kept(granted: World) -> None:
    good = revocation(CERTIFICATION, 3)
    unknown = replace(good, revokes=digest("never granted"))
    with refused("UnknownCertification", index=1, certification=f"0x{unknown.revokes}"):
        granted.investors.revoke([good, unknown])
    with refused("UnknownCertification", index=0):
        granted.investors.revoke([replace(good, regime="cn_am_plan")])
    with refused("AlreadyRevoked", index=1):
        granted.investors.revoke([good, good])
    with refused("MissingName", index=0):
        granted.investors.revoke([replace(good, leaf="0" * 64)])
    assert why(granted, 3) == YES


def test_a_bad_assessment_names_its_index_and_nothing_of_the_batch_is_kept(world: World) -> None:
    good = replace(ASSESSMENT, investor=digest("good"))
    for tolerance, lowest in ((0, False), (6, False), (255, True), (2, True)):
        with refused("BadTolerance", index=1, tolerance=tolerance, lowest=lowest):
            world.investors.assess([good, replace(ASSESSMENT, tolerance=tolerance, lowest=lowest)])
    with refused("EmptyValidity", index=0):
        world.investors.assess([replace(good, valid_until=GRANTED - SECOND)])
    with refused("AlreadyRecorded", index=1):
        world.investors.assess([good, good])
    with refused("MissingName", index=0):
        world.investors.assess([replace(good, leaf="0" * 64)])
    assert world.investors.assessments(good.investor, REGIME) == ()


def test_changed_circumstances_end_an_assessment_from_their_second_on(granted: World) -> None:
    """130号令 art. 13; who is assessed again is eligible again, and what was known before stays known."""
    granted.at(START + 6 * DAY)
    granted.investors.end([ending(5)])
    assert (why(granted, 5, -1), why(granted, 5)) == (YES, Reasons.ASSESSMENT_ENDED)
    assert why(granted, 5, known=5) == YES
    assert why(granted, 366) == (Reasons.ASSESSMENT_ENDED | Reasons.ASSESSMENT_EXPIRED | Reasons.CERTIFICATION_EXPIRED)
    again = replace(ASSESSMENT, leaf=digest("again"), completed_at=START + 7 * DAY)
    granted.at(START + 8 * DAY)
    granted.investors.assess([again])
    assert (why(granted, 7, -1), why(granted, 7)) == (Reasons.ASSESSMENT_ENDED, YES)
    with refused("AlreadyEnded", index=0, assessment=f"0x{ASSESSMENT.leaf}"):
        granted.investors.end([ending(9)])
    granted.investors.end([ending(7, again)])
    assert why(granted, 7) == Reasons.ASSESSMENT_ENDED


def test_an_assessment_is_ended_by_its_assessor_or_an_operator(granted: World) -> None:
    assessor = granted.member("another assessor", Role.ASSESSOR)
    certifier = granted.member("certifier only", Role.CERTIFIER)
    with refused("NotIssuer", index=0, account=assessor.address):
        assessor.investors.end([ending(5)])
    with refused("NotAssessor", account=certifier.address):
        certifier.investors.end([ending(5)])
    for unknown in (replace(ending(5), assessment=digest("x")), replace(ending(5), regime="cn_am_plan")):
        with refused("UnknownAssessment", index=1, assessment=f"0x{unknown.assessment}"):
            granted.investors.end([ending(5), unknown])
    with refused("MissingName", index=0):
        granted.investors.end([replace(ending(5), leaf="0" * 64)])
    own = replace(ASSESSMENT, investor=digest("other"), leaf=digest("own"))
    assessor.investors.assess([own])
    assessor.investors.end([ending(5, own)])
    assert granted.investors.assessments(own.investor, REGIME)[0].ended_at == START + 5 * DAY


def test_a_batch_of_questions_gives_the_single_answers(granted: World) -> None:
    queries = [(digest("investor"), REGIME, risk, START + days * DAY) for risk in (1, 4) for days in (0, 2, 400)]
    assert granted.investors.eligible_at_batch(queries) == tuple(
        granted.investors.eligible_at(*query) for query in queries
    )
    with refused("BadProductRisk", productRisk=6):
        granted.investors.eligible_at_batch([*queries, (digest("investor"), REGIME, 6, START)])


def test_histories_come_back_as_they_were_written(granted: World) -> None:
    second = replace(ASSESSMENT, leaf=digest("second"), tolerance=1, lowest=True, completed_at=START + 5 * DAY)
    granted.at(START + 6 * DAY)
    granted.investors.assess([second])
    first, last = granted.investors.assessments(digest("investor"), REGIME)
    assert (first.tolerance, first.lowest, first.completed_at, first.valid_until) == (3, False, GRANTED, ENDS)
    assert (last.tolerance, last.lowest, last.completed_at) == (1, True, START + 5 * DAY)
    assert last.recorded_at == START + 6 * DAY
    assert last.tag.hex() == second.leaf[:12]
    assert (first.ended_at, last.ended_at) == (None, None)
    granted.investors.end([ending(3)])
    first, last = granted.investors.assessments(digest("investor"), REGIME)
    assert (first.ended_at, last.ended_at) == (START + 3 * DAY, None)
    assert last.assessor.hex() == granted.address[2:14].lower()


def _unix(at: datetime) -> int:
    return int(at.timestamp())
