"""What a report tells of reading: each signed paper's pages, for how long, and what policy demanded."""

from collections.abc import Iterable, Iterator, Sequence

from ledger.domain.events import Event
from ledger.ports.papers import ReportReading
from ledger.services import reading
from ledger.services.titles import PURPOSES


def readings(events: Sequence[Event]) -> Iterator[ReportReading]:
    """Yield one entry for each signature that says what was demanded or refers to readings, in order."""
    by_leaf = {e.leaf: e for e in events}
    for event in events:
        if event.type == "document.signed":
            read = [by_leaf[ref.leaf] for ref in event.refs if ref.role == "read" and ref.leaf in by_leaf]
            if read or "reading" in event.fields:
                yield _reading(event, read)


def _reading(signed: Event, read: Iterable[Event]) -> ReportReading:
    zh, en = PURPOSES[signed.text("purpose")]
    shown = next(d for d in signed.documents if d.role == "shown")
    demanded = signed.fields.get("reading")
    said = demanded if isinstance(demanded, dict) else {}
    known = tuple(read)
    seconds = reading.seconds_by_page(known, shown.sha256)
    pages = max((e.integer("pages") for e in known), default=0)
    return ReportReading(
        purpose_zh=zh,
        purpose_en=en,
        pages=tuple((page, seconds.get(page, 0)) for page in range(1, pages + 1)),
        page_minimum=int(str(said.get("page", 0))),
        total_minimum=int(str(said.get("total", 0))),
    )
