"""List what the law asks for by when, and record the acts that satisfy it."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import day_of, to_text
from ledger.errors import CallerError, ConflictError, ForbiddenError
from ledger.ports.store import Reader, Transaction
from ledger.rules import calendar, dated
from ledger.rules.cn.order_130 import art29_sampling_visit, art30_self_check
from ledger.rules.cn.order_233 import unnumbered_disclosure_frequency
from ledger.rules.cn.regulation_762 import art22_filing
from ledger.rules.obligations import MOMENT, Obligation, Status
from ledger.rules.values import text
from ledger.services import operator_book
from ledger.services.guard import product_of, sale_of
from ledger.services.ledger import SYSTEM, Ledger


def index(
    ledger: Ledger,
    reader: Reader,
    *,
    begin: date | None,
    end: date | None,
    kind: str | None,
    status: str | None,
    after: str | None,
    limit: int,
) -> dict[str, Value]:
    """List obligations due from ``begin`` to ``end`` (Shanghai days, both included) by due instant.

    Those whose term has not begun to run have no due instant: they come last, and only where ``end`` is open.
    """
    now = ledger.clock.now()
    if begin is not None and end is not None and end < begin:
        raise CallerError("until lies before from: swap them", "until 早于 from")
    kinds = None if kind is None else (kind,)
    found = [
        o
        for o in dated.obligations(operator_book.book(ledger, reader), ledger.rules.law, now, kinds)
        if _within(o, begin, end) and (status is None or o.status(now) is Status(status))
    ]
    named = [(name(o), o) for o in found]
    start = next((n + 1 for n, (known, _) in enumerate(named) if known == after), None)
    if after is not None and start is None:
        raise CallerError("the cursor is of another list: begin again without it", "游标无效，请从头查询")
    page = named[start or 0 : (start or 0) + limit]
    items: list[Value] = [{"obligation": known, **o.as_json(now)} for known, o in page]
    more = (start or 0) + limit < len(named)
    return {"items": items, "next": page[-1][0] if more else None, "at": to_text(now)}


def name(obligation: Obligation) -> str:
    """Return 64 hex digits that stay the same while the obligation does."""
    o = obligation
    return sha256("\n".join((o.kind, o.subject, o.period or "", to_text(o.since))).encode()).hexdigest()


def self_check(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    period: str,
    report_sha256: str,
    problems: Sequence[str],
    reported_on: str | None,
) -> dict[str, Value]:
    """Record a half-year's self-check (130号 art. 30) by the digest of its report."""
    now = ledger.clock.now()
    _, last = art30_self_check.days_of(period)
    if now < calendar.ends(last):
        raise ConflictError("this half-year is not over yet: check it when it is", "该半年度尚未结束")
    registered = operator_book.oversight(ledger, tx).registered_at
    if registered is None or last < day_of(registered):
        raise ConflictError("the institution was not registered in this half-year", "该半年度机构尚未登记")
    if reported_on is not None and date.fromisoformat(reported_on) > day_of(now):
        raise CallerError("reported_on lies in the future", "报告日期在未来")
    found: list[Value] = list(problems)
    fields: dict[str, Value] = {"period": period, "report_sha256": report_sha256, "problems": found}
    if reported_on is not None:
        fields["reported_on"] = reported_on
    (event,) = tx.append([Draft("selfcheck.completed", ledger.operator, ledger.operator, actor, now, fields)], now)
    return {"record": event.leaf, "period": period}


def draw_sample(ledger: Ledger, tx: Transaction, *, year: int) -> dict[str, Value]:
    """Draw the year's sample once; the record holds the seed, so anybody can draw again."""
    now = ledger.clock.now()
    if day_of(now).year != year:
        raise ConflictError("the sample is drawn in its own year", "样本应在当年抽取")
    sales = operator_book.sales(tx)
    if operator_book.oversight(ledger, tx).sample(str(year)) is not None:
        raise ConflictError("this year's sample is drawn already: it stays as it is", "本年度样本已抽取")
    pool = art29_sampling_visit.population(sales, year)
    if not pool:
        raise ConflictError("no sale became effective in the year before: there is nothing to draw", "上年度无生效认购")
    seed = secrets.token_hex(32)
    chosen: list[Value] = list(art29_sampling_visit.select(seed, sales, year, ledger.rules.law(now)))
    fields: dict[str, Value] = {"period": str(year), "seed": seed, "population": len(pool), "sales": chosen}
    (event,) = tx.append([Draft("sample.drawn", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)
    return {"record": event.leaf, **fields}


def visit_sampled(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    answers: dict[str, bool],
    channel: str,
    script: str,
    findings: Sequence[str],
) -> dict[str, Value]:
    """Record the suitability visit of a drawn sale, by somebody who did not sell (130号 art. 29)."""
    now = ledger.clock.now()
    state, period = sale_of(tx, stream), str(day_of(now).year)
    if actor.id in state.sellers:
        raise ForbiddenError("whoever sold may not visit: ask somebody else", "销售人员不得回访，请由他人办理")
    sample = operator_book.oversight(ledger, tx).sample(period)
    if sample is None or stream not in sample.sales:
        raise ConflictError("this sale is not in this year's sample", "该认购不在本年度回访样本内")
    given: dict[str, Value] = dict(answers)
    said: list[Value] = list(findings)
    fields: dict[str, Value] = {
        "period": period,
        "answers": given,
        "channel": channel,
        "script": script,
        "findings": said,
    }
    (event,) = tx.append([Draft("sample.visited", stream, state.investor, actor, now, fields)], now)
    return {"record": event.leaf, "period": period}


def file_product(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    submitted_on: str,
    reference: str,
    parts: Sequence[str],
) -> dict[str, Value]:
    """Record the filing after the raising (条例 art. 22); incomplete, it is not one."""
    now = ledger.clock.now()
    closed = product_of(tx, stream).closed_at
    if closed is None:
        raise ConflictError("the raising is not over: close the product first", "尚未结束募集")
    if not day_of(closed) <= date.fromisoformat(submitted_on) <= day_of(now):
        raise CallerError("submitted_on must lie between the end of the raising and today", "报送日期有误")
    if lacking := art22_filing.lacking(parts, ledger.rules.law(closed)):
        raise CallerError(
            f"the filing lacks {', '.join(en for en, _ in lacking)}",
            f"备案材料缺少{'、'.join(zh for _, zh in lacking)}",
        )
    given: list[Value] = list(parts)
    fields: dict[str, Value] = {"submitted_on": submitted_on, "reference": reference, "parts": given}
    (event,) = tx.append([Draft("product.filed", stream, stream, actor, _on(submitted_on, now), fields)], now)
    return {"record": event.leaf}


def disclose(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, duty: str, period: str, report_sha256: str
) -> dict[str, Value]:
    """Record a periodic disclosure to the investors of a fund (233号)."""
    now = ledger.clock.now()
    state = product_of(tx, stream)
    row = unnumbered_disclosure_frequency.duty_of(state, ledger.rules.law(now))
    if row is None or text(row, "duty") != duty:
        wanted = "none yet: the order is not in force" if row is None else text(row, "duty")
        raise CallerError(f"the fund's duty is {wanted}", "披露义务类型与基金不符")
    if (duty, period) in state.disclosed:
        raise ConflictError("this period is disclosed already", "该期已披露")
    if period not in unnumbered_disclosure_frequency.ended(row, now):
        raise ConflictError("this period is not over, or is none of this duty", "该期尚未结束或期间有误")
    fields: dict[str, Value] = {"duty": duty, "period": period, "report_sha256": report_sha256}
    (event,) = tx.append([Draft("product.disclosed", stream, stream, actor, now, fields)], now)
    return {"record": event.leaf}


def _on(day: str, now: datetime) -> datetime:
    """An act known by its day happened by the day's last instant, or by now while the day lasts."""
    return min(calendar.ends(date.fromisoformat(day)) - MOMENT, now)


def _within(obligation: Obligation, begin: date | None, end: date | None) -> bool:
    if obligation.due is None:
        return end is None
    last = day_of(obligation.due - MOMENT)
    return (begin is None or last >= begin) and (end is None or last <= end)
