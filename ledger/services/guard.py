"""Gather the facts a rule may see, and refuse what the rules refuse, leaving a record of the refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

from ledger.domain import institution, investor, product, sale
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts, Finding, Outcome
from ledger.domain.events import Draft, Value
from ledger.domain.institution import Qualification
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState, Step
from ledger.errors import CallerError, NotFoundError, RefusedError
from ledger.ports.store import Reader, Transaction
from ledger.services.ledger import SYSTEM, Ledger

NOBODY = "f" * 32
"""Stands for whoever of the staff it will be."""

REFUSING = frozenset({Outcome.FAIL, Outcome.NEEDS_EVIDENCE})
CLOCK_TOLERANCE = timedelta(minutes=5)


def investor_of(reader: Reader, stream: str) -> InvestorState:
    """Fold an investor; `NotFoundError` when the stream is not one."""
    _must_be(reader, stream, Stream.INVESTOR)
    return investor.fold(stream, reader.events(stream))


def product_of(reader: Reader, stream: str) -> ProductState:
    """Fold a product; `NotFoundError` when the stream is not one."""
    _must_be(reader, stream, Stream.PRODUCT)
    return product.fold(stream, reader.events(stream))


def sale_of(reader: Reader, stream: str) -> SaleState:
    """Fold a sale; `NotFoundError` when the stream is not one."""
    _must_be(reader, stream, Stream.SALE)
    return sale.fold(stream, reader.events(stream))


def sale_facts(reader: Reader, stream: str, inputs: Mapping[str, Value] | None = None) -> Facts:
    """Fold a sale with its investor and product."""
    state = sale_of(reader, stream)
    return Facts(
        investor=investor_of(reader, state.investor),
        product=product_of(reader, state.product),
        sale=state,
        amount=state.amount,
        fee=state.fee,
        inputs=inputs or {},
    )


def staff_of(reader: Reader) -> Mapping[str, Qualification]:
    """Fold the staff register; empty until the first qualification is recorded."""
    registers = reader.streams(Stream.STAFF, limit=1)
    return institution.fold(reader.events(registers[0])) if registers else {}


def require_product(
    ledger: Ledger,
    tx: Transaction,
    state: ProductState,
    step: Step,
    actor: Actor,
    at: datetime,
    inputs: Mapping[str, Value] | None = None,
) -> tuple[Finding, ...]:
    """As `require`, for a step of a product's life; the refusal is recorded in the product's stream."""
    facts = Facts(InvestorState(""), state, step=step, actor=actor, inputs=inputs or {})
    findings = ledger.rules.permit(facts, step, actor, at)
    if refusing := tuple(f for f in findings if f.outcome in REFUSING):
        fields = refusal_fields(step, refusing)
        refuse(tx, Draft("product.step_refused", state.stream, state.stream, SYSTEM, at, fields), refusing)
    return findings


def require(
    ledger: Ledger, tx: Transaction, facts: Facts, step: Step, actor: Actor, at: datetime
) -> tuple[Finding, ...]:
    """Return the findings that allow this step; else record the refusal and raise `RefusedError`."""
    staff = staff_of(tx) if actor.role is Role.SALES else facts.staff
    findings = ledger.rules.permit(replace(facts, step=step, actor=actor, staff=staff), step, actor, at)
    if refusing := tuple(f for f in findings if f.outcome in REFUSING):
        refuse(tx, _refusal(facts, step, refusing, at), refusing)
    return findings


def require_open(ledger: Ledger, tx: Transaction, facts: Facts, step: Step, by: Actor | Role, at: datetime) -> None:
    """Refuse what prepares a step, often somebody else's, as long as that step itself could not be tried."""
    findings = ledger.rules.outlook(facts, step, by if isinstance(by, Actor) else Actor(NOBODY, by), at)
    if refusing := tuple(f for f in findings if f.outcome in REFUSING):
        refuse(tx, _refusal(facts, step, refusing, at), refusing)


def require_investor(
    ledger: Ledger,
    tx: Transaction,
    state: InvestorState,
    step: Step,
    actor: Actor,
    at: datetime,
    inputs: Mapping[str, Value],
) -> tuple[Finding, ...]:
    """As `require`, for a step that concerns an investor alone; the refusal is recorded in their stream."""
    facts = Facts(state, ProductState("", regime="cn_private_fund"), step=step, actor=actor, inputs=inputs)
    findings = ledger.rules.permit(facts, step, actor, at)
    if refusing := tuple(f for f in findings if f.outcome in REFUSING):
        fields = refusal_fields(step, refusing)
        refuse(tx, Draft("investor.step_refused", state.stream, state.stream, SYSTEM, at, fields), refusing)
    return findings


def require_gate(ledger: Ledger, tx: Transaction, state: InvestorState, step: Step, at: datetime) -> None:
    """Refuse what may not even be looked up before the specific-person determination (募集 arts. 16-20)."""
    finding = ledger.rules.gate(state, at)
    if finding.outcome in REFUSING:
        fields = refusal_fields(step, (finding,))
        refuse(tx, Draft("investor.step_refused", state.stream, state.stream, SYSTEM, at, fields), (finding,))


def refuse(tx: Transaction, record: Draft, findings: tuple[Finding, ...]) -> NoReturn:
    """Record a refusal and raise `RefusedError`; the first finding gives the reason."""
    tx.append([record], record.occurred_at)
    first = findings[0]
    raise RefusedError(first.reason_en, first.reason_zh, findings=findings, step=record.fields["step"])


def refusal_fields(step: Step, findings: tuple[Finding, ...]) -> dict[str, Value]:
    """Return what a record of refusal says."""
    listed: list[Value] = [f.as_json() for f in findings]
    return {"step": step.value, "findings": listed}


def occurred(claimed: datetime | None, now: datetime) -> datetime:
    """Return when an act happened: as claimed, but never in the future; `CallerError` otherwise."""
    if claimed is None:
        return now
    if claimed > now + CLOCK_TOLERANCE:
        raise CallerError(
            "occurred_at lies in the future: send the instant at which it happened",
            "occurred_at 在未来：请填写实际发生的时间",
        )
    return min(claimed, now)


def leaves(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the leaves that findings rest on, each once, in order."""
    return tuple(dict.fromkeys(leaf for finding in findings for leaf in finding.rests_on))


def _refusal(facts: Facts, step: Step, findings: tuple[Finding, ...], at: datetime) -> Draft:
    fields = refusal_fields(step, findings)
    if facts.sale is None or facts.sale.opened_at is None:
        fields["product"] = facts.product.stream
        return Draft("step.refused_before_sale", facts.investor.stream, facts.investor.stream, SYSTEM, at, fields)
    return Draft("step.refused", facts.sale.stream, facts.investor.stream, SYSTEM, at, fields)


def _must_be(reader: Reader, stream: str, kind: Stream) -> None:
    if reader.kind_of(stream) is not kind:
        raise NotFoundError(f"there is no {kind} {stream[:8]}…", f"没有该{kind}记录 {stream[:8]}…")
