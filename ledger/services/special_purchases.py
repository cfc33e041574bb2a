"""Above tolerance only on the investor's own initiative (130号 art. 19): request, notice, warning, insistence."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from ledger.domain.actors import Actor
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.domain.special import SpecialPurchase, Told
from ledger.errors import CallerError, ConflictError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import investor_of, product_of, require, require_gate
from ledger.services.ledger import Ledger

UNPROMOTED = "own-request-unpromoted/1"
INSISTENCE = "insists-after-special-warning/1"
_UNSUITABLE_ZH = (
    "您的风险承受能力为{tolerance}，您主动申请购买的产品（{name}）风险等级为{level}，高于您的风险承受能力，不适合您。"
)
_UNSUITABLE_EN = (
    "Your risk tolerance is {tolerance}; the product you asked for ({name}) has the risk level {level}, above your"
    " tolerance: it does not suit you."
)
_WARNING_ZH = "特别风险警示（产品：{name}，风险等级{level}；您的风险承受能力{tolerance}）"
_WARNING_EN = "Special risk warning (product: {name}, risk level {level}; your risk tolerance {tolerance})"
_PAGE = 200


def request(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, named: str, unpromoted: bool, channel: str
) -> dict[str, Value]:
    """Record the investor's own request for a product that they name by code, filing number or full name."""
    now = ledger.clock.now()
    person = investor_of(tx, stream)
    require_gate(ledger, tx, person, Step.REQUEST, now)
    product = _named(tx, named)
    require(ledger, tx, Facts(person, product, inputs={"unpromoted": unpromoted}), Step.REQUEST, actor, now)
    fields: dict[str, Value] = {
        "product": product.stream,
        "named": named,
        "unpromoted": unpromoted,
        "statement": UNPROMOTED,
        "channel": channel,
    }
    (event,) = tx.append([Draft("product.requested", stream, stream, actor, now, fields)], now)
    return {"record": event.leaf, "product": product.stream, "requested_at": to_text(now)}


def notify(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str) -> dict[str, Value]:
    """Tell the investor that the product is unsuitable."""
    return _tell(ledger, tx, actor, stream, product, Step.NOTIFY_UNSUITABLE, (_UNSUITABLE_ZH, _UNSUITABLE_EN))


def warn(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str) -> dict[str, Value]:
    """Give the special written warning, in the words of the ruleset in force."""
    items = ledger.rules.special_warning(ledger.clock.now())
    zh, en = "".join(f"\n{n}. {zh}" for n, zh, _ in items), "".join(f"\n{n}. {en}" for n, _, en in items)
    return _tell(ledger, tx, actor, stream, product, Step.WARN, (_WARNING_ZH, _WARNING_EN), (zh, en))


def acknowledge(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str, text_sha256: str
) -> dict[str, Value]:
    """Record that the investor has read the warning, bound to its very words."""
    now = ledger.clock.now()
    facts = Facts(investor_of(tx, stream), product_of(tx, product))
    require(ledger, tx, facts, Step.ACKNOWLEDGE_WARNING, actor, now)
    warning = _warning(facts, product)
    if not compare_digest(warning.text_sha256, text_sha256):
        raise CallerError(
            "text_sha256 is not that of the warning: read it again and confirm what it says",
            "确认的文本与警示文本不一致，请重新阅读后确认",
        )
    fields: dict[str, Value] = {"product": product, "text_sha256": text_sha256}
    ref = tx.event(warning.leaf).ref("warning")
    (event,) = tx.append([Draft("warning.acknowledged", stream, stream, actor, now, fields, (ref,))], now)
    return {"record": event.leaf, "acknowledged_at": to_text(now)}


def insist(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, product: str, insists: bool
) -> dict[str, Value]:
    """Record that the investor insists after the warning, and bears the risk."""
    if not insists:
        raise CallerError("insists must be true: to give up, do nothing", "如放弃购买，无需提交")
    now = ledger.clock.now()
    facts = Facts(investor_of(tx, stream), product_of(tx, product))
    require(ledger, tx, facts, Step.INSIST, actor, now)
    fields: dict[str, Value] = {"product": product, "statement": INSISTENCE}
    ref = tx.event(_warning(facts, product).leaf).ref("warning")
    (event,) = tx.append([Draft("purchase.insisted", stream, stream, actor, now, fields, (ref,))], now)
    return {"record": event.leaf, "insisted_at": to_text(now)}


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List the investor's requests above tolerance with the words they were told, and what each still lacks."""
    del actor
    person, now = investor_of(reader, stream), ledger.clock.now()
    words = {e.leaf: e for e in reader.events(stream) if e.type in {"unsuitability.notified", "warning.given"}}
    items: list[Value] = [
        _wire(ledger, Facts(person, product_of(reader, p.product)), p, words) | {"at": to_text(now)}
        for p in person.special.values()
    ]
    return {"investor": stream, "items": items}


def _tell(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    stream: str,
    product: str,
    step: Step,
    heads: tuple[str, str],
    items: tuple[str, str] = ("", ""),
) -> dict[str, Value]:
    """Record what the investor is told: a head with the facts of the case, then fixed words, in both languages."""
    now = ledger.clock.now()
    facts = Facts(investor_of(tx, stream), product_of(tx, product))
    require(ledger, tx, facts, step, actor, now)
    assessment, purchase = facts.investor.assessment, facts.investor.special.get(product)
    if assessment is None or facts.product.risk_level is None or purchase is None:
        raise ConflictError("assessment, rating and request must exist first", "请先完成测评、评级与申请")
    level = facts.product.risk_level
    case = {"name": facts.product.name, "level": level, "tolerance": assessment.tolerance}
    zh, en = (head.format(**case) + rest for head, rest in zip(heads, items, strict=True))
    digest = sha256(zh.encode()).hexdigest()
    fields: dict[str, Value] = {
        "product": product,
        "tolerance": assessment.tolerance,
        "risk_level": level,
        "text": zh,
        "text_en": en,
        "text_sha256": digest,
    }
    rests_on = [purchase.leaf, assessment.leaf, facts.product.leaves["product.rated"]]
    if step is Step.WARN and purchase.notice is not None:
        rests_on.append(purchase.notice.leaf)
    refs = tuple(tx.event(leaf).ref("rests_on") for leaf in rests_on)
    name = "warning.given" if step is Step.WARN else "unsuitability.notified"
    (event,) = tx.append([Draft(name, stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "text": {"zh": zh, "en": en}, "text_sha256": digest}


def _named(reader: Reader, named: str) -> ProductState:
    """Find the one product that the investor names; nothing is suggested, for that would be promotion."""
    wanted, after = named.strip(), None
    found: list[ProductState] = []
    while True:
        page = reader.streams(Stream.PRODUCT, after=after, limit=_PAGE)
        states = [product_of(reader, stream) for stream in page]
        found += [s for s in states if wanted in {s.code, s.filing_number, s.name} and s.listed_at and not s.closed_at]
        if len(page) < _PAGE:
            break
        after = page[-1]
    if len(found) > 1:
        raise ConflictError(
            "several products have this code, number or name: write another of the three",
            "有多个产品符合该名称或编码，请改用备案编码、产品代码或全称",
        )
    if not found:
        raise NotFoundError(
            "no product has exactly this code, filing number or name: write it as the manager does",
            "没有与该名称或编码完全一致的产品，请核对后填写",
        )
    return found[0]


def _warning(facts: Facts, product: str) -> Told:
    purchase = facts.investor.special.get(product)
    if purchase is None or purchase.warning is None:
        raise ConflictError("the special warning is not given yet", "尚未进行特别风险警示")
    return purchase.warning


def _wire(ledger: Ledger, facts: Facts, known: SpecialPurchase, words: Mapping[str, Event]) -> dict[str, Value]:
    lacking = ledger.rules.special_lacks(facts)
    return {
        "product": known.product,
        "requested_at": to_text(known.requested_at),
        "unpromoted": known.unpromoted,
        "notice": _told(known.notice, words),
        "warning": _told(known.warning, words),
        "acknowledged_at": None if known.acknowledged_at is None else to_text(known.acknowledged_at),
        "insisted_at": None if known.insisted_at is None else to_text(known.insisted_at),
        "lacks": None if lacking is None else {"en": lacking[0], "zh": lacking[1]},
    }


def _told(told: Told | None, words: Mapping[str, Event]) -> Value:
    if told is None or told.leaf not in words:
        return None
    event = words[told.leaf]
    return {
        "at": to_text(told.at),
        "record": told.leaf,
        "tolerance": told.tolerance,
        "risk_level": told.risk_level,
        "text": {"zh": event.text("text"), "en": event.text("text_en")},
        "text_sha256": told.text_sha256,
    }
