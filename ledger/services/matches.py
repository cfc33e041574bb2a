"""Suitability match: tolerance against risk level, and the opinion the investor acknowledges (130号 arts. 18, 23)."""

from hashlib import sha256

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import ConflictError
from ledger.ports.store import Transaction
from ledger.services.eligibility import decide_sale
from ledger.services.guard import leaves, require, sale_facts
from ledger.services.ledger import SYSTEM, Ledger

PROFESSIONAL = "professional"
"""What a match says of a professional investor, for whom there is no matrix (130号 arts. 8, 18)."""


def match(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Match and record the outcome with what it rests on."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    findings = require(ledger, tx, facts, Step.MATCH, actor, now)
    assessment, standing = facts.investor.assessment, facts.investor.standing.at(now)
    if (assessment is None and standing is None) or facts.product.risk_level is None:
        raise ConflictError("assessment and product rating must exist before the match", "请先完成测评与产品评级")
    fields: dict[str, Value] = {
        "tolerance": PROFESSIONAL if assessment is None else assessment.tolerance,
        "lowest": assessment is not None and assessment.lowest,
        "risk_level": facts.product.risk_level,
        "outcome": ledger.rules.match_outcome(facts, now) if standing is None else PROFESSIONAL,
    }
    decision = decide_sale(ledger, tx, stream, now)
    known = {*leaves(findings)} | ({assessment.leaf} if assessment is not None else set())
    refs = (*(tx.event(leaf).ref("rests_on") for leaf in sorted(known)), decision.ref("decision"))
    (event,) = tx.append([Draft("match.completed", stream, facts.investor.stream, SYSTEM, now, fields, refs)], now)
    return {
        "record": event.leaf,
        "opinion": opinion_of(fields),
        "opinion_sha256": _digest(fields),
        **fields,
        "decision": decision.leaf,
    }


def acknowledge(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Record that the investor has read the match opinion."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.ACKNOWLEDGE_MATCH, actor, now)
    matched = next(e for e in reversed(tx.events(stream)) if e.type in {"match.completed", "match.superseded"})
    fields: dict[str, Value] = {"opinion_sha256": _digest(dict(matched.fields))}
    (event,) = tx.append(
        [Draft("match.acknowledged", stream, facts.investor.stream, actor, now, fields, (matched.ref("opinion"),))],
        now,
    )
    return {"record": event.leaf, "acknowledged_at": to_text(now)}


def opinion_of(fields: dict[str, Value]) -> dict[str, Value]:
    """Put the match opinion into words."""
    tolerance, level = fields["tolerance"], fields["risk_level"]
    if fields["outcome"] == PROFESSIONAL:
        return {
            "zh": f"您是专业投资者，产品风险等级为{level}，本机构不对其与您的风险承受能力进行匹配。"
            "本意见不代表对收益的任何保证。",
            "en": f"You are a professional investor; the product's risk level is {level} and is not matched with a"
            " tolerance. This opinion promises no return.",
        }
    if fields["outcome"] == "special":
        return {
            "zh": f"您的风险承受能力为{tolerance}，产品风险等级为{level}，两者不匹配，产品不适合您。"
            "您主动申请购买并在特别书面警示后仍坚持，风险由您自行承担。",
            "en": f"Your risk tolerance is {tolerance}, the product's risk level is {level}: they do not match. "
            "You asked for it on your own initiative and insist after the special warning; you bear the risk.",
        }
    return {
        "zh": f"您的风险承受能力为{tolerance}，产品风险等级为{level}，两者匹配。本意见不代表对收益的任何保证。",
        "en": f"Your risk tolerance is {tolerance}, the product's risk level is {level}: they match. "
        "This opinion promises no return.",
    }


def _digest(fields: dict[str, Value]) -> str:
    return sha256(str(opinion_of(fields)["zh"]).encode()).hexdigest()
