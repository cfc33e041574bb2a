"""What a foreign regime asks for in writing: the investor's statements, the firm's notices, and their withdrawal."""

from hashlib import sha256
from hmac import compare_digest

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.investor import InvestorState
from ledger.domain.statements import FIRM, INVESTOR, STATED, TOLD, WITHDRAWN, Statement
from ledger.errors import CallerError, ConflictError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.rules.values import Item, text, texts
from ledger.services.guard import investor_of, sale_of
from ledger.services.ledger import Ledger


def words(ledger: Ledger, reader: Reader, actor: Actor, *, regime: str) -> dict[str, Value]:
    """List the statements of a regime in force now, with the words that are stated and their digests."""
    del reader, actor
    rows: list[Value] = [
        {
            "statement": text(row, "statement"),
            "by": text(row, "by"),
            "per_sale": bool(row["per_sale"]),
            "after": [*texts(row, "after")],
            "text": {"zh": text(row, "zh"), "en": text(row, "en")},
            "text_sha256": _digest(row),
        }
        for row in ledger.rules.regime_statements(regime, ledger.clock.now())
    ]
    return {"regime": regime, "items": rows}


def made(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List what an investor and the firm have stated, and what was withdrawn."""
    del ledger, actor
    items: list[Value] = [
        {
            "record": s.leaf,
            "regime": s.regime,
            "statement": s.statement,
            "by": s.by,
            "sale": s.sale or None,
            "made_at": to_text(s.at),
            "withdrawn_at": None if s.withdrawn_at is None else to_text(s.withdrawn_at),
        }
        for s in investor_of(reader, stream).statements
    ]
    return {"investor": stream, "items": items}


def state(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    regime: str,
    statement: str,
    text_sha256: str,
    sale: str | None = None,
) -> dict[str, Value]:
    """Record the investor's own written statement, bound to its very words."""
    row = _row(ledger, regime, statement, INVESTOR)
    if not compare_digest(_digest(row), text_sha256):
        raise CallerError(
            "text_sha256 is not that of the statement: read its words again and confirm them",
            "确认的文本与声明文本不一致，请重新阅读后确认",
        )
    return _record(ledger, tx, actor, STATED, stream, regime, row, sale)


def tell(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, regime: str, statement: str, sale: str | None = None
) -> dict[str, Value]:
    """Record the firm's written notice or warning, in the words of the ruleset in force."""
    return _record(ledger, tx, actor, TOLD, stream, regime, _row(ledger, regime, statement, FIRM), sale)


def withdraw(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, regime: str, statement: str
) -> dict[str, Value]:
    """Withdraw one's own statement from now on: a second fact, the first one stays."""
    now = ledger.clock.now()
    standing = [s for s in _of(investor_of(tx, stream), regime, statement) if s.by == INVESTOR and s.stands(now)]
    if not standing:
        raise ConflictError(f"there is no standing statement {statement} under {regime}", "没有可撤回的有效声明")
    refs = tuple(tx.event(s.leaf).ref("supersedes") for s in standing)
    fields: dict[str, Value] = {"regime": regime, "statement": statement}
    (event,) = tx.append([Draft(WITHDRAWN, stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "withdrawn_at": to_text(now)}


def _record(
    ledger: Ledger, tx: Transaction, actor: Actor, kind: str, stream: str, regime: str, row: Item, sale: str | None
) -> dict[str, Value]:
    now, person = ledger.clock.now(), investor_of(tx, stream)
    if sale is not None and sale_of(tx, sale).investor != stream:
        raise CallerError("the sale belongs to another investor", "该认购不属于此投资者")
    if row["per_sale"] and sale is None:
        raise CallerError("this statement is made for one sale: name it", "该声明须针对具体认购，请指明认购")
    refs = []
    for name in texts(row, "after"):
        before = [s for s in _of(person, regime, name) if s.stands(now)]
        if not before:
            raise ConflictError(
                f"{text(row, 'statement')} comes after {name}: have that made first", "书面文件顺序有误"
            )
        refs.append(tx.event(before[-1].leaf).ref("rests_on"))
    fields: dict[str, Value] = {
        "regime": regime,
        "statement": text(row, "statement"),
        "text": text(row, "zh"),
        "text_en": text(row, "en"),
        "text_sha256": _digest(row),
    }
    if sale is not None:
        fields["sale"] = sale
    (event,) = tx.append([Draft(kind, stream, stream, actor, now, fields, tuple(refs))], now)
    return {"record": event.leaf, "made_at": to_text(now), "text": {"zh": text(row, "zh"), "en": text(row, "en")}}


def _row(ledger: Ledger, regime: str, statement: str, by: str) -> Item:
    rows = ledger.rules.regime_statements(regime, ledger.clock.now())
    known = [row for row in rows if row["by"] == by]
    found = next((row for row in known if row["statement"] == statement), None)
    if found is None:
        names = ", ".join(text(row, "statement") for row in known) or "none"
        raise NotFoundError(f"{regime} has no statement {statement!r} by the {by}: {names}", "没有该书面声明")
    return found


def _of(person: InvestorState, regime: str, statement: str) -> list[Statement]:
    return [s for s in person.statements if (s.regime, s.statement) == (regime, statement)]


def _digest(row: Item) -> str:
    return sha256(text(row, "zh").encode()).hexdigest()
