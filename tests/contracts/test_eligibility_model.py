"""`eligibleAt` against the same sentence written as plain Python, on random histories."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite
from tests.contracts.world import REGIME, SECOND, World, digest

MEMBERS = ("operator", "certifier one", "certifier two")
_numbers = itertools.count()

issuer = st.sampled_from(MEMBERS)
claimed = st.integers(-20, 20)  # seconds from the block's time
lasting = st.integers(1, 40)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("certify"), issuer, claimed, lasting),
        st.tuples(st.just("revoke"), st.just("operator"), claimed, st.integers(0, 3)),
        st.tuples(st.just("assess"), issuer, claimed, lasting, st.integers(1, 5), st.booleans()),
        st.tuples(st.just("roles"), st.sampled_from(MEMBERS[1:]), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=9,
)


@dataclass
class Fact:
    """A certification or assessment; times in seconds since the example began."""

    issuer: str
    leaf: str
    begins: int
    ends: int
    recorded: int
    tolerance: int = 0
    lowest: bool = False
    revoked: tuple[int, int] | None = None  # (from, recorded)


@dataclass
class Model:
    """All that was written, in order, and the one question."""

    certifications: list[Fact] = field(default_factory=list)
    assessments: list[Fact] = field(default_factory=list)
    roles: list[tuple[int, str, frozenset[Role]]] = field(default_factory=list)

    def had(self, member: str, role: Role, time: int) -> bool:
        held: frozenset[Role] = frozenset()
        for changed, who, roles in self.roles:
            if who == member and changed <= time:
                held = roles
        return role in held

    def why(self, risk: int, time: int, known: int) -> Reasons:
        reasons = Reasons(0)
        standing = min(time, known)
        certification = _governing(self.certifications, time, known)
        if certification is None:
            reasons |= Reasons.NOT_CERTIFIED
        else:
            if certification.ends <= time:
                reasons |= Reasons.CERTIFICATION_EXPIRED
            if certification.revoked and certification.revoked[0] <= time and certification.revoked[1] <= known:
                reasons |= Reasons.CERTIFICATION_REVOKED
            if not self.had(certification.issuer, Role.CERTIFIER, standing):
                reasons |= Reasons.CERTIFIER_NOT_IN_STANDING
        assessment = _governing(self.assessments, time, known)
        if assessment is None:
            return reasons | Reasons.NOT_ASSESSED
        if assessment.ends <= time:
            reasons |= Reasons.ASSESSMENT_EXPIRED
        if not self.had(assessment.issuer, Role.ASSESSOR, standing):
            reasons |= Reasons.ASSESSOR_NOT_IN_STANDING
        if risk > assessment.tolerance:
            reasons |= Reasons.RISK_ABOVE_TOLERANCE
        if assessment.lowest and risk > 1:
            reasons |= Reasons.LOWEST_CLASS
        return reasons


def _governing(facts: Iterable[Fact], time: int, known: int) -> Fact | None:
    """The one written last, among those in effect by then and known by then."""
    return next((f for f in reversed(list(facts)) if f.begins <= time and f.recorded <= known), None)


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, risk=st.integers(1, 5), data=st.data())
def test_the_contract_answers_as_the_model(
    shared_world: World, history: list[tuple[object, ...]], risk: int, data: st.DataObject
) -> None:
    run = next(_numbers)
    investor = digest(f"investor {run}")
    views = {"operator": shared_world}
    model = Model()
    begin = shared_world.now() + timedelta(seconds=100)
    for name in MEMBERS[1:]:
        views[name] = shared_world.member(f"{name} {run}", Role.CERTIFIER, Role.ASSESSOR)
    begin = max(begin, shared_world.now() + timedelta(seconds=100))
    model.roles = [(-100, name, frozenset({Role.CERTIFIER, Role.ASSESSOR})) for name in MEMBERS]
    clock = 0
    for number, step in enumerate(history):
        clock += 7
        shared_world.at(begin + clock * SECOND)
        _apply(model, views, step, (clock, number, investor, begin))
    instants = data.draw(st.lists(st.tuples(st.integers(-30, 120), st.integers(0, 120)), min_size=6, max_size=6))
    for time, known in instants:
        at = begin + time * SECOND
        assert shared_world.investors.eligible_at(investor, REGIME, risk, at) == model.why(risk, time, 10**9)
        as_known = shared_world.investors.eligible_at(investor, REGIME, risk, at, known_at=begin + known * SECOND)
        assert as_known == model.why(risk, time, known)


def _apply(
    model: Model, views: dict[str, World], step: tuple[object, ...], now: tuple[int, int, str, datetime]
) -> None:
    clock, number, investor, begin = now
    leaf = digest(f"{investor} {number}")
    match step:
        case ("certify", str(who), int(offset), int(length)):
            if not model.had(who, Role.CERTIFIER, clock):
                return
            fact = Fact(who, leaf, clock + offset, clock + offset + length, clock)
            begins, ends = begin + fact.begins * SECOND, begin + fact.ends * SECOND
            views[who].investors.certify([CertificationWrite(investor, REGIME, leaf, begins, ends)])
            model.certifications.append(fact)
        case ("revoke", str(who), int(offset), int(place)):
            if place >= len(model.certifications) or model.certifications[place].revoked:
                return
            ended = model.certifications[place]
            ended.revoked = (clock + offset, clock)
            at = begin + (clock + offset) * SECOND
            views[who].investors.revoke([CertificationWrite(investor, REGIME, leaf, at, at, revokes=ended.leaf)])
        case ("assess", str(who), int(offset), int(length), int(tolerance), bool(lowest)):
            if not model.had(who, Role.ASSESSOR, clock):
                return
            tolerance = 1 if lowest else tolerance
            fact = Fact(who, leaf, clock + offset, clock + offset + length, clock, tolerance, lowest)
            begins, ends = begin + fact.begins * SECOND, begin + fact.ends * SECOND
            views[who].investors.assess([AssessmentWrite(investor, leaf, tolerance, lowest, begins, ends)])
            model.assessments.append(fact)
        case ("roles", str(who), int(bits)):
            roles = frozenset(role for bit, role in ((1, Role.CERTIFIER), (2, Role.ASSESSOR)) if bits & bit)
            views["operator"].institutions.assign(views[who].address, roles)
            model.roles.append((clock, who, roles))
        case _:
            raise AssertionError(step)
