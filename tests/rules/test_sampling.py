"""Who is visited: policy's share rounded up, R5 apart, the same for whoever holds the seed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.sale import SaleState
from ledger.rules import load
from ledger.rules.cn.order_130.art29_sampling_visit import population, select

LAW = load().law(datetime(2026, 3, 1, tzinfo=UTC))
EFFECTIVE = datetime(2025, 6, 1, tzinfo=UTC)
SEED = "5b" * 32


def sales(number: int, level: str = "R3", first: int = 0) -> dict[str, SaleState]:
    names = [f"{n:064x}" for n in range(first, first + number)]
    return {name: SaleState(name, effective_at=EFFECTIVE, match_risk_level=level) for name in names}


@pytest.mark.parametrize(("number", "drawn"), [(0, 0), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (100, 10)])
def test_a_tenth_of_the_others(number: int, drawn: int) -> None:
    assert len(select(SEED, sales(number), 2026, LAW)) == drawn


@pytest.mark.parametrize(("number", "drawn"), [(1, 1), (4, 1), (5, 1), (6, 2), (100, 20)])
def test_a_fifth_of_r5(number: int, drawn: int) -> None:
    assert len(select(SEED, sales(number, "R5"), 2026, LAW)) == drawn


def test_r5_and_the_others_are_drawn_apart() -> None:
    both = {**sales(10), **sales(5, "R5", first=50)}
    chosen = select(SEED, both, 2026, LAW)
    assert sorted(both[s].match_risk_level or "" for s in chosen) == ["R3", "R5"]


def test_only_sales_of_the_year_before_are_in_the_pool() -> None:
    known = sales(3)
    first, second, third = sorted(known)
    known[first] = replace(known[first], effective_at=datetime(2024, 12, 31, 15, 59, 59, 999999, UTC))
    known[second] = replace(known[second], effective_at=datetime(2024, 12, 31, 16, 0, tzinfo=UTC))
    known[third] = replace(known[third], effective_at=None)
    assert population(known, 2026) == (second,)
    assert population(known, 2025) == (first,)


@given(st.binary(min_size=32, max_size=32).map(bytes.hex), st.permutations(sorted(sales(30))))
def test_the_seed_alone_decides(seed: str, order: list[str]) -> None:
    known = sales(30)
    assert select(seed, {name: known[name] for name in order}, 2026, LAW) == select(seed, known, 2026, LAW)


def test_another_seed_draws_another_sample() -> None:
    drawn = {select(f"{n:064x}", sales(100), 2026, LAW) for n in range(20)}
    assert len(drawn) == 20
