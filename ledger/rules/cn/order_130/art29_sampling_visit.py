"""130号令 art. 29: each year a sample of last year's sales is visited about suitability, more of R5.

The sample follows from a recorded seed: sales in order of SHA-256(seed ‖ sale), the first of them by policy's share.
Whoever holds the record of the draw can draw again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256

from ledger.domain.instants import day_of
from ledger.domain.sale import SaleState
from ledger.rules import calendar
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation

KEY = "cn/order_130/art29_sampling_visit"
SHARE = "policy/sampling_share"
SHARE_R5 = "policy/sampling_share_r5"
HUNDRED = 100


def population(sales: Mapping[str, SaleState], year: int) -> tuple[str, ...]:
    """Return the sales that became effective in the year before ``year``, in order."""
    return tuple(
        sorted(s for s, sale in sales.items() if sale.effective_at and day_of(sale.effective_at).year == year - 1)
    )


def select(seed: str, sales: Mapping[str, SaleState], year: int, parameters: Parameters) -> tuple[str, ...]:
    """Return the sales to visit: policy's share of R5 and of the others, each rounded up."""
    pool = population(sales, year)
    high = [s for s in pool if sales[s].match_risk_level == "R5"]
    other = [s for s in pool if sales[s].match_risk_level != "R5"]
    shares = ((high, parameters.counts[SHARE_R5].number), (other, parameters.counts[SHARE].number))
    return tuple(sorted(s for group, share in shares for s in _first(seed, group, share)))


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The sample of a year is drawn, and each sale in it visited, before the year is over."""
    years = {day_of(s.effective_at).year + 1 for s in book.sales.values() if s.effective_at is not None}
    for year in sorted(y for y in years if y <= day_of(at).year):
        begins = calendar.begins(date(year, 1, 1))
        by = law(begins).duties.in_force(KEY)
        if by is None:
            continue
        period, over = str(year), calendar.ends(date(year, 12, 31))
        sample = book.oversight.sample(period)
        yield Obligation(
            "sample_draw",
            by,
            book.oversight.stream,
            "institution",
            begins,
            over,
            ("the sample of last year's sales is drawn", "抽取上年度认购的回访样本"),
            None if sample is None else sample.at,
            None if sample is None else sample.leaf,
            period=period,
        )
        for sale in () if sample is None else sample.sales:
            visits = [v for v in book.sales[sale].sample_visits if v.period == period] if sale in book.sales else []
            visit = min(visits, key=lambda v: (v.at, v.leaf), default=None)
            yield Obligation(
                "sampling_visit",
                by,
                sale,
                "sale",
                sample.at if sample is not None else begins,
                over,
                ("a suitability visit by somebody who did not sell", "由非销售人员进行适当性回访"),
                None if visit is None else visit.at,
                None if visit is None else visit.leaf,
                () if sample is None else (sample.leaf,),
                period,
            )


def _first(seed: str, sales: Iterable[str], share: int) -> list[str]:
    ranked = sorted(sales, key=lambda sale: sha256(bytes.fromhex(seed) + bytes.fromhex(sale)).digest())
    return ranked[: -(-len(ranked) * share // HUNDRED)]
