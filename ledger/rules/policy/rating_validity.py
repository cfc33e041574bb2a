"""Institution policy: a product's rating is reviewed before it ends, as long as the product lives."""

from collections.abc import Iterator
from datetime import datetime

from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.rule import leaf

KEY = "policy/rating_validity"


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The rating that counts is renewed by a new one; a liquidated product needs none."""
    del at
    for stream, product in book.products.items():
        rated, until = product.rated_at, product.rating_valid_until
        if rated is None or until is None or product.liquidated_at is not None:
            continue
        by = law(rated).periods[KEY]
        yield Obligation(
            "rating_renewal",
            by,
            stream,
            "product",
            rated,
            min(until, by.after(rated)),
            ("the product is rated again", "重新进行产品风险评级"),
            rests_on=leaf(product.leaves, "product.rated"),
        )
