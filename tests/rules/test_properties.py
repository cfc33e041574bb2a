"""What must hold of all facts: order does not matter, stricter is never laxer, time alone only ever ends things."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.decision import Answer, Facts
from ledger.domain.money import Money
from ledger.rules import Rules, load
from ledger.rules.replay import canonical
from tests.rules import world
from tests.searching import examples

LAW = load()
NOW = world.NOW
MATRIX = "cn/amac_suitability/unnumbered_matching_matrix"
RANK = ("buy", "special", "refuse")
T = TypeVar("T")


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw facts near the limits."""
    tolerance = draw(st.sampled_from(["C1", "C2", "C3", "C4", "C5"]))
    age = timedelta(days=draw(st.integers(0, 1200)))
    start = NOW - timedelta(days=1200)
    person = world.investor()
    one, two = person.assessments[0], person.certifications[0]
    early: dict[str, Any] = dict.fromkeys(
        ("registered_at", "identity_verified_at", "agreement_accepted_at", "declared_at"), start
    )
    assessed = replace(
        one,
        tolerance=tolerance,
        lowest=tolerance == "C1" and draw(st.booleans()),
        completed_at=NOW - age,
        valid_until=NOW - age + timedelta(days=draw(st.integers(1, 1300))),
    )
    certified = replace(
        two,
        branch=draw(st.sampled_from(["financial_assets", "income"])),
        amount=Money(Decimal(draw(st.sampled_from([499_999, 500_000, 2_999_999, 3_000_000, 4_000_000])))),
        granted_at=NOW - timedelta(days=draw(st.integers(0, 200))),
        valid_until=NOW + timedelta(days=draw(st.integers(-5, 200))),
    )
    investor = replace(
        person,
        assessments=(assessed,),
        certifications=(certified,),
        notified_at=NOW,
        self_purchase_declared=draw(st.booleans()),
        **early,
    )
    level = draw(st.sampled_from(["R1", "R2", "R3", "R4", "R5"]))
    product = replace(world.product(), risk_level=level, manager_risk_level="R1")
    amount = Money(Decimal(draw(st.sampled_from([999_999, 1_000_000, 2_000_000]))))
    return Facts(investor, product, amount=amount)


def decide(rules: Rules, known: Facts) -> Answer:
    """Return the answer now."""
    return rules.decide(known, at=NOW, as_of=NOW, known_at=NOW).answer


@st.composite
def stricter(draw: st.DrawFn) -> Rules:
    """Draw a policy that restricts thresholds, the matrix, and its own limits further."""
    files = LAW.files()
    for name, most in (("certification_validity", 180), ("proof_age", 90), ("rating_validity", 1)):
        file = f"policy/default/{name}.toml"
        files[file] = re.sub(r'amount = "\d+"', f'amount = "{draw(st.integers(0, most))}"', files[file])
    for name, least in (("art12_financial_assets", 3_000_000), ("art12_income", 500_000), ("art12_minimum", 1_000_000)):
        raised = least + draw(st.integers(0, 1_000_000))
        law = files[f"cn/order_105/{name}.toml"]
        over = law.replace("stricter =", f'restricts = "cn/order_105/{name}"\nstricter =')
        files[f"policy/default/{name}.toml"] = re.sub(r'amount = "\d+"', f'amount = "{raised}"', over)
    over = files[f"{MATRIX}.toml"].replace("stricter =", f'restricts = "{MATRIX}"\nstricter =')
    files["policy/default/matrix.toml"] = re.sub(
        r'(?<== )"(buy|special|refuse)"',
        lambda m: f'"{draw(st.sampled_from(RANK[RANK.index(m[1]) :]))}"',
        over,
    )
    return Rules.from_files(files)


@examples(10)
@given(st.lists(facts(), min_size=10, max_size=10), stricter())
def test_a_stricter_policy_never_makes_anyone_eligible(people: list[Facts], policy: Rules) -> None:
    for known in people:  # a policy costs more to make than people
        if decide(policy, known) is Answer.ELIGIBLE:
            assert decide(LAW, known) is Answer.ELIGIBLE


def test_the_property_of_stricter_policy_is_not_vacuous() -> None:
    assert decide(LAW, world.facts(None)) is Answer.ELIGIBLE


@examples(60)
@given(facts(), st.randoms(use_true_random=False))
def test_a_decision_does_not_depend_on_the_order_of_facts(known: Facts, shuffle: Random) -> None:
    person = known.investor
    older = replace(
        person.assessments[0],
        leaf=world.leaf("older"),
        tolerance="C5",
        completed_at=person.assessments[0].completed_at - timedelta(days=1),
    )
    other = replace(person.certifications[0], leaf=world.leaf("other"), valid_until=NOW + timedelta(days=1))
    third = replace(person.certifications[0], leaf=world.leaf("third"), revoked_at=NOW)
    full = replace(
        known,
        investor=replace(
            person,
            assessments=(older, *person.assessments),
            certifications=(other, third, *person.certifications),
        ),
    )
    mixed = replace(
        full,
        investor=replace(
            full.investor,
            assessments=_shuffled(full.investor.assessments, shuffle),
            certifications=_shuffled(full.investor.certifications, shuffle),
            leaves=MappingProxyType(dict(_shuffled(tuple(full.investor.leaves.items()), shuffle))),
        ),
        product=replace(
            full.product,
            seats=MappingProxyType(dict(_shuffled((*full.product.seats.items(), ("x", 2)), shuffle))),
        ),
    )
    full = replace(full, product=replace(full.product, seats=MappingProxyType({**full.product.seats, "x": 2})))
    first = LAW.decide(full, at=NOW, as_of=NOW, known_at=NOW)
    assert canonical(LAW.decide(mixed, at=NOW, as_of=NOW, known_at=NOW)) == canonical(first)


@examples(60)
@given(facts(), st.integers(0, 400), st.integers(0, 400))
def test_a_later_expiry_never_shortens_validity(known: Facts, days: int, more: int) -> None:
    person = known.investor
    one = person.certifications[0]

    def ending(after: int) -> Answer:
        changed = replace(one, valid_until=NOW + timedelta(days=after - 100))
        return decide(LAW, replace(known, investor=replace(person, certifications=(changed,))))

    if ending(days) is Answer.ELIGIBLE:
        assert ending(days + more) is Answer.ELIGIBLE


@examples(60)
@given(facts())
def test_nothing_changes_before_the_instant_that_the_decision_names(known: Facts) -> None:
    decision = LAW.decide(known, at=NOW, as_of=NOW, known_at=NOW)
    if decision.changes_at is None:
        return
    before = decision.changes_at - timedelta(microseconds=1)
    later = LAW.decide(known, at=before, as_of=before, known_at=before)
    assert [f.outcome for f in later.findings] == [f.outcome for f in decision.findings]


def _shuffled(entries: tuple[T, ...], shuffle: Random) -> tuple[T, ...]:
    mixed = list(entries)
    shuffle.shuffle(mixed)
    return tuple(mixed)
