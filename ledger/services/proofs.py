"""Proof of assets or income: the original bytes are stored, encrypted, before the record that names them."""

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.money import Money
from ledger.errors import CallerError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of
from ledger.services.ledger import Ledger
from ledger.services.media import MAGIC


def upload(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    content: bytes,
    kind: str,
    as_of: str,
    amount: Money,
    years: str | None = None,
) -> dict[str, Value]:
    """Store a proof document and record it. The media type is read from the bytes, never believed."""
    now = ledger.clock.now()
    investor_of(tx, stream)
    media_type = next((m for magic, m in MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise CallerError(
            "the file is neither PDF, PNG nor JPEG: send one of these", "文件格式不支持，请上传 PDF、PNG 或 JPEG"
        )
    if media_type == "application/pdf" and (active := ledger.papers.active_parts(content)):
        raise CallerError(
            f"the PDF holds active parts ({', '.join(active)}): print it to a new PDF and send that",
            "PDF 含有脚本、附件等可执行内容，请打印为新的 PDF 后上传",
            active=list(active),
        )
    document = ledger.documents.put(content, subject=stream, media_type=media_type, role="proof")
    fields: dict[str, Value] = {"kind": kind, "as_of": as_of, "amount": {**amount.as_json()}}
    if years is not None:
        fields["years"] = years
    (event,) = tx.append([Draft("proof.uploaded", stream, stream, actor, now, fields, documents=(document,))], now)
    return {"proof": event.leaf, "sha256": document.sha256, "sm3": document.sm3, "bytes": document.bytes}
