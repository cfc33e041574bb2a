"""Whatever happens in whatever order: a special match needs the five acts in theirs, the first before any exposure."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.domain import investor
from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Answer, Facts
from ledger.domain.events import Event, Value
from ledger.domain.investor import InvestorState
from ledger.rules import load
from tests.rules import world
from tests.searching import examples

RULES = load()
NOW = world.NOW
ACTS = ("product.requested", "unsuitability.notified", "warning.given", "warning.acknowledged", "purchase.insisted")
EXPOSURES = ("product.shown", "product.promoted")
FIELDS: dict[str, Value] = {
    "product": world.PRODUCT,
    "unpromoted": True,
    "tolerance": "C2",
    "risk_level": "R4",
    "text_sha256": "0" * 64,
}
Told = Sequence[tuple[str, bool]]


def person(told: Told) -> InvestorState:
    """Fold these records, an hour apart; a false flag makes a record say something else."""
    start = NOW - (len(told) + 1) * world.HOUR
    events = [
        Event(
            name,
            world.INVESTOR,
            n,
            n,
            f"{n:064x}",
            Actor(world.INVESTOR, Role.INVESTOR),
            start + n * world.HOUR,
            start + n * world.HOUR,
            FIELDS if right else {**FIELDS, "unpromoted": False, "risk_level": "R3"},
        )
        for n, (name, right) in enumerate(told)
    ]
    folded = investor.fold(world.INVESTOR, events)
    known = world.investor()
    cautious = replace(known.assessments[0], tolerance="C2")
    return replace(known, assessments=(cautious,), shown=folded.shown, promoted=folded.promoted, special=folded.special)


def lawful(told: Told) -> bool:
    """Say it the other way round: search for the last request and what came after it, in the law's words."""
    names = [name for name, _ in told]
    if "product.promoted" in names or "product.requested" not in names:
        return False
    asked = len(names) - 1 - names[::-1].index("product.requested")
    if "product.shown" in names[:asked] or not told[asked][1]:
        return False
    place = asked
    for act in ACTS[1:]:
        rest = names[place + 1 :]
        if act not in rest:
            return False
        place = len(names) - 1 - names[::-1].index(act)
        if place <= asked or (act in ACTS[1:3] and not told[place][1]):
            return False
        asked = place
    return True


@examples(400)
@given(st.lists(st.tuples(st.sampled_from((*ACTS, *EXPOSURES)), st.integers(0, 9).map(bool)), max_size=9))
@example([(act, True) for act in ACTS])
@example([*[(act, True) for act in ACTS], ("product.shown", True)])
@example([("product.shown", True), *[(act, True) for act in ACTS]])
@example([*[(act, True) for act in ACTS], ("product.promoted", True)])
@example([*[(act, True) for act in ACTS], ("warning.given", True)])
def test_only_the_lawful_order_makes_a_special_match(told: list[tuple[str, bool]]) -> None:
    facts = Facts(
        person(told), replace(world.product(), risk_level="R4", manager_risk_level="R4"), amount=world.facts().amount
    )
    special = RULES.match_outcome(facts, NOW) == "special"
    assert special is lawful(told)
    decided = RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW).answer
    assert (decided is not Answer.INELIGIBLE) is special


@examples(120)
@given(st.permutations(ACTS))
def test_of_all_orders_of_the_five_acts_one_is_lawful(order: Sequence[str]) -> None:
    facts = Facts(person([(act, True) for act in order]), replace(world.product(), risk_level="R4"))
    assert (RULES.match_outcome(facts, NOW) == "special") is (tuple(order) == ACTS)
