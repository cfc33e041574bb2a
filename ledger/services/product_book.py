"""What can be read about a product's life: its records in order, its papers, and whose match waits to be made again."""

from ledger.domain.actors import Actor
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.ports.store import Reader
from ledger.services import rematches
from ledger.services.guard import product_of
from ledger.services.ledger import Ledger
from ledger.services.titles import line_of


def timeline(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List every record of the product in order, refusals included, with its name in two languages and its leaf."""
    del ledger, actor
    product_of(reader, stream)
    return {"product": stream, "items": [line_of(event) for event in reader.events(stream)]}


def papers(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List the product's documents and marketing material by digest, and by what right it is sold."""
    del ledger, actor
    state = product_of(reader, stream)
    documents: list[Value] = [
        {"kind": d.kind, "title": d.title, "sha256": d.sha256, "record": d.leaf, "at": to_text(d.at)}
        for d in state.documents
    ]
    materials: list[Value] = [
        {
            "sha256": m.sha256,
            "audience": m.audience,
            "record": m.leaf,
            "checked_at": to_text(m.checked_at),
            "withdrawn_at": None if m.withdrawn_at is None else to_text(m.withdrawn_at),
        }
        for m in state.materials.values()
    ]
    known = state.mandate
    mandate: Value = None
    if known is not None:
        mandate = {
            "basis": known.basis,
            "licence": known.licence,
            "membership": known.membership,
            "agreement_signed_on": known.agreement_signed_on,
            "valid_until": None if known.valid_until is None else to_text(known.valid_until),
            "record": known.leaf,
        }
    return {"product": stream, "mandate": mandate, "documents": documents, "materials": materials}


def open_matches(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List pending sales whose match was withdrawn, or made again and not yet acknowledged: whom to tell."""
    del ledger, actor
    items: list[Value] = [
        {
            "sale": sale.stream,
            "investor": sale.investor,
            "status": "withdrawn" if sale.match_withdrawn_at is not None else "superseded",
        }
        for sale in rematches.pending(reader, product_of(reader, stream))
        if sale.match_withdrawn_at is not None
        or (sale.match_superseded_at is not None and sale.match_acknowledged_at is None)
    ]
    return {"product": stream, "items": items}
