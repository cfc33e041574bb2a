from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.money import Money
from ledger.domain.sale import SaleState, Visit, fold
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at, leaf

SELLER, OTHER_SELLER = Actor("1" * 32, Role.SALES), Actor("2" * 32, Role.SALES)
VISITOR, INVESTOR = Actor("3" * 32, Role.VISITOR), Actor("4" * 64, Role.INVESTOR)
OPENED: dict[str, Value] = {
    "investor": "4" * 64,
    "product": "5" * 64,
    "amount": CNY_1M,
    "fee": {"amount": "10000.00", "currency": "CNY"},
    "channel": "web",
}
PAID: dict[str, Value] = {
    "amount": CNY_1M,
    "payer_is_investor": True,
    "payer_account": "a",
    "account": "6222",
    "slip": "s",
}
DAY = timedelta(hours=24)


def visited(*, successful: Value) -> dict[str, Value]:
    return {"answers": {}, "leading": False, "channel": "phone", "script": "1", "successful": successful}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> SaleState:
    return fold(STREAM, story.events)


def test_before_any_record_nothing_is_known() -> None:
    empty = fold(STREAM, ())
    assert empty == SaleState(STREAM)
    assert (empty.cooling_off_starts, empty.cooling_off_ends(DAY), empty.visited) == (None, None, None)


def test_a_sale_is_opened_by_a_seller(story: Story) -> None:
    story.tell("sale.opened", OPENED, by=SELLER)
    assert state(story) == SaleState(
        STREAM,
        investor="4" * 64,
        product="5" * 64,
        amount=Money.parse("1000000"),
        fee=Money.parse("10000"),
        opened_at=at(0),
        channel="web",
        sellers=frozenset({SELLER.id}),
        leaves={"sale.opened": leaf(0)},
    )


@pytest.mark.parametrize("own_request", [True, False])
def test_a_sale_may_be_the_investors_own_request(story: Story, *, own_request: bool) -> None:
    story.tell("sale.opened", {**OPENED, "own_request": own_request}, by=INVESTOR)
    assert state(story).own_request is own_request
    assert state(story).sellers == frozenset()


def test_an_own_request_is_true_or_false(story: Story) -> None:
    story.tell("sale.opened", {**OPENED, "own_request": "yes"})
    with pytest.raises(TypeError, match="own_request is not true or false"):
        state(story)


def test_everybody_who_acted_as_a_seller_is_one(story: Story) -> None:
    story.tell("sale.opened", OPENED, by=SELLER)
    story.tell("contact.made", {"channel": "phone", "direction": "out", "purpose": "advice"}, by=OTHER_SELLER)
    story.tell("contact.made", {"channel": "phone", "direction": "out", "purpose": "visit"}, by=VISITOR)
    assert state(story).sellers == {SELLER.id, OTHER_SELLER.id}
    assert state(story).contacts == (at(1), at(2))


def test_a_paper_presented_again_starts_the_items_over(story: Story) -> None:
    story.tell("disclosure.presented", {"items": 13})
    story.tell("disclosure.item_confirmed", {"item": 1, "text_sha256": "1" * 64})
    assert set(state(story).items) == {1}
    story.tell("disclosure.presented", {"items": 13})
    assert not state(story).items


def test_each_step_is_dated(story: Story) -> None:
    story.tell("match.completed", {"tolerance": "C3", "lowest": False, "risk_level": "R3", "outcome": "suitable"})
    story.tell("match.acknowledged", {"opinion_sha256": "0" * 64})
    story.tell("disclosure.presented", {"items": 13})
    story.tell("qualification.confirmed", {"certification": leaf(77)})
    story.tell("contract.completed", {"countersigned_by": "6" * 64})
    story.tell("sale.effective", {"visit": leaf(9)})
    story.tell("sale.rescinded", {"reason": "changed my mind"})
    now = state(story)
    assert (now.matched_at, now.match_outcome, now.match_acknowledged_at) == (at(0), "suitable", at(1))
    assert (now.disclosure_presented_at, now.contract_completed_at) == (at(2), at(4))
    assert (now.qualification_confirmed_at, now.certification) == (at(3), leaf(77))
    assert (now.effective_at, now.rescinded_at) == (at(5), at(6))


def test_items_are_confirmed_one_by_one(story: Story) -> None:
    for item in (1, 3, 2):
        story.tell("disclosure.item_confirmed", {"item": item, "text_sha256": "0" * 64})
    assert dict(state(story).items) == {1: at(0), 3: at(1), 2: at(2)}


@pytest.mark.parametrize("item", ["1", True, None])
def test_an_item_is_a_number(story: Story, item: Value) -> None:
    story.tell("disclosure.item_confirmed", {"item": item, "text_sha256": "0" * 64})
    with pytest.raises(TypeError, match="field item is not an integer"):
        state(story)


def test_signatures_are_told_apart_by_purpose(story: Story) -> None:
    for purpose in ("risk_disclosure", "fund_contract", "something_else"):
        story.tell("document.signed", {"purpose": purpose})
    now = state(story)
    assert (now.disclosure_signed_at, now.contract_signed_at) == (at(0), at(1))
    assert dict(now.leaves) == {
        "document.signed:risk_disclosure": leaf(0),
        "document.signed:fund_contract": leaf(1),
        "document.signed:something_else": leaf(2),
    }


@pytest.mark.parametrize("own", [True, False])
def test_a_payment_says_from_whose_account_into_which(story: Story, *, own: bool) -> None:
    story.tell("payment.received", {**PAID, "payer_is_investor": own})
    now = state(story)
    assert (now.paid_at, now.paid, now.paid_into) == (at(0), Money.parse("1000000"), "6222")
    assert now.payer_is_investor is own


def test_whose_account_it_was_is_never_guessed(story: Story) -> None:
    story.tell("payment.received", {**PAID, "payer_is_investor": "true"})
    with pytest.raises(TypeError, match="payer_is_investor is not true or false"):
        state(story)


@pytest.mark.parametrize(
    "order", [("contract.completed", "payment.received"), ("payment.received", "contract.completed")]
)
def test_cooling_off_starts_with_the_later_of_signed_and_paid(story: Story, order: tuple[str, str]) -> None:
    fields: dict[str, dict[str, Value]] = {"contract.completed": {"countersigned_by": "x"}, "payment.received": PAID}
    story.tell(order[0], fields[order[0]])
    assert state(story).cooling_off_starts is None
    assert state(story).cooling_off_ends(DAY) is None
    story.tell(order[1], fields[order[1]])
    assert state(story).cooling_off_starts == at(1)
    assert state(story).cooling_off_ends(DAY) == at(1) + DAY


def test_only_a_successful_visit_counts_and_the_first_of_them(story: Story) -> None:
    story.tell("visit.completed", visited(successful=False), by=VISITOR)
    assert state(story).visited is None
    story.tell("visit.completed", visited(successful=True), by=VISITOR)
    story.tell("visit.completed", visited(successful=True), by=VISITOR)
    assert state(story).visited == Visit(leaf(1), at(1), VISITOR.id, successful=True)
    assert [visit.successful for visit in state(story).visits] == [False, True, True]


def test_success_is_never_guessed(story: Story) -> None:
    story.tell("visit.completed", visited(successful=1))
    with pytest.raises(TypeError, match="successful is not true or false"):
        state(story)


def test_a_refused_step_changes_nothing_but_the_list_of_latest_leaves(story: Story) -> None:
    story.tell("step.refused", {"step": "visit", "findings": []})
    assert state(story) == SaleState(STREAM, leaves={"step.refused": leaf(0)})


@given(st.lists(st.sampled_from(["match.acknowledged", "contract.completed", "contact.made", "step.refused"])))
def test_what_happened_before_is_not_undone_by_what_happens_after(names: list[str]) -> None:
    story = Story()
    story.tell("sale.opened", OPENED, by=SELLER)
    for name in names:
        story.tell(name)
    now = state(story)
    assert (now.opened_at, now.amount, now.investor) == (at(0), Money.parse("1000000"), "4" * 64)
    assert len(now.contacts) == names.count("contact.made")
    assert set(now.leaves) == {"sale.opened", *names}


def matched(story: Story, name: str = "match.completed", level: str = "R3", outcome: str = "match") -> None:
    fields: dict[str, Value] = {"tolerance": "C3", "lowest": False, "risk_level": level, "outcome": outcome}
    story.tell(name, fields if name == "match.completed" else {**fields, "cause": "product.rated"})


def test_a_superseded_match_is_a_new_one_to_be_acknowledged(story: Story) -> None:
    matched(story)
    story.tell("match.acknowledged", {"opinion_sha256": "0" * 64})
    matched(story, "match.superseded", "R4", "special")
    now = state(story)
    assert (now.matched_at, now.match_outcome, now.match_risk_level) == (at(2), "special", "R4")
    assert (now.match_superseded_at, now.match_acknowledged_at) == (at(2), None)
    story.tell("match.acknowledged", {"opinion_sha256": "1" * 64})
    assert state(story).match_acknowledged_at == at(3)


def test_a_withdrawn_match_is_none_until_made_again(story: Story) -> None:
    matched(story)
    story.tell("match.acknowledged", {"opinion_sha256": "0" * 64})
    matched(story, "match.withdrawn", "R5", "refused")
    now = state(story)
    assert (now.matched_at, now.match_acknowledged_at, now.match_withdrawn_at) == (None, None, at(2))
    assert (now.match_tolerance, now.match_lowest, now.match_risk_level) == ("C3", False, "R5")
    matched(story)
    now = state(story)
    assert (now.matched_at, now.match_withdrawn_at, now.match_superseded_at) == (at(3), None, at(3))


def test_a_match_made_again_before_the_new_one_was_acknowledged_still_waits(story: Story) -> None:
    matched(story)
    story.tell("match.acknowledged", {"opinion_sha256": "0" * 64})
    matched(story, "match.superseded", "R4", "special")
    matched(story)
    assert (state(story).match_superseded_at, state(story).match_acknowledged_at) == (at(3), None)
    story.tell("match.acknowledged", {"opinion_sha256": "1" * 64})
    matched(story)
    assert (state(story).match_superseded_at, state(story).match_acknowledged_at) == (None, None)


SIGNED: dict[str, Value] = dict.fromkeys(("suite", "statement", "signature", "certificate", "key"), "x")


def disclosed(story: Story) -> None:
    """Match, present, confirm and sign the risk disclosure, with the care of a high-risk product before."""
    matched(story)
    story.tell("care.presented", {"risk_level": "R3", "text": "x", "text_en": "x", "text_sha256": "0" * 64})
    story.tell("care.acknowledged", {"text_sha256": "0" * 64})
    story.tell("disclosure.presented", {"items": []})
    story.tell("disclosure.item_confirmed", {"item": 1, "text_sha256": "0" * 64})
    story.tell("document.signed", {**SIGNED, "purpose": "risk_disclosure"})


@pytest.mark.parametrize("name", ["match.superseded", "match.withdrawn"])
def test_papers_that_name_another_level_are_presented_again(story: Story, name: str) -> None:
    disclosed(story)
    before = state(story)
    assert (before.disclosure_signed_at, before.first_disclosed_at, set(before.items)) == (at(5), at(5), {1})
    matched(story, name, "R4", "special")
    now = state(story)
    assert (now.disclosure_presented_at, now.disclosure_signed_at, dict(now.items)) == (None, None, {})
    assert (now.care_presented_at, now.care_acknowledged_at) == (None, None)
    assert now.first_disclosed_at == at(5), "what rests on proof came after it, and still does"
    story.tell("document.signed", {**SIGNED, "purpose": "risk_disclosure"})
    assert (state(story).disclosure_signed_at, state(story).first_disclosed_at) == (at(7), at(5))
    matched(story, name, "R5", "special")
    assert state(story).first_disclosed_at == at(5)


def test_a_match_that_says_the_same_overtakes_no_paper(story: Story) -> None:
    disclosed(story)
    matched(story)
    assert (state(story).disclosure_signed_at, state(story).care_acknowledged_at) == (at(5), at(2))


def test_another_class_at_the_same_level_overtakes_the_disclosure_and_not_the_care(story: Story) -> None:
    disclosed(story)
    story.tell("match.completed", {"tolerance": "C5", "lowest": False, "risk_level": "R3", "outcome": "match"})
    assert (state(story).disclosure_signed_at, state(story).care_acknowledged_at) == (None, at(2))


def test_what_was_signed_before_a_new_match_stands_once_the_contract_is_signed(story: Story) -> None:
    disclosed(story)
    story.tell("document.signed", {**SIGNED, "purpose": "fund_contract"})
    matched(story, "match.superseded", "R4", "special")
    now = state(story)
    assert (now.disclosure_signed_at, now.contract_signed_at) == (at(5), at(6))
    assert (now.match_superseded_at, now.match_acknowledged_at) == (at(7), None)


def test_care_presented_again_waits_for_a_new_acknowledgement(story: Story) -> None:
    told: dict[str, Value] = {"risk_level": "R5", "text": "x", "text_en": "x", "text_sha256": "0" * 64}
    story.tell("care.presented", told)
    story.tell("care.acknowledged", {"text_sha256": "0" * 64})
    assert (state(story).care_presented_at, state(story).care_acknowledged_at) == (at(0), at(1))
    story.tell("care.presented", told)
    assert (state(story).care_presented_at, state(story).care_acknowledged_at) == (at(2), None)
