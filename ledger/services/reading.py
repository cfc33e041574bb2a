"""Reading evidence: which page of a paper was on the screen for how long, one record a page; nothing else."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from ledger.domain.actors import Actor
from ledger.domain.decision import Facts
from ledger.domain.events import DocumentRef, Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.rules.policy import reading_time
from ledger.rules.policy.reading_time import Minimum
from ledger.services.guard import sale_facts
from ledger.services.ledger import Ledger

PRESENTED: Mapping[str, str] = MappingProxyType(
    {"disclosure.presented": "risk_disclosure", "contract.presented": "fund_contract"}
)
"""By which record each paper is presented before it is signed."""

NONE = Minimum(0, 0)
ROUNDING = timedelta(seconds=2)
"""By how much a browser's whole seconds and the service's clock may differ."""
MATCHED = frozenset({"match.completed", "match.superseded", "match.withdrawn"})
"""Records of a match, made first or again."""

_ROLES = frozenset({"shown", "signed", "completed"})


def paper(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str, sha256: str) -> dict[str, Value]:
    """Return a paper of the sale page by page as text, for phones and screen readers, and the pages read so far."""
    del actor
    events = reader.events(stream)
    content = _content(ledger, reader, stream, sha256)
    pages: list[Value] = [
        {"page": number, "lines": [{"text": text, "heading": heading} for text, heading in page]}
        for number, page in enumerate(ledger.papers.words(content), 1)
    ]
    presented = next((e.type for e in reversed(events) if e.type in PRESENTED and _shows(e, sha256)), None)
    wanted = NONE if presented is None else minimum(ledger, PRESENTED[presented], ledger.clock.now())
    return {
        "sha256": sha256,
        "bytes": len(content),
        "pages": pages,
        "read": _told(seconds_by_page(events, sha256)),
        "minimum": {"page": wanted.page, "total": wanted.total},
    }


def picture(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str, sha256: str, page: int) -> bytes:
    """Return one page as a picture (PNG), made from the very bytes that will be signed."""
    del actor
    return ledger.papers.picture(_content(ledger, reader, stream, sha256), page)


def record(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, sha256: str, page: int, seconds: int
) -> dict[str, Value]:
    """Record how long one page was visible; a page may be read again."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    presented = _presented(tx.events(stream), sha256)
    pages = len(ledger.papers.words(ledger.documents.get(sha256, subject=facts.investor.stream)))
    if page > pages:
        raise CallerError(f"the paper has {pages} pages", f"该文件共 {pages} 页")
    if timedelta(seconds=seconds) > now - presented.occurred_at + ROUNDING:
        raise CallerError(
            "nobody can have read for longer than the paper has been there: send the seconds of this page alone",
            "阅读时长超过文件出示后经过的时间：请只提交该页的阅读秒数",
        )
    fields: dict[str, Value] = {"document": sha256, "page": page, "pages": pages, "seconds": seconds}
    draft = Draft("document.page_read", stream, facts.investor.stream, actor, now, fields, (presented.ref("shown"),))
    (event,) = tx.append([draft], now)
    return {"record": event.leaf, "read_at": to_text(now)}


def seconds_by_page(events: Iterable[Event], sha256: str) -> dict[int, int]:
    """Add up for how long each page of a paper was visible."""
    found: dict[int, int] = {}
    for event in readings(events, sha256):
        found[event.integer("page")] = found.get(event.integer("page"), 0) + event.integer("seconds")
    return dict(sorted(found.items()))


def minimum(ledger: Ledger, paper: str, at: datetime) -> Minimum:
    """Return for how long policy wants a paper to be on the screen before it is signed."""
    return reading_time.minimum(ledger.rules.law(at), paper)


def inputs(ledger: Ledger, reader: Reader, facts: Facts, shown: DocumentRef, at: datetime) -> dict[str, Value]:
    """Return what the rule on reading time looks at: the pages, for how long each was visible, and since when."""
    events = () if facts.sale is None else reader.events(facts.sale.stream)
    content = ledger.documents.get(shown.sha256, subject=facts.investor.stream)
    first = next((e.occurred_at for e in events if e.type in PRESENTED and _shows(e, shown.sha256)), at)
    return {
        "reading": {
            "pages": len(ledger.papers.words(content)),
            "seconds": _told(seconds_by_page(events, shown.sha256)),
            "since": int((at - first).total_seconds()),
        }
    }


def _told(seconds: Mapping[int, int]) -> dict[str, Value]:
    return {str(page): count for page, count in seconds.items()}


def readings(events: Iterable[Event], sha256: str) -> tuple[Event, ...]:
    """Return the readings of a paper in order."""
    return tuple(e for e in events if e.type == "document.page_read" and e.fields["document"] == sha256)


def presented(events: Iterable[Event], purpose: str) -> Event | None:
    """Return the presentation of a paper that may be signed: the last, unless a new match overtook it.

    A new match overtakes what names another class or level, until the contract is signed (`SaleState` says the same).
    """
    found: Event | None = None
    rests_on: tuple[Value, ...] | None = None
    signed = False
    for event in events:
        signed = signed or (event.type == "document.signed" and event.text("purpose") == "fund_contract")
        if PRESENTED.get(event.type) == purpose:
            found = event
        elif event.type in MATCHED and not signed:
            told = tuple(event.fields[name] for name in ("tolerance", "lowest", "risk_level"))
            found = found if rests_on in (None, told) else None
            rests_on = told
    return found


def is_read(events: tuple[Event, ...], purpose: str) -> bool:
    """Tell whether every page of the paper that may be signed was on the screen."""
    last = presented(events, purpose)
    if last is None:
        return False
    found = readings(events, last.documents[0].sha256)
    return bool(found) and {e.integer("page") for e in found} >= set(range(1, found[-1].integer("pages") + 1))


def _presented(events: Iterable[Event], sha256: str) -> Event:
    for event in events:
        if event.type in PRESENTED and _shows(event, sha256):
            return event
    raise NotFoundError("this paper was not presented in this sale", "该认购未出示此文件")


def _shows(event: Event, sha256: str) -> bool:
    return event.documents[0].sha256 == sha256


def _content(ledger: Ledger, reader: Reader, stream: str, sha256: str) -> bytes:
    named: dict[str, DocumentRef] = {
        d.sha256: d for e in reader.events(stream) for d in e.documents if d.role in _ROLES
    }
    if sha256 not in named:
        raise NotFoundError("this sale has no such paper", "该认购没有此文件")
    return ledger.documents.get(sha256, subject=sale_facts(reader, stream).investor.stream)
