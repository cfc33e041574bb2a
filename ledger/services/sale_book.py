"""The sales there are, the newest first, without anything personal: what a reader looks for one by."""

from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import NotFoundError
from ledger.ports.store import Reader
from ledger.services.guard import product_of, sale_of
from ledger.services.ledger import Ledger
from ledger.services.sales import status_of


def index(
    ledger: Ledger, reader: Reader, actor: Actor, *, after: str | None, limit: int, investor: str | None
) -> dict[str, Value]:
    """List sales, of one ``investor`` or of all; `NotFoundError` for a cursor or an investor that there is not."""
    del ledger, actor
    if after is not None:
        _must_be(reader, after, Stream.SALE)
    if investor is None:
        found = reader.streams(Stream.SALE, after=after, limit=limit + 1, newest=True)
    else:
        _must_be(reader, investor, Stream.INVESTOR)
        found = tuple(reversed(reader.about(investor, Stream.SALE)))
        found = found[found.index(after) + 1 if after in found else 0 :]
    page = found[:limit]
    items: list[Value] = [_row(reader, stream) for stream in page]
    return {"items": items, "next": page[-1] if len(found) > limit else None}


def _row(reader: Reader, stream: str) -> dict[str, Value]:
    events = reader.events(stream)
    state = sale_of(reader, stream)
    return {
        "sale": stream,
        "product": state.product or None,
        "product_name": product_of(reader, state.product).name if state.product else None,
        "status": status_of(state),
        "opened_at": to_text(events[0].occurred_at),
        "newest_at": to_text(events[-1].occurred_at),
        "records": len(events),
        "refusals": sum(event.type == "step.refused" for event in events),
    }


def _must_be(reader: Reader, stream: str, kind: Stream) -> None:
    if reader.kind_of(stream) is not kind:
        raise NotFoundError(f"there is no such {kind}", "没有此记录流")
