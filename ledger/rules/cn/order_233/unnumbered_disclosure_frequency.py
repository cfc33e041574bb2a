"""233号令: from its first effective sale until liquidation a fund is disclosed quarterly or half-yearly.

Delegation does not end the duty; the seller records that it was done. The period in which the first sale became
effective is the first, the one in which the fund was liquidated the last.
"""

from collections.abc import Iterator
from datetime import date, datetime

from ledger.domain.instants import day_of
from ledger.domain.product import ProductState
from ledger.rules import calendar
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.values import Item, text, whole

KEY = "cn/order_233/unnumbered_disclosure_frequency"
DAYS = "policy/disclosure_days"
OTHER = "*"
YEAR = 12


def duty_of(product: ProductState, parameters: Parameters) -> Item | None:
    """Return the row for the type of the fund; ``None`` on a day on which the order is not in force."""
    by = parameters.lists.in_force(KEY)
    return None if by is None else by.by_key.get((product.fund_type,), by.by_key[(OTHER,)])


def periods(months: int, since: date, until: date) -> Iterator[tuple[str, date, date]]:
    """Yield (name, first day, day after the last) of each period that meets ``since`` to ``until``, such as 2026-Q3."""
    number = (since.month - 1) // months
    year, letter = since.year, "Q" if months == YEAR // 4 else "H"
    while True:
        first = date(year, number * months + 1, 1)
        if first > until:
            return
        name = f"{year:04d}-{letter}{number + 1}"
        year, number = (year + 1, 0) if (number + 1) * months == YEAR else (year, number + 1)
        yield name, first, date(year, number * months + 1, 1)


def ended(row: Item, at: datetime) -> frozenset[str]:
    """Name the periods of a duty that are over at ``at``, of this year and the one before."""
    today = day_of(at)
    found = periods(whole(row, "months"), date(today.year - 1, 1, 1), today)
    return frozenset(name for name, _, after in found if after <= today)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """One disclosure for each period, so many days after it."""
    effective: dict[str, datetime] = {}
    for sale in book.sales.values():
        if sale.effective_at is not None:
            effective[sale.product] = min(sale.effective_at, effective.get(sale.product, sale.effective_at))
    for stream, began in effective.items():
        product = book.products.get(stream)
        row = None if product is None else duty_of(product, law(at))
        if product is not None and row is not None:
            end = min(product.liquidated_at or at, at)
            yield from _of(product, row, (began, end), law)


def _of(product: ProductState, row: Item, life: tuple[datetime, datetime], law: Law) -> Iterator[Obligation]:
    duty = text(row, "duty")
    for period, first, after in periods(whole(row, "months"), day_of(life[0]), day_of(life[1])):
        over = calendar.begins(after)
        parameters = law(over - calendar.ONE)
        by = parameters.lists.in_force(KEY)
        if by is None:
            continue  # a period that ended before the order
        done = product.disclosed.get((duty, period))
        yield Obligation(
            "disclosure",
            by,
            product.stream,
            "product",
            max(life[0], calendar.begins(first)),
            over + parameters.periods[DAYS].span(),
            (f"the {text(row, 'en')} is disclosed to the investors", f"向投资者披露{text(row, 'zh')}"),
            None if done is None else done[0],
            None if done is None else done[1],
            period=period,
        )
