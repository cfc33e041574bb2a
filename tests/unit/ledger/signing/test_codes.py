from datetime import datetime, timedelta

import pytest

from ledger.errors import NotFoundError
from ledger.signing import open_codes


def test_the_newest_code_of_each_investor_is_kept(at: datetime) -> None:
    codes = open_codes()
    codes.send("a", "13800000000", "111111", at)
    codes.send("b", "13800000001", "222222", at)
    codes.send("a", "13800000000", "333333", at + timedelta(minutes=1))
    assert (codes.latest("a"), codes.latest("b")) == ("333333", "222222")
    assert codes.stand_in


def test_no_code_is_told(at: datetime) -> None:
    codes = open_codes()
    codes.send("a", "13800000000", "111111", at)
    with pytest.raises(NotFoundError, match="ask for one"):
        codes.latest("b")


def test_the_telephone_number_is_not_kept(at: datetime) -> None:
    codes = open_codes()
    codes.send("a", "13812345678", "111111", at)
    assert "13812345678" not in repr(vars(codes))
