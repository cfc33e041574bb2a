from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ledger.rules import load
from ledger.rules.owners import GROUNDS, Owner, require

LAW = load().law(datetime(2026, 3, 2, tzinfo=UTC))


def owner(basis: str = "shares", share: str | None = "60") -> Owner:
    return Owner(basis, None if share is None else Decimal(share))


@pytest.mark.parametrize(
    "owners",
    [
        [owner()],
        [owner(share="25"), owner(share="100")],
        [owner("benefits", "25.00"), owner("control", None)],
        [owner("manager", None), owner("manager", None)],
    ],
)
def test_owners_on_the_grounds_of_the_law(owners: list[Owner]) -> None:
    require(owners, LAW)


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        ([owner("friend")], "owner 1: the ground is one of shares"),
        ([owner(), owner(share=None)], "owner 2: say which share"),
        ([owner(share="24.99")], "from 25 percent to 100"),
        ([owner(share="100.01")], "from 25 percent to 100"),
        ([owner("control", "30")], "asks for no share"),
        ([owner(), owner("manager", None)], "leave the manager out"),
    ],
)
def test_what_is_no_ground_is_named(owners: list[Owner], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        require(owners, LAW)


def test_the_grounds_say_that_nobody_has_checked_them() -> None:
    assert LAW.lists[GROUNDS].citation.status == "unconfirmed"
