"""条例 art. 22: within so many working days after the raising the fund and its investors' data are filed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ledger.domain.instants import day_of
from ledger.rules import calendar
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.rule import leaf
from ledger.rules.values import text

KEY = "cn/regulation_762/art22_filing"
PARTS = "cn/regulation_762/art22_filing_parts"


def lacking(parts: Iterable[str], parameters: Parameters) -> tuple[tuple[str, str], ...]:
    """Return the parts of the filing that are not among ``parts``, in English and Chinese."""
    given = set(parts)
    rows = parameters.lists[PARTS].items
    return tuple((text(row, "en"), text(row, "zh")) for row in rows if text(row, "part") not in given)


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The raising ends when the product is closed; that day does not count."""
    del at
    for stream, product in book.products.items():
        closed = product.closed_at
        parameters = None if closed is None else law(closed)
        by = None if parameters is None else parameters.counts.in_force(KEY)
        if closed is None or parameters is None or by is None:
            continue
        last, provisional = calendar.of(parameters).provisional(day_of(closed), by.number)
        yield Obligation(
            "filing",
            by,
            stream,
            "product",
            closed,
            calendar.ends(last),
            ("the filing is submitted with all its parts", "报送全部备案材料"),
            product.filed_at,
            product.leaves.get("product.filed") if product.filed_at is not None else None,
            leaf(product.leaves, "product.closed"),
            provisional=provisional,
        )
