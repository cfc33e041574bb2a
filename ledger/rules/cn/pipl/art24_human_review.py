"""个人信息保护法 art. 24: what a machine decided is explained on request, and not by a machine alone.

The law names no day by which; so the obligation is open, without a due instant, until it is done.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.rules.obligations import Book, Law, Obligation

KEY = "cn/pipl/art24_human_review"


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """Each review that was asked for is owed."""
    for stream, investor in book.investors.items():
        for review in investor.reviews:
            by = law(at).duties.in_force(KEY)
            if by is None:
                continue
            yield Obligation(
                "review",
                by,
                stream,
                "investor",
                review.requested_at,
                None,
                ("a person reviews the decision and gives reasons", "由人工复核该决定并说明理由"),
                done_at=review.completed_at,
                done_by=review.completed_by,
                rests_on=(review.leaf,),
                period=review.leaf,
            )
