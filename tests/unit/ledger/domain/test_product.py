from dataclasses import replace

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.product import ProductState, fold
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at, leaf

COMPLIANCE, ADMIN = Actor("1" * 32, Role.COMPLIANCE), Actor("2" * 32, Role.ADMIN)
INTRODUCED: dict[str, Value] = {
    "name": "稳健一号",
    "code": "SX0001",
    "manager": "3" * 64,
    "regime": "cn_private_fund",
    "fund_type": "securities",
    "legal_form": "contract",
    "filing_number": "SABC12",
    "raising_account": "6222-0001",
    "minimum": CNY_1M,
    "cooling_off_hours": 24,
    "return_visit": True,
    "special_risks": ["leverage", "derivatives"],
}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> ProductState:
    return fold(STREAM, story.events)


def test_what_is_withheld_leaves_its_name_and_nothing_else(story: Story) -> None:
    story.tell("product.introduced", INTRODUCED, by=COMPLIANCE)
    (told,) = story.events
    now = fold(STREAM, [replace(told, withheld=True, fields={})])
    assert now.leaves == {"product.introduced": told.leaf}
    assert (now.name, now.introduced_at) == ("", None)


def test_before_any_record_nothing_is_known() -> None:
    assert fold(STREAM, ()) == ProductState(STREAM)
    assert fold(STREAM, ()).seats_taken == 0


def test_an_introduction_is_read_whole(story: Story) -> None:
    story.tell("product.introduced", INTRODUCED, by=COMPLIANCE)
    assert state(story) == ProductState(
        STREAM,
        name="稳健一号",
        code="SX0001",
        regime="cn_private_fund",
        fund_type="securities",
        legal_form="contract",
        manager="3" * 64,
        filing_number="SABC12",
        raising_account="6222-0001",
        minimum=Money.parse("1000000.00"),
        cooling_off_hours=24,
        return_visit=True,
        special_risks=("leverage", "derivatives"),
        introduced_by=COMPLIANCE.id,
        introduced_at=at(0),
        leaves={"product.introduced": leaf(0)},
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cooling_off_hours", "24"),
        ("cooling_off_hours", True),
        ("return_visit", "false"),
        ("special_risks", "leverage"),
        ("special_risks", [1]),
        ("name", None),
    ],
)
def test_a_malformed_introduction_never_becomes_a_laxer_product(story: Story, name: str, value: Value) -> None:
    story.tell("product.introduced", {**INTRODUCED, name: value})
    with pytest.raises(TypeError, match=f"field {name} is not"):
        state(story)


def test_the_latest_rating_counts(story: Story) -> None:
    for level in ("R2", "R4"):
        story.tell(
            "product.rated",
            {"risk_level": level, "manager_risk_level": "R3", "factors": {}, "valid_until": to_text(at(99))},
        )
    now = state(story)
    assert (now.risk_level, now.manager_risk_level, now.rated_at, now.rating_valid_until) == ("R4", "R3", at(1), at(99))


def test_approval_names_the_person(story: Story) -> None:
    story.tell("product.approved", {"opinion": "fit"}, by=ADMIN)
    assert (state(story).approved_at, state(story).approved_by) == (at(0), ADMIN.id)


def test_a_suspension_lasts_until_the_next_listing(story: Story) -> None:
    story.tell("product.listed", {"from_day": "2026-03-02"})
    assert (state(story).listed_at, state(story).suspended_at) == (at(0), None)
    assert state(story).listed_from == "2026-03-02"
    story.tell("product.suspended", {"reason": "limit"})
    assert (state(story).listed_at, state(story).suspended_at) == (at(0), at(1))
    story.tell("product.listed", {"from_day": "2026-03-09"})
    assert (state(story).listed_at, state(story).suspended_at) == (at(2), None)
    assert state(story).listed_from == "2026-03-09"


def test_seats_are_counted_looked_through_and_released_by_sale(story: Story) -> None:
    story.tell("product.seats_reserved", {"sale": "a", "seats": 1})
    story.tell("product.seats_reserved", {"sale": "b", "seats": 12})
    assert state(story).seats_taken == 13
    story.tell("product.seats_released", {"sale": "b", "reason": "rescinded"})
    story.tell("product.seats_released", {"sale": "unknown", "reason": "rescinded"})
    assert dict(state(story).seats) == {"a": 1}


@pytest.mark.parametrize("seats", ["12", True, None])
def test_a_malformed_reservation_is_an_error_and_not_one_seat(story: Story, seats: Value) -> None:
    story.tell("product.seats_reserved", {"sale": "a", "seats": seats})
    with pytest.raises(TypeError, match="field seats is not an integer"):
        state(story)


def test_other_records_are_only_listed(story: Story) -> None:
    story.tell("consent.given", {"purpose": "x"})
    assert state(story) == ProductState(STREAM, leaves={"consent.given": leaf(0)})
