"""Reading a stored document; reading somebody's personal data is itself recorded (`design.md` §10)."""

from dataclasses import dataclass

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Draft
from ledger.errors import ForbiddenError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services.guard import investor_of
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.media import media_type_of


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The bytes with what the record says of them."""

    ref: DocumentRef
    content: bytes


def read(ledger: Ledger, tx: Transaction, actor: Actor, *, sha256: str, subject: str) -> StoredDocument:
    """Return a document, re-hashed on read. Reading an investor's is logged unless it is their own.

    An investor reads their own, and those of products that were shown to them.
    """
    if actor.role is Role.INVESTOR:
        if subject != actor.id and subject not in investor_of(tx, actor.id).shown:
            raise ForbiddenError("this document is another investor's", "该文件不属于此投资者")
    elif tx.kind_of(subject) is Stream.INVESTOR:
        now = ledger.clock.now()
        fields = {"reader": actor.id, "subject": subject, "purpose": "document_read"}
        tx.append([Draft("access.logged", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)
    elif tx.kind_of(subject) is not Stream.PRODUCT:
        raise NotFoundError("there is no such subject", "没有该主体")
    content = ledger.documents.get(sha256, subject=subject)
    media_type = media_type_of(content) or "application/octet-stream"
    return StoredDocument(DocumentRef(sha256, "", len(content), media_type, "read"), content)


def named_by(reader: Reader, stream: str) -> tuple[DocumentRef, ...]:
    """Return the documents that a stream's records name, each once."""
    found = {d.sha256: d for event in reader.events(stream) for d in event.documents}
    return tuple(found.values())
