"""Institution policy: certifications end; the radar shows when."""

from collections.abc import Iterator
from datetime import datetime

from ledger.rules.obligations import Book, Law, Obligation

KEY = "policy/certification_validity"


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """The certification of each regime that stands longest is renewed before it ends; a revoked one is not."""
    del at
    for stream, investor in book.investors.items():
        for regime in sorted({c.regime for c in investor.certifications}):
            standing = [c for c in investor.certifications if c.regime == regime and c.revoked_at is None]
            known = max(standing, key=lambda c: (c.valid_until, c.granted_at, c.leaf), default=None)
            if known is None:
                continue
            by = law(known.granted_at).periods[KEY]
            yield Obligation(
                "certification_renewal",
                by,
                stream,
                "investor",
                known.granted_at,
                min(known.valid_until, by.after(known.granted_at)),
                ("a new certification on new proof, before the next purchase", "再次购买前凭新证明重新认定"),
                rests_on=(known.leaf,),
                period=regime,
            )
