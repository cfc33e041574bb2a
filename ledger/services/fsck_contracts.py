"""`fsck`, third part: what the contracts answer, against what the records say, stream by stream and none left out."""

from collections.abc import Iterator

from ledger.domain.catalogue import Stream
from ledger.ports.anchor import Anchor, ChainWrites
from ledger.ports.store import Reader
from ledger.services.chain_writes import stream_writes
from ledger.services.sale_steps import SaleLaw

_PAGE = 200


def streams(reader: Reader) -> Iterator[str]:
    """Yield every stream whose records contracts answer for."""
    for kind in (Stream.INVESTOR, Stream.SALE):
        after: str | None = None
        while page := reader.streams(kind, after=after, limit=_PAGE):
            yield from page
            after = page[-1]


def check_contracts(reader: Reader, law: SaleLaw, anchor: Anchor, stream: str, size: int) -> Iterator[str]:
    """Yield a sentence for each write of a stream's first records that the chain does not hold as the records say.

    ``size``: how many records the newest final checkpoint covers. `ChainError` when the chain is away.
    """
    writes = stream_writes(reader, law, stream, size)
    if writes != ChainWrites():
        for leaf, what in anchor.differing(writes):
            yield f"contracts: record {leaf[:16]}… of stream {stream[:8]}…: {what}"
