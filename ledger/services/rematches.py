"""Match again after a change for the worse (130号 art. 21): each pending sale in the same commit, and whom to tell."""

from ledger.domain.catalogue import Stream
from ledger.domain.decision import Facts
from ledger.domain.events import Draft, Value
from ledger.domain.product import ProductState
from ledger.domain.sale import SaleState
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import product_of, sale_facts, sale_of
from ledger.services.ledger import SYSTEM, Ledger


def after_rating(ledger: Ledger, tx: Transaction, product: str) -> list[Value]:
    """Re-match the sales of a product that was rated again; return who must be told, holders included."""
    sales = sorted(product_of(tx, product).seats)
    return _rematched(ledger, tx, sales, "product.rated")


def after_assessment(ledger: Ledger, tx: Transaction, investor: str) -> list[Value]:
    """Re-match the sales of an investor who was assessed again."""
    return _rematched(ledger, tx, tx.about(investor, Stream.SALE), "assessment.completed")


def pending(reader: Reader, product: ProductState) -> list[SaleState]:
    """Return the sales of a product that are neither effective nor rescinded."""
    states = [sale_of(reader, stream) for stream in sorted(product.seats)]
    return [s for s in states if s.effective_at is None and s.rescinded_at is None]


def _rematched(ledger: Ledger, tx: Transaction, sales: list[str] | tuple[str, ...], cause: str) -> list[Value]:
    told: list[Value] = []
    for stream in sales:
        facts = sale_facts(tx, stream)
        if facts.sale is None or facts.sale.rescinded_at is not None or not ledger.rules.match_worse(facts):
            continue
        status = "holder" if facts.sale.effective_at is not None else _again(ledger, tx, facts, facts.sale, cause)
        told.append({"sale": stream, "investor": facts.investor.stream, "status": status})
    return told


def _again(ledger: Ledger, tx: Transaction, facts: Facts, sale: SaleState, cause: str) -> str:
    now = ledger.clock.now()
    known, level = facts.investor.assessment, facts.product.risk_level
    if known is None or level is None:
        raise ValueError("a match that is worse has an assessment and a rating")
    outcome = ledger.rules.match_outcome(facts, now)
    fields: dict[str, Value] = {
        "tolerance": known.tolerance,
        "lowest": known.lowest,
        "risk_level": level,
        "outcome": outcome,
        "cause": cause,
    }
    before = next(
        leaf
        for name in ("match.superseded", "match.withdrawn", "match.completed")
        if (leaf := sale.leaves.get(name)) is not None
    )
    refs = (
        tx.event(before).ref("supersedes"),
        tx.event(known.leaf).ref("rests_on"),
        tx.event(facts.product.leaves["product.rated"]).ref("rests_on"),
    )
    name = "match.withdrawn" if outcome == "refused" else "match.superseded"
    tx.append([Draft(name, sale.stream, facts.investor.stream, SYSTEM, now, fields, refs)], now)
    return name.removeprefix("match.")
