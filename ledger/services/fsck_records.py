"""`fsck`, first part: every record by itself and in its stream."""

from collections.abc import Iterator

from ledger.errors import IntegrityError, LedgerError
from ledger.ports.outside import Documents
from ledger.ports.store import StoredRecord
from verifier import disclosure, merkle, record
from verifier.digests import digests
from verifier.errors import VerifierError
from verifier.record import Record


class RecordCheck:
    """Takes records in order of index; ``problems`` grows by one sentence per difference."""

    def __init__(self, documents: Documents, problems: list[str]) -> None:
        """Documents are read through the port, so each is decrypted and re-hashed."""
        self._documents = documents
        self._problems = problems
        self._heads: dict[str, Record] = {}
        self._leaves: set[bytes] = set()
        self.parsed: Record | None = None
        self.withheld = 0
        self.documents: set[tuple[str, str]] = set()

    def leaves(self, stored: StoredRecord) -> tuple[bytes, bytes]:
        """Check one record and return its derived leaf hashes; ``parsed`` is what it says, if it can be read."""
        self.parsed = None
        self._problems += (f"record {stored.index}: {what}" for what in self._differences(stored))
        leaf = merkle.SHA256.leaf(stored.bytes)
        self._leaves.add(leaf)
        return leaf, merkle.SM3.leaf(stored.bytes)

    def _differences(self, stored: StoredRecord) -> Iterator[str]:
        for suite, kept in zip(merkle.SUITES, (stored.leaf_sha256, stored.leaf_sm3), strict=True):
            if suite.leaf(stored.bytes).hex() != kept:
                yield f"its bytes no longer have the {suite.name} leaf hash {kept[:16]}…"
        try:
            known = record.parse(stored.bytes)
        except VerifierError as error:
            yield error.message
            return
        self.parsed = known
        if (known.stream, known.seq) != (stored.stream, stored.seq):
            yield f"it is kept as {stored.stream[:8]}…/{stored.seq} but says {known.stream[:8]}…/{known.seq}"
        yield from self._chain(known)
        yield from self._disclosed(stored, known)
        if not stored.withheld:
            yield from self._named(stored, known)

    def _chain(self, known: Record) -> Iterator[str]:
        before = self._heads.get(known.stream)
        self._heads[known.stream] = known
        seq, prev = (0, record.ZERO) if before is None else (before.seq + 1, before.leaf_sha256)
        if known.seq != seq:
            yield f"seq is {known.seq} where stream {known.stream[:8]}… stands at {seq}"
        if known.prev != prev:
            yield f"prev is not the leaf hash of the record before it in stream {known.stream[:8]}…"
        if before is not None and known.recorded_at < before.recorded_at:
            yield f"recorded_at goes back within stream {known.stream[:8]}…"
        for ref in known.refs:
            if bytes.fromhex(ref.leaf) not in self._leaves:
                yield f"its ref {ref.role!r} names no record before it"

    def _disclosed(self, stored: StoredRecord, known: Record) -> Iterator[str]:
        if stored.withheld:
            self.withheld += 1
            return
        if stored.damage is not None:
            yield stored.damage
            return
        try:
            opened = disclosure.open_fields(known.fields, [list(d) for d in stored.disclosures])
        except VerifierError as error:
            yield error.message
            return
        if missing := known.fields.keys() - opened.keys():
            yield f"nothing discloses {', '.join(sorted(missing))}"

    def _named(self, stored: StoredRecord, known: Record) -> Iterator[str]:
        for document in known.documents:
            name = (stored.subject, document.sha256)
            if name in self.documents:
                continue
            self.documents.add(name)
            try:
                found = digests(self._documents.get(document.sha256, subject=stored.subject))
                if (found.sm3, found.bytes) != (document.sm3, document.bytes):
                    raise IntegrityError("its SM3 digest or length is not the recorded one")
            except LedgerError as error:
                yield f"document {document.sha256[:16]}… ({document.role}): {error.message}"
