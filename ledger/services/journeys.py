"""Where an investor stands on the way from the link to the fund: folded from records, never told by a page."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts, Outcome
from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text
from ledger.domain.investor import InvestorState
from ledger.domain.sale import SaleState, Step
from ledger.ports.store import Reader
from ledger.rules import exempting
from ledger.rules.cn.order_130 import art20_high_risk_care
from ledger.rules.policy import handwriting
from ledger.services import acting, choices, owners, reading, representatives
from ledger.services.guard import NOBODY, REFUSING, investor_of, sale_facts
from ledger.services.investors import registered_mobile_masked, registered_name
from ledger.services.ledger import Ledger
from ledger.services.matches import opinion_of
from ledger.services.sales import status_of
from ledger.services.stages import EXEMPT, STAGES, Where


def show(ledger: Ledger, reader: Reader, actor: Actor, *, verified: bool) -> dict[str, Value]:
    """Tell the stages with their articles, the one at hand, and what its page needs to say."""
    now = ledger.clock.now()
    head: dict[str, Value] = {
        "investor": actor.id,
        "institution": ledger.institution,
        "verified": verified,
        "at": to_text(now),
        "mobile": registered_mobile_masked(reader, actor),
        "kind": acting.kind_of(reader, actor.id),
        "stand_ins": [*ledger.stand_ins],
    }
    facts = _facts(reader, actor.id) if verified else None
    where = _where(ledger, reader, investor_of(reader, actor.id), facts, now, verified=verified)
    stages, current = _stages(ledger, where, facts, now)
    head |= {"stages": stages, "current": current}
    if not verified:
        return {
            **head,
            "name": None,
            "acting": None,
            "assessment": None,
            "sale": None,
            "findings": [],
            "refusal": None,
            "choices": None,
        }
    return {
        **head,
        "name": registered_name(reader, actor.id),
        "acting": representatives.acting_now(ledger, reader, actor),
        "assessment": _assessment(where.investor),
        "sale": None if facts is None else _sale(ledger, reader, facts, now),
        "findings": _against(ledger, facts, current, now),
        "refusal": _refusal(reader, actor.id) if current == "offer" else None,
        "choices": choices.of(ledger, where.investor, now),
    }


def way_of(ledger: Ledger, reader: Reader, facts: Facts, now: datetime) -> tuple[list[Value], str, list[Value]]:
    """Return a sale's stages, the one at hand, and the findings that stand against it."""
    verified = facts.investor.identity_verified_at is not None
    where = _where(ledger, reader, facts.investor, facts, now, verified=verified)
    stages, current = _stages(ledger, where, facts, now)
    return stages, current, _against(ledger, facts, current, now)


def _where(
    ledger: Ledger, reader: Reader, investor: InvestorState, facts: Facts | None, now: datetime, *, verified: bool
) -> Where:
    sale = None if facts is None else facts.sale
    return Where(
        verified,
        investor,
        sale,
        frozenset(choices.required_purposes(ledger, now)),
        asked=_answered(reader, sale),
        cooled=facts is not None and _cooled(ledger, facts, now),
        read=sale is not None and reading.is_read(reader.events(sale.stream), "risk_disclosure"),
        owners=owners.confirmed(reader, investor.stream),
    )


def _refusal(reader: Reader, investor: str) -> Value:
    """Return the last refusal since the assessment that counts, with its findings; a person may be asked to look."""
    for event in reversed(reader.events(investor)):
        if event.type == "step.refused_before_sale" and not event.withheld:
            return {"record": event.leaf, "at": to_text(event.occurred_at), "findings": event.fields["findings"]}
        if event.type == "assessment.completed":
            return None
    return None


def _stages(ledger: Ledger, where: Where, facts: Facts | None, now: datetime) -> tuple[list[Value], str]:
    stages: list[Value] = []
    current = "rescinded" if where.in_sale(lambda s: s.rescinded_at) else ""
    signed = where.in_sale(lambda s: s.disclosure_signed_at) is not None
    skipped = () if facts is None else exempting.skipped(facts, ledger.rules.law(now), now)
    for stage in STAGES:
        if EXEMPT.get(stage.key) in skipped:
            continue
        if stage.key == "care" and not _needs_care(ledger, facts, now):
            continue
        if stage.key == "owners" and where.investor.kind != acting.INSTITUTION:
            continue
        done = stage.done(where) or (stage.key == "items" and (signed or _all_confirmed(ledger, where, now)))
        state = "done" if done else "ahead"
        if not done and not current:
            current, state = stage.key, "current"
        article = ledger.rules.article_of(stage.record)
        row: dict[str, Value] = {"stage": stage.key, "phase": stage.phase, "whose": stage.whose.value}
        stages.append({**row, "state": state, "article": article})
    return stages, current or "done"


def _needs_care(ledger: Ledger, facts: Facts | None, now: datetime) -> bool:
    if facts is None or facts.sale is None or facts.sale.matched_at is None:
        return False
    if facts.sale.contract_signed_at is not None and facts.sale.care_acknowledged_at is None:
        return False  # the level rose after the signature: too late for it, the new match opinion is acknowledged
    return art20_high_risk_care.judge(facts, ledger.rules.law(now), now).outcome is not Outcome.NOT_APPLICABLE


def _all_confirmed(ledger: Ledger, where: Where, now: datetime) -> bool:
    numbers = {number for number, _, _ in ledger.rules.statement_items(now)}
    return (
        where.sale is not None and where.sale.disclosure_presented_at is not None and numbers <= set(where.sale.items)
    )


def _against(ledger: Ledger, facts: Facts | None, current: str, now: datetime) -> list[Value]:
    """Say what the law holds against the stage at hand, where it is one of the sale."""
    stage = next((s for s in STAGES if s.key == current and s.step is not None), None)
    if facts is None or facts.sale is None or facts.sale.opened_at is None or stage is None or stage.step is None:
        return []
    actor = Actor(facts.investor.stream if stage.whose is Role.INVESTOR else NOBODY, stage.whose)
    findings = ledger.rules.outlook(facts, stage.step, actor, now)
    return [f.as_json() for f in findings if f.outcome in REFUSING and f.rule not in _STAFF_ONLY]


_STAFF_ONLY = frozenset({"cn/amac_raising/art4_staff", "policy/plan_procedure/amac_raising/art4_staff"})
"""Who of the staff may act is not the investor's business."""


def _facts(reader: Reader, investor: str) -> Facts | None:
    """Return the sale that is under way, or else the last one."""
    known = [sale_facts(reader, stream) for stream in reader.about(investor, Stream.SALE)]
    ordered = sorted((f for f in known if f.sale is not None), key=_opened)
    under_way = [
        f for f in ordered if f.sale is not None and f.sale.rescinded_at is None and f.sale.effective_at is None
    ]
    return next(reversed(under_way or ordered), None)


def _opened(facts: Facts) -> str:
    return "" if facts.sale is None or facts.sale.opened_at is None else to_text(facts.sale.opened_at)


def _cooled(ledger: Ledger, facts: Facts, now: datetime) -> bool:
    if facts.sale is None:
        return False
    by = ledger.rules.cooling_off_start(facts.product)
    ends = facts.sale.cooling_off_ends(ledger.rules.cooling_off(facts.product), by)
    return ends is not None and now >= ends


def _answered(reader: Reader, sale: SaleState | None) -> bool:
    """Tell whether the investor's answers wait for somebody of the visit; a visit without success asks again."""
    if sale is None:
        return False
    last = [e for e in reader.events(sale.stream) if e.type in {"visit.answered", "visit.completed"}]
    return sale.effective_at is not None or (bool(last) and last[-1].type == "visit.answered")


def _assessment(state: InvestorState) -> Value:
    known = state.assessment
    if known is None:
        return None
    return {
        "assessment": known.leaf,
        "tolerance": known.tolerance,
        "lowest": known.lowest,
        "score": known.score,
        "valid_until": to_text(known.valid_until),
    }


def _sale(ledger: Ledger, reader: Reader, facts: Facts, now: datetime) -> Value:
    sale = facts.sale
    if sale is None:
        return None
    by = ledger.rules.cooling_off_start(facts.product)
    starts = sale.cooling_off_started(by)
    ends = sale.cooling_off_ends(ledger.rules.cooling_off(facts.product), by)
    events = reader.events(sale.stream)
    refusing = ledger.rules.outlook(facts, Step.RESCIND, Actor(facts.investor.stream, Role.INVESTOR), now)
    return {
        "sale": sale.stream,
        "product": sale.product,
        "product_name": facts.product.name if sale.product in facts.investor.shown else None,
        "amount": None if sale.amount is None else {**sale.amount.as_json()},
        "fee": None if sale.fee is None else {**sale.fee.as_json()},
        "status": status_of(sale),
        "confirmed": [*sorted(sale.items)],
        "paid": None if sale.paid is None else {**sale.paid.as_json()},
        "raising_account": facts.product.raising_account if sale.contract_signed_at else None,
        "cooling_off": None if starts is None or ends is None else {"starts": to_text(starts), "ends": to_text(ends)},
        "opinion": _opinion(events),
        "matched_again": sale.match_superseded_at is not None,
        "rescindable": not any(f.outcome in REFUSING for f in refusing),
        "effective_at": None if sale.effective_at is None else to_text(sale.effective_at),
        "rescinded_at": None if sale.rescinded_at is None else to_text(sale.rescinded_at),
        "items": _items(events),
        "documents": _documents(events),
        "handwriting": [paper for paper in _PRESENTED if handwriting.asked(ledger.rules.law(now), paper)],
    }


def _items(events: tuple[Event, ...]) -> Value:
    presented = next((e for e in reversed(events) if e.type == "disclosure.presented"), None)
    return [] if presented is None else presented.fields["items"]


def _opinion(events: tuple[Event, ...]) -> Value:
    matched = next((e for e in reversed(events) if e.type in {"match.completed", "match.superseded"}), None)
    return None if matched is None else {"text": opinion_of(dict(matched.fields)), "record": matched.leaf}


_PRESENTED: Mapping[str, str] = MappingProxyType({"risk_disclosure": "disclosure", "fund_contract": "contract"})


def _documents(events: tuple[Event, ...]) -> Value:
    """Name the newest of each paper of the sale that the investor may open."""
    found: dict[str, Value] = {}
    known = [(name, reading.presented(events, purpose)) for purpose, name in _PRESENTED.items()]
    for event in events:
        if event.type == "document.signed":
            known.append((f"signed_{event.text('purpose')}", event))
        elif event.type == "contract.completed":
            known.append(("completed", event))
    for name, named in known:
        if named is not None:
            document = named.documents[-1]
            found[name] = {"sha256": document.sha256, "bytes": document.bytes}
    return found
