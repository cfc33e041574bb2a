"""Special care for a high-risk product (130号 art. 20): more information, acknowledged, and time to consider it."""

from hashlib import sha256
from hmac import compare_digest

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.errors import CallerError
from ledger.ports.store import Transaction
from ledger.services.guard import require, sale_facts
from ledger.services.ledger import Ledger


def present(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Give the extra disclosure, in the words of the ruleset in force."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.PRESENT_CARE, actor, now)
    level, name, items = facts.product.risk_level or "", facts.product.name, ledger.rules.high_risk_items(now)
    zh = "\n".join([f"高风险产品特别揭示（{name}，{level}）", *(f"{n}. {text}" for n, text, _ in items)])
    en = "\n".join([f"Extra disclosure of a high-risk product ({name}, {level})", *(f"{n}. {t}" for n, _, t in items)])
    digest = sha256(zh.encode()).hexdigest()
    fields: dict[str, Value] = {"risk_level": level, "text": zh, "text_en": en, "text_sha256": digest}
    (event,) = tx.append([Draft("care.presented", stream, facts.investor.stream, actor, now, fields)], now)
    return {"record": event.leaf, "text": {"zh": zh, "en": en}, "text_sha256": digest}


def acknowledge(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, text_sha256: str) -> dict[str, Value]:
    """Record that the investor has read it, bound to its very words; the time to consider starts."""
    now = ledger.clock.now()
    facts = sale_facts(tx, stream)
    require(ledger, tx, facts, Step.ACKNOWLEDGE_CARE, actor, now)
    presented = next(e for e in reversed(tx.events(stream)) if e.type == "care.presented")
    if not compare_digest(presented.text("text_sha256"), text_sha256):
        raise CallerError(
            "text_sha256 is not that of the disclosure: read it again and confirm what it says",
            "确认的文本与所示文本不一致，请重新阅读后确认",
        )
    fields: dict[str, Value] = {"text_sha256": text_sha256}
    (event,) = tx.append(
        [Draft("care.acknowledged", stream, facts.investor.stream, actor, now, fields, (presented.ref("shown"),))], now
    )
    return {"record": event.leaf, "acknowledged_at": to_text(now)}
