from typing import Any

import pytest

from ledger.domain.events import Value
from ledger.domain.investor import InvestorState, fold
from ledger.domain.special import EVENTS, SpecialPurchase, Told
from tests.unit.ledger.domain.make import STREAM, Story, at, leaf

FUND, OTHER = "a1" * 32, "b2" * 32
TOLD: dict[str, Value] = {
    "product": FUND,
    "tolerance": "C2",
    "risk_level": "R4",
    "text": "不适合",
    "text_en": "unsuitable",
    "text_sha256": "5b" * 32,
}
REQUEST: dict[str, Value] = {
    "product": FUND,
    "named": "SXX001",
    "unpromoted": True,
    "statement": "own-request-unpromoted/1",
    "channel": "web",
}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> InvestorState:
    return fold(STREAM, story.events)


def walk(story: Story) -> None:
    """All five acts."""
    story.tell("product.requested", REQUEST)
    story.tell("unsuitability.notified", TOLD)
    story.tell("warning.given", TOLD)
    story.tell("warning.acknowledged", {"product": FUND, "text_sha256": "5b" * 32})
    story.tell("purchase.insisted", {"product": FUND, "statement": "x"})


def told(seq: int) -> Told:
    return Told(leaf(seq), at(seq), "C2", "R4", "5b" * 32)


def test_all_five_acts_are_read_whole(story: Story) -> None:
    walk(story)
    assert state(story).special[FUND] == SpecialPurchase(
        FUND,
        leaf(0),
        at(0),
        unpromoted=True,
        notice=told(1),
        warning=told(2),
        acknowledged_at=at(3),
        insisted_at=at(4),
        leaves=tuple(leaf(n) for n in range(5)),
    )


@pytest.mark.parametrize("name", sorted(EVENTS - {"product.requested"}))
def test_what_follows_no_request_changes_nothing(story: Story, name: str) -> None:
    story.tell(name, TOLD)
    assert not state(story).special


def test_a_new_notice_undoes_what_came_after_the_old_one(story: Story) -> None:
    walk(story)
    story.tell("unsuitability.notified", {**TOLD, "risk_level": "R5"})
    now = state(story).special[FUND]
    assert now.notice == Told(leaf(5), at(5), "C2", "R5", "5b" * 32)
    assert (now.warning, now.acknowledged_at, now.insisted_at) == (None, None, None)


def test_a_new_warning_undoes_acknowledgement_and_insistence(story: Story) -> None:
    walk(story)
    story.tell("warning.given", TOLD)
    now = state(story).special[FUND]
    assert (now.notice, now.warning, now.acknowledged_at, now.insisted_at) == (told(1), told(5), None, None)


def test_a_new_acknowledgement_undoes_the_insistence(story: Story) -> None:
    walk(story)
    story.tell("warning.acknowledged", {"product": FUND, "text_sha256": "5b" * 32})
    now = state(story).special[FUND]
    assert (now.acknowledged_at, now.insisted_at) == (at(5), None)


def test_a_new_request_begins_again(story: Story) -> None:
    walk(story)
    story.tell("product.requested", {**REQUEST, "unpromoted": False})
    assert state(story).special[FUND] == SpecialPurchase(FUND, leaf(5), at(5), unpromoted=False, leaves=(leaf(5),))


def test_products_do_not_mix(story: Story) -> None:
    walk(story)
    story.tell("product.requested", {**REQUEST, "product": OTHER})
    story.tell("warning.given", {**TOLD, "product": OTHER})
    now = state(story).special
    assert now[FUND].insisted_at == at(4)
    assert (now[OTHER].warning, now[OTHER].notice) == (told(6), None)


def test_exposure_is_the_first_showing_or_promotion(story: Story) -> None:
    assert state(story).exposed_at(FUND) is None
    story.tell("product.promoted", {"product": FUND, "channel": "phone"})
    story.tell("product.shown", {"product": FUND})
    story.tell("product.promoted", {"product": FUND, "channel": "phone"})
    assert state(story).exposed_at(FUND) == at(0)
    assert dict(state(story).promoted) == {FUND: at(0)}
    story.tell("product.shown", {"product": OTHER})
    assert state(story).exposed_at(OTHER) == at(3)


@pytest.mark.parametrize("field", ["tolerance", "risk_level", "text_sha256"])
def test_a_malformed_warning_is_an_error(story: Story, field: str) -> None:
    wrong: dict[str, Any] = {**TOLD, field: None}
    story.tell("product.requested", REQUEST)
    story.tell("warning.given", wrong)
    with pytest.raises(TypeError, match=f"field {field} is not a string"):
        state(story)
