"""Papers of a product: documents by digest, the right to sell it, the manager's notices of its size."""

from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import CallerError
from ledger.ports.store import Transaction
from ledger.services.guard import product_of, require_product
from ledger.services.ledger import Ledger
from ledger.services.media import media_type_of


def attach(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, content: bytes, kind: str, title: str
) -> dict[str, Value]:
    """Store a document of the product and record its digests. The media type is read from the bytes."""
    now = ledger.clock.now()
    fields: dict[str, Value] = {"kind": kind, "title": title}
    require_product(ledger, tx, product_of(tx, stream), Step.ATTACH, actor, now, fields)
    media_type = media_type_of(content)
    if media_type is None:
        raise CallerError(
            "the file is neither PDF, PNG, JPEG nor UTF-8 text: send one of these",
            "文件格式不支持，请上传 PDF、PNG、JPEG 或 UTF-8 文本",
        )
    document = ledger.documents.put(content, subject=stream, media_type=media_type, role=kind)
    (event,) = tx.append(
        [Draft("product.document_attached", stream, stream, actor, now, fields, documents=(document,))], now
    )
    return {"product": stream, "record": event.leaf, "sha256": document.sha256, "sm3": document.sm3, "kind": kind}


def mandate(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    basis: str,
    licence: str | None = None,
    membership: str | None = None,
    agreement_signed_on: str | None = None,
    valid_until: datetime | None = None,
) -> dict[str, Value]:
    """Record by what right this institution sells the product (募集 arts. 2, 7)."""
    now = ledger.clock.now()
    given = {
        "licence": licence,
        "membership": membership,
        "agreement_signed_on": agreement_signed_on,
        "valid_until": None if valid_until is None else to_text(valid_until),
    }
    fields: dict[str, Value] = {"basis": basis, **{name: value for name, value in given.items() if value is not None}}
    require_product(ledger, tx, product_of(tx, stream), Step.MANDATE, actor, now, fields)
    (event,) = tx.append([Draft("product.mandate_recorded", stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf}


def report_size(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    as_of: str,
    net_assets: Money,
    year_average: Money | None = None,
    days_below: int | None = None,
) -> dict[str, Value]:
    """Record the manager's notice of the fund's size; a fund that stays too small takes no subscription."""
    now = ledger.clock.now()
    fields: dict[str, Value] = {"as_of": as_of, "net_assets": {**net_assets.as_json()}}
    if year_average is not None:
        fields["year_average"] = {**year_average.as_json()}
    if days_below is not None:
        fields["days_below"] = days_below
    require_product(ledger, tx, product_of(tx, stream), Step.REPORT_SIZE, actor, now, fields)
    (event,) = tx.append([Draft("product.size_reported", stream, stream, actor, now, fields)], now)
    return {"product": stream, "record": event.leaf}
