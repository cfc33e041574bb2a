"""What an investor reports or asks for later: changed circumstances, deletion of data."""

from collections.abc import Sequence

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Transaction
from ledger.rules.cn.order_130 import art13_material_changes, art32_retention
from ledger.rules.values import text
from ledger.services import operator_book
from ledger.services.guard import investor_of
from ledger.services.ledger import SYSTEM, Ledger


def report_change(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, what: Sequence[str], told_by: str
) -> dict[str, Value]:
    """Record changed circumstances (130号 art. 13): an assessment from before no longer holds (arts. 13, 21)."""
    now = ledger.clock.now()
    investor_of(tx, stream)
    topics = {text(row, "what") for row in ledger.rules.law(now).lists[art13_material_changes.KEY].items}
    if unknown := sorted(set(what) - topics):
        raise CallerError(f"{unknown[0]} is not a topic: it is one of {', '.join(sorted(topics))}", "变化事项未知")
    named: list[Value] = [*sorted(set(what))]
    fields: dict[str, Value] = {"what": named, "told_by": told_by}
    (event,) = tx.append([Draft("investor.changed", stream, stream, actor, now, fields)], now)
    return {"record": event.leaf, "reassess": investor_of(tx, stream).assessment is not None}


def request_erasure(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, channel: str) -> dict[str, Value]:
    """Record a deletion request; inside the retention terms the data are frozen (PIPL art. 47), never destroyed."""
    now = ledger.clock.now()
    known = investor_of(tx, stream)
    if known.upkeep.erasure_requested_at is not None:
        raise ConflictError("deletion was requested already: the data are frozen", "已提出删除请求，相关数据已冻结")
    book = operator_book.book_of(ledger, tx, stream)
    clocks = art32_retention.of_investor(known, book, ledger.rules.law(now))
    until = art32_retention.until(clocks, now)
    end = None if until is None else to_text(until)
    listed: list[Value] = [clock.as_json() for clock in clocks]
    requested: dict[str, Value] = {"channel": channel}
    frozen: dict[str, Value] = {"until": end, "clocks": listed}
    (event,) = tx.append([Draft("erasure.requested", stream, stream, actor, now, requested)], now)
    tx.append([Draft("data.frozen", stream, stream, SYSTEM, now, frozen, (event.ref("request"),))], now)
    return {"record": event.leaf, "frozen": True, "until": end, "clocks": listed}
