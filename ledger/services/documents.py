"""Reading a stored document; reading somebody's personal data is itself recorded (`design.md` §10)."""

from dataclasses import dataclass

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Draft
from ledger.errors import ForbiddenError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.ledger import SYSTEM, Ledger


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The bytes with what the record says of them."""

    ref: DocumentRef
    content: bytes


def read(ledger: Ledger, tx: Transaction, actor: Actor, *, sha256: str, subject: str) -> StoredDocument:
    """Return a document of an investor; re-hashed on read, and the reading logged unless it is their own."""
    if actor.role is Role.INVESTOR and actor.id != subject:
        raise ForbiddenError("this document is another investor's", "该文件不属于此投资者")
    if tx.kind_of(subject) is not Stream.INVESTOR:
        raise NotFoundError("there is no such subject", "没有该主体")
    content = ledger.documents.get(sha256, subject=subject)
    if actor.role is not Role.INVESTOR:
        now = ledger.clock.now()
        fields = {"reader": actor.id, "subject": subject, "purpose": "document_read"}
        tx.append([Draft("access.logged", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)
    media_type = "application/pdf" if content.startswith(b"%PDF-") else "application/octet-stream"
    return StoredDocument(DocumentRef(sha256, "", len(content), media_type, "read"), content)


def named_by(reader: Reader, stream: str) -> tuple[DocumentRef, ...]:
    """Return the documents that a stream's records name, each once."""
    found = {d.sha256: d for event in reader.events(stream) for d in event.documents}
    return tuple(found.values())
