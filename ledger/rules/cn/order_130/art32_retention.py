"""Retention: 130号令 art. 32, 105号令 art. 26 and 反洗钱法 art. 34 run side by side; the latest end counts.

The law of the day of asking governs, for data that are still kept. A term of years ends with the day that bears the
date of its beginning (29 February: 28 February), and what was kept may go from the first instant after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ledger.domain.events import Value
from ledger.domain.instants import day_of, to_text
from ledger.domain.investor import InvestorState
from ledger.domain.sale import SaleState
from ledger.rules import calendar
from ledger.rules.law import Parameters, Period
from ledger.rules.obligations import Book, Law, Obligation, Words

KEY: Final = "cn/order_130/art32_retention"
FUND: Final = "cn/order_105/art26_retention"
IDENTITY: Final = "cn/aml_law/art34_identity_retention"
TRADE: Final = "cn/aml_law/art34_trade_retention"


@dataclass(frozen=True, slots=True)
class Clock:
    """One term. ``starts`` is ``None`` while what starts it has not happened; then it has no end either."""

    by: Period
    starts: datetime | None

    @property
    def ends(self) -> datetime | None:
        """The first instant at which this term no longer asks for keeping."""
        return None if self.starts is None else calendar.ends(day_of(self.by.after(self.starts)))

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        return {
            "rule": self.by.key,
            "citation": self.by.citation.as_json(),
            "years": self.by.number,
            "starts": None if self.starts is None else to_text(self.starts),
            "ends": None if self.ends is None else to_text(self.ends),
        }


def of_sale(sale: SaleState, book: Book, parameters: Parameters) -> tuple[Clock, ...]:
    """Return the terms of one sale's records; a rescinded sale has no part in the fund's liquidation."""
    moments = (sale.opened_at, sale.paid_at, sale.effective_at, sale.rescinded_at)
    last = max((m for m in moments if m is not None), default=None)
    liquidated = _liquidated(sale, book)
    over = sale.rescinded_at or liquidated
    terms: list[tuple[str, datetime | None]] = [(KEY, last), (IDENTITY, over)]
    if sale.rescinded_at is None:
        terms.append((FUND, liquidated))
    if sale.paid_at is not None:
        terms.append((TRADE, last))
    found = [(parameters.periods.in_force(key), starts) for key, starts in terms]
    return tuple(Clock(by, starts) for by, starts in found if by is not None)


def of_investor(investor: InvestorState, book: Book, parameters: Parameters) -> tuple[Clock, ...]:
    """Return the terms of all that is kept of an investor: the sales, or the last assessment where there are none."""
    own = [sale for sale in book.sales.values() if sale.investor == investor.stream]
    if own:
        return tuple(clock for sale in own for clock in of_sale(sale, book, parameters))
    by = parameters.periods.in_force(KEY)
    done = [a.completed_at for a in investor.assessments]
    return () if by is None or not done else (Clock(by, max(done)),)


def until(clocks: Sequence[Clock], otherwise: datetime | None = None) -> datetime | None:
    """Return the latest end; ``None`` while one of the terms has not begun, ``otherwise`` where there are none."""
    ends = [clock.ends for clock in clocks]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    return max(known, default=otherwise)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """Each sale's records are kept until its last term is over."""
    for stream, sale in book.sales.items():
        clocks = of_sale(sale, book, law(at))
        if sale.opened_at is None or not clocks:
            continue
        end = until(clocks)
        waits = [c.by.key for c in clocks if c.ends is None]
        governing = next((c for c in clocks if c.ends == end), clocks[0])
        yield Obligation(
            "retention",
            governing.by,
            stream,
            "sale",
            sale.opened_at,
            end,
            ("the records are kept until then", "在此之前保存相关记录"),
            keeps=True,
            detail=None if end is not None else _waits(waits),
        )


def _waits(keys: Sequence[str]) -> Words:
    return f"not begun to run: {', '.join(keys)}", f"尚未起算：{'、'.join(keys)}"


def _liquidated(sale: SaleState, book: Book) -> datetime | None:
    fund = book.products.get(sale.product)
    if fund is None or fund.liquidated_at is None:
        return None
    return fund.liquidated_at if fund.liquidated_on is None else calendar.begins(date.fromisoformat(fund.liquidated_on))
