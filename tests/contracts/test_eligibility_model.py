"""`eligibleAt` against the same sentence written as plain Python, on random histories."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.chain import typed_data
from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Authorization, Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, EndingWrite
from tests.contracts.world import REGIME, SECOND, World, digest, key, refused

MEMBERS = ("operator", "certifier one", "certifier two")
BOTH = frozenset({Role.CERTIFIER, Role.ASSESSOR})
_numbers = itertools.count()

issuer = st.sampled_from(MEMBERS)
claimed = st.integers(-20, 20)  # seconds from the block's time
lasting = st.integers(1, 40)
delegated = st.booleans()  # signed by its issuer and sent by another
steps = st.lists(
    st.one_of(
        st.tuples(st.just("certify"), issuer, delegated, claimed, lasting),
        st.tuples(st.just("assess"), issuer, delegated, claimed, lasting, st.integers(1, 5), st.booleans()),
        st.tuples(st.just("revoke"), delegated, claimed, st.integers(0, 3)),
        st.tuples(st.just("end"), delegated, claimed, st.integers(0, 3)),
        st.tuples(st.just("roles"), st.sampled_from(MEMBERS[1:]), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("pause"), issuer),
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
    stopped: tuple[int, int] | None = None  # revoked or ended: (from, recorded)

    def stops(self, time: int, known: int) -> bool:
        return self.stopped is not None and self.stopped[0] <= time and self.stopped[1] <= known


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
            if certification.stops(time, known):
                reasons |= Reasons.CERTIFICATION_REVOKED
            if not self.had(certification.issuer, Role.CERTIFIER, standing):
                reasons |= Reasons.CERTIFIER_NOT_IN_STANDING
        assessment = _governing(self.assessments, time, known)
        if assessment is None:
            return reasons | Reasons.NOT_ASSESSED
        if assessment.ends <= time:
            reasons |= Reasons.ASSESSMENT_EXPIRED
        if assessment.stops(time, known):
            reasons |= Reasons.ASSESSMENT_ENDED
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


@dataclass
class History:
    """One investor's history on the chain and in the model, told in seconds since ``begin``."""

    views: dict[str, World]
    investor: str
    begin: datetime
    model: Model = field(default_factory=Model)
    clock: int = 0

    @property
    def world(self) -> World:
        return self.views["operator"]

    @property
    def written(self) -> int:
        """When the newest block was, as the model counts."""
        return (self.world.now() - self.begin) // SECOND

    def at(self, seconds: int) -> datetime:
        return self.begin + seconds * SECOND

    def take(self, number: int, step: tuple[object, ...]) -> None:
        self.clock = max(self.clock + 7, self.written + 1)
        self.world.at(self.at(self.clock))
        leaf = digest(f"{self.investor} {number}")
        match step:
            case ("certify", str(who), bool(signed), int(offset), int(length)):
                if self.model.had(who, Role.CERTIFIER, self.clock):
                    fact = self._fact(who, leaf, offset, length)
                    self._send(who, [self._certification(fact)], signed=signed)
                    self.model.certifications.append(fact)
            case ("assess", str(who), bool(signed), int(offset), int(length), int(tolerance), bool(lowest)):
                if self.model.had(who, Role.ASSESSOR, self.clock):
                    fact = self._fact(who, leaf, offset, length)
                    fact.tolerance, fact.lowest = 1 if lowest else tolerance, lowest
                    told = AssessmentWrite(
                        self.investor, leaf, fact.tolerance, lowest, self.at(fact.begins), self.at(fact.ends)
                    )
                    self._send(who, assessments=[told], signed=signed)
                    self.model.assessments.append(fact)
            case ("revoke", bool(signed), int(offset), int(place)):
                if (granted := _standing(self.model.certifications, place)) is not None:
                    granted.stopped = (self.clock + offset, self.clock)
                    at = self.at(self.clock + offset)
                    revoked = CertificationWrite(self.investor, REGIME, leaf, at, at, revokes=granted.leaf)
                    self._send("operator", [revoked], signed=signed)
            case ("end", bool(signed), int(offset), int(place)):
                if (assessed := _standing(self.model.assessments, place)) is not None:
                    assessed.stopped = (self.clock + offset, self.clock)
                    end = EndingWrite(self.investor, leaf, assessed.leaf, self.at(self.clock + offset))
                    self._send("operator", endings=[end], signed=signed)
            case ("roles", str(who), int(bits), bool(voted)):
                roles = frozenset(role for bit, role in ((1, Role.CERTIFIER), (2, Role.ASSESSOR)) if bits & bit)
                self._vote(who, roles) if voted else self._assign(who, roles)
                self.model.roles.append((self.written, who, roles))
            case ("pause", str(who)):
                self._pause(who, self._fact(who, leaf, 0, 1))
            case _:
                raise AssertionError(step)

    def _fact(self, who: str, leaf: str, offset: int, length: int) -> Fact:
        return Fact(who, leaf, self.clock + offset, self.clock + offset + length, self.clock)

    def _certification(self, fact: Fact) -> CertificationWrite:
        return CertificationWrite(self.investor, REGIME, fact.leaf, self.at(fact.begins), self.at(fact.ends))

    def _send(
        self,
        who: str,
        certifications: Iterable[CertificationWrite] = (),
        assessments: Iterable[AssessmentWrite] = (),
        endings: Iterable[EndingWrite] = (),
        *,
        signed: bool,
    ) -> None:
        """Write as the issuer, or have the operator send what the issuer signed."""
        mine = self.views[who].investors
        if not signed:
            for write in certifications:
                (mine.certify if write.revokes is None else mine.revoke)([write])
            if assessments:
                mine.assess(assessments)
            if endings:
                mine.end(endings)
            return
        domain = typed_data.Domain(self.world.deployment.chain_id, mine.address)
        nonce, deadline = mine.next_nonce(self.views[who].address), self.at(10_000)
        data = typed_data.record(domain, certifications, assessments, endings, nonce=nonce, deadline=deadline)
        by = Authorization(self.views[who].address, nonce, deadline, typed_data.sign(key(who), data))
        self.world.investors.record_by_sig(by, certifications, assessments, endings)

    def _assign(self, who: str, roles: frozenset[Role]) -> None:
        self.world.institutions.assign(self.views[who].address, roles)

    def _vote(self, who: str, roles: frozenset[Role]) -> None:
        """Two governors decide, and that one is enough again."""
        mine = self.world.institutions
        mine.set_threshold(2)
        calls = [mine.assign_call([(self.views[who].address, roles)]), mine.set_threshold_call(1)]
        salt = bytes.fromhex(digest(f"{self.investor} {self.clock}"))
        mine.propose(calls, salt)
        self.views["colleague"].institutions.confirm(mine.proposal_id(calls, salt))
        mine.execute(calls, salt)

    def _pause(self, who: str, fact: Fact) -> None:
        """Nothing is written meanwhile, by nobody's hand; nothing that was true changes."""
        self.views["colleague"].institutions.pause()
        for signed in (False, True):
            with refused("WritesPaused"):
                self._send(who, [self._certification(fact)], signed=signed)
        self.world.institutions.unpause()


def _standing(facts: list[Fact], place: int) -> Fact | None:
    return facts[place] if place < len(facts) and facts[place].stopped is None else None


@pytest.fixture(scope="module")
def views(shared_world: World) -> dict[str, World]:
    """The operator, a second governor and two members that certify and assess."""
    made = {name: shared_world.member(name, *BOTH) for name in MEMBERS[1:]}
    return {"operator": shared_world, "colleague": shared_world.member("colleague", Role.GOVERNOR), **made}


@pytest.mark.slow
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=steps, risk=st.integers(1, 5), data=st.data())
def test_the_contract_answers_as_the_model(
    views: dict[str, World], history: list[tuple[object, ...]], risk: int, data: st.DataObject
) -> None:
    _compare(views, history, risk, data)


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=steps, risk=st.integers(1, 5), data=st.data())
def test_the_contract_answers_as_the_model_about_many_histories(
    views: dict[str, World], history: list[tuple[object, ...]], risk: int, data: st.DataObject
) -> None:
    _compare(views, history, risk, data)


def _compare(views: dict[str, World], history: list[tuple[object, ...]], risk: int, data: st.DataObject) -> None:
    world = views["operator"]
    for name in MEMBERS[1:]:
        world.institutions.assign(views[name].address, BOTH)
    told = History(views, digest(f"investor {next(_numbers)}"), world.now() + timedelta(seconds=100))
    told.model.roles = [(-99, name, BOTH) for name in MEMBERS]
    for number, step in enumerate(history):
        told.take(number, step)
    instants = data.draw(st.lists(st.tuples(st.integers(-30, 120), st.integers(0, 120)), min_size=6, max_size=6))
    for time, known in instants:
        at = told.at(time)
        held = world.investors.eligible_at(told.investor, REGIME, risk, at)
        assert held == told.model.why(risk, time, 10**9)
        as_known = world.investors.eligible_at(told.investor, REGIME, risk, at, known_at=told.at(known))
        assert as_known == told.model.why(risk, time, known)
