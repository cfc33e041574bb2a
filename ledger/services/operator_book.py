"""Fold what the dated obligations are computed from. Every stream is read: a listing for people, not for a hot path."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ledger.domain import investor, product, sale
from ledger.domain import oversight as overseeing
from ledger.domain.catalogue import Stream
from ledger.domain.events import Event
from ledger.domain.investor import InvestorState
from ledger.domain.oversight import Oversight
from ledger.domain.sale import SaleState
from ledger.ports.store import Reader
from ledger.rules.obligations import Book
from ledger.services.ledger import Ledger

PAGE = 1000
S = TypeVar("S")


def oversight(ledger: Ledger, reader: Reader) -> Oversight:
    """Fold the operator's own stream."""
    return overseeing.fold(ledger.operator, reader.events(ledger.operator))


def book(ledger: Ledger, reader: Reader) -> Book:
    """Fold everything."""
    return Book(
        oversight(ledger, reader),
        dict(_all(reader, Stream.INVESTOR, investor.fold)),
        dict(_all(reader, Stream.PRODUCT, product.fold)),
        sales(reader),
    )


def book_of(ledger: Ledger, reader: Reader, stream: str) -> Book:
    """Fold one investor with their sales and the products of these."""
    own = {s: sale.fold(s, reader.events(s)) for s in reader.about(stream, Stream.SALE)}
    products = {s.product: product.fold(s.product, reader.events(s.product)) for s in own.values()}
    return Book(oversight(ledger, reader), {stream: investor.fold(stream, reader.events(stream))}, products, own)


def sales(reader: Reader) -> dict[str, SaleState]:
    """Fold every sale."""
    return dict(_all(reader, Stream.SALE, sale.fold))


def investors(reader: Reader) -> Iterator[tuple[str, InvestorState]]:
    """Fold every investor, one after the other."""
    return _all(reader, Stream.INVESTOR, investor.fold)


def _all(reader: Reader, kind: Stream, fold: Callable[[str, Iterable[Event]], S]) -> Iterator[tuple[str, S]]:
    after: str | None = None
    while page := reader.streams(kind, after=after, limit=PAGE):
        for stream in page:
            yield stream, fold(stream, reader.events(stream))
        after = page[-1]
