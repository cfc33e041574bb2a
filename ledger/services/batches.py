"""One question about many investors: who of them may buy this product, this amount? Read only, no receipts."""

from collections.abc import Sequence
from datetime import datetime

from ledger.domain.decision import Decision, Facts, words_of
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.errors import CallerError
from ledger.ports.store import Reader
from ledger.services.eligibility import introduced, moments
from ledger.services.guard import REFUSING
from ledger.services.ledger import Ledger

LIMIT = 1000


def decide_batch(
    ledger: Ledger,
    reader: Reader,
    *,
    investor_streams: Sequence[str],
    product_stream: str,
    amount: Money,
    fee: Money,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> dict[str, Value]:
    """Decide on each; an item holds what stands in the way, ``/v1/eligibility`` all of its findings.

    An investor on whose records the rules cannot decide is listed under ``undecided``; the others are answered.
    `CallerError` for none, too many or the same one twice; `NotFoundError` names unknown ones.
    """
    if not 1 <= len(investor_streams) <= LIMIT:
        raise CallerError(f"ask about 1 to {LIMIT} investors at once", f"每次须询问1至{LIMIT}名投资者")
    if len(set(investor_streams)) != len(investor_streams):
        twice = next(s for n, s in enumerate(investor_streams) if s in investor_streams[:n])
        raise CallerError(f"investor {twice[:12]}… is in the list twice: name each once", "名单中有重复的投资者")
    as_of, known = moments(ledger, at, known_at)
    products = ledger.states.products.of(reader, [product_stream], as_of=as_of, known_at=known)
    product = introduced(products[product_stream], as_of)
    investors = ledger.states.investors.of(reader, investor_streams, as_of=as_of, known_at=known)
    items: list[Value] = []
    undecided: list[Value] = []
    counts = {"eligible": 0, "conditional": 0, "ineligible": 0}
    resting: dict[str, None] = {}
    for stream in investor_streams:
        try:
            facts = Facts(investors[stream], product, amount=amount, fee=fee)
            decision = ledger.rules.decide(facts, at=as_of, as_of=as_of, known_at=known)
        except CallerError as error:
            undecided.append({"investor": stream, "code": error.code, "detail": error.message, "zh": error.zh})
            continue
        counts[decision.answer.value] += 1
        resting.update(dict.fromkeys(decision.unconfirmed))
        items.append(_item(decision))
    return {
        "product": product_stream,
        "amount": {**amount.as_json()},
        "fee": {**fee.as_json()},
        "as_of": to_text(as_of),
        "known_at": to_text(known),
        "ruleset": ledger.rules.digest,
        "unconfirmed": list(resting),
        "counts": {**counts, "undecided": len(undecided)},
        "items": items,
        "undecided": undecided,
    }


def _item(decision: Decision) -> Value:
    return {
        "investor": decision.investor,
        "answer": decision.answer.value,
        "findings": [f.as_json() for f in decision.findings if f.outcome in REFUSING],
        "conditions": [words_of(condition) for condition in decision.conditions],
        "changes_at": None if decision.changes_at is None else to_text(decision.changes_at),
    }
