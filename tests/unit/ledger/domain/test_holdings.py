"""What is held is what the investor's own records say, product by product."""

from ledger.domain.events import Value
from ledger.domain.holdings import Holding
from ledger.domain.investor import fold
from ledger.domain.money import Money
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at, leaf

FUND, OTHER, SALE, LATER = "1" * 64, "2" * 64, "5" * 64, "6" * 64


def yuan(amount: str) -> dict[str, Value]:
    return {"amount": amount, "currency": "CNY"}


def bought(story: Story, product: str = FUND, sale: str = SALE, amount: Value = CNY_1M) -> None:
    story.tell("holding.confirmed", {"product": product, "sale": sale, "amount": amount})


def test_what_was_bought_is_held_and_more_of_it_is_added() -> None:
    story = Story()
    bought(story)
    bought(story, OTHER)
    bought(story, sale=LATER, amount=yuan("0.01"))
    held = fold(STREAM, story.events).holdings
    assert held[FUND] == Holding(leaf(2), at(2), Money.parse("1000000.01"), (SALE, LATER))
    assert held[OTHER] == Holding(leaf(1), at(1), Money.parse("1000000.00"), (SALE,))


def test_a_valuation_replaces_the_value_and_keeps_where_it_came_from() -> None:
    story = Story()
    bought(story)
    story.tell("holding.valued", {"product": FUND, "value": yuan("0.00"), "as_of": "2026-03-01"})
    assert fold(STREAM, story.events).holdings[FUND] == Holding(leaf(1), at(1), Money.parse("0.00"), (SALE,))


def test_a_valuation_alone_makes_a_holding_that_no_sale_of_ours_made() -> None:
    story = Story()
    story.tell("holding.valued", {"product": FUND, "value": yuan("7.00"), "as_of": "2026-03-01"})
    assert fold(STREAM, story.events).holdings[FUND] == Holding(leaf(0), at(0), Money.parse("7.00"))


def test_part_redeemed_leaves_the_rest_and_all_redeemed_leaves_nothing() -> None:
    story = Story()
    bought(story)
    bought(story, OTHER)
    story.tell("holding.redeemed", {"product": FUND, "amount": yuan("0.01"), "remaining": yuan("999999.99")})
    assert fold(STREAM, story.events).holdings[FUND] == Holding(leaf(2), at(2), Money.parse("999999.99"), (SALE,))
    story.tell("holding.redeemed", {"product": FUND, "amount": yuan("999999.99"), "remaining": yuan("0.00")})
    assert set(fold(STREAM, story.events).holdings) == {OTHER}
