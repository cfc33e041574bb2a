"""Steps on paper: documents, signature statements, signed PDFs, the report itself."""

from typing import Any, Final

from cryptography.x509.oid import NameOID

from verifier import certificates, pdf, record, statement
from verifier.digests import digests, sha256
from verifier.errors import UndecidedError, VerificationError
from verifier.record import Document, Record
from verifier.steps import approvals, reading
from verifier.steps.case import Case, Found, at, place
from verifier.steps.log import CLOCK_TOLERANCE

SIGNED: Final = "document.signed"


def documents(case: Case) -> Found:
    """Step 13."""
    named: dict[str, list[Document]] = {}
    for _, now in case.records:
        for document in now.documents:
            named.setdefault(document.sha256, []).append(document)
    seen: set[str] = set()
    for number, held in enumerate(case.bundle.documents):
        with at(f"documents[{number}]", sha256=held.sha256):
            found = digests(held.content)
            if found.sha256 != held.sha256:
                raise VerificationError(
                    "document_differs", "the content is not what the digest says", found=found.sha256
                )
            if held.sha256 in seen or held.sha256 not in named:
                raise VerificationError("unnamed_document", "no record names this document, or it is there twice")
            for document in named[held.sha256]:
                said = (document.sm3, document.bytes, document.media_type)
                if said != (found.sm3, found.bytes, held.media_type):
                    raise VerificationError("document_differs", "a record names another SM3, length or media type")
            seen.add(held.sha256)
    absent = sorted(named.keys() - seen)
    return f"{len(seen)} documents fit both digests, {len(absent)} are named by digest only", {"by_digest_only": absent}


def statements(case: Case) -> Found:
    """Step 14."""
    signed = case.of(SIGNED)
    roots = case.roots() if signed else []
    suites: set[str] = set()
    for now in signed:
        with at(place(now), leaf=now.leaf_sha256):
            purpose, suite, text, signature, chain, key = case.fields(
                now, "purpose", "suite", "statement", "signature", "certificate", "key"
            )
            texts = [purpose, suite, text, signature, key, *(chain if isinstance(chain, list) else [None])]
            if not all(isinstance(value, str) for value in texts):
                raise VerificationError("bad_member", "a field of the signature is not text")
            said = statement.parse(text.encode())
            leaf = statement.verify_chain(chain, roots, record.instant(said.signed_at, "signed_at"))
            statement.verify_signature(leaf, text.encode(), statement.unhex(signature))
            if certificates.key_digest(leaf) != key or statement.holder(leaf) != said.investor:
                raise VerificationError(
                    "wrong_key", "the certificate is for another key or investor than the record says"
                )
            if said.purpose != purpose:
                raise VerificationError("other_purpose", "the statement is for another purpose than the record says")
            _require_bound(case, now, said)
            approvals.require(case, now, suite, text.encode(), said)
            reading.require(case, now, said.documents[0].sha256)
            suites.add(suite)
    sentence = f"{len(signed)} statements signed by certified keys over what was shown and confirmed"
    return sentence + approvals.wallets(case), {
        "statements": len(signed),
        "suites": sorted(suites),
        "wallets": {wallet: level for (_, wallet), level in case.levels.items()},
    }


def _require_bound(case: Case, now: Record, said: statement.Statement) -> None:
    """Hold the statement against the sale's own records: parties, documents, items, identity, time."""
    opened = case.of("sale.opened", stream=now.stream)
    if len(opened) != 1:
        raise UndecidedError("sale_missing", "the bundle does not hold exactly one opening of this sale")
    parties = [now.stream, *case.fields(opened[0], "investor", "product")]
    if [said.sale, said.investor, said.product] != parties:
        raise VerificationError("other_sale", "the statement is for another sale, investor or product")
    shown = {(d.sha256, d.sm3) for d in now.documents if d.role == "shown"}
    if not shown or {(d.sha256, d.sm3) for d in said.documents if d.role == "shown"} != shown:
        raise VerificationError("other_document", "the statement binds other documents than the record says were shown")
    if len(said.documents) != len(shown) or not said.signed_at <= now.occurred_at:
        raise VerificationError("bad_statement", "the statement names more than was shown, or is later than its record")
    identity = [r for _, r in case.records if r.leaf_sha256 == said.identity_record]
    if not identity:
        raise UndecidedError(
            "identity_missing", "the bundle does not hold the identity record that the statement names"
        )
    verified = identity[0]
    if (verified.type, verified.stream) != ("investor.identity_verified", said.investor):
        raise VerificationError("other_identity", "the statement names an identity record of somebody else")
    if verified.recorded_at > said.signed_at:
        raise VerificationError("other_identity", "the identity was verified after the signature")
    _require_items(case, now, said)


def _require_items(case: Case, now: Record, said: statement.Statement) -> None:
    presented: dict[int, str] = {}
    shown: set[str] = set()
    since = -1  # only the paper presented last counts, and what was confirmed of it
    for before in [p for p in case.of("disclosure.presented", stream=now.stream) if p.seq < now.seq]:
        (items,) = case.fields(before, "items")
        shown = {d.sha256 for d in before.documents}
        presented = {item["item"]: item["text_sha256"] for item in _presented(items)}
        since = before.seq
    confirmed: dict[tuple[int, str], str] = {}
    for before in case.of("disclosure.item_confirmed", stream=now.stream):
        if since < before.seq < now.seq:
            item, digest = case.fields(before, "item", "text_sha256")
            if type(item) is not int or presented.get(item) != digest:
                raise VerificationError(
                    "other_item", "an item was confirmed in other words than were presented", item=item
                )
            confirmed[(item, digest)] = before.occurred_at
    bound = {(i.item, i.text_sha256): i.confirmed_at for i in said.items}
    wanted = confirmed if said.purpose == "risk_disclosure" else {}
    if len(bound) != len(said.items) or bound != wanted:
        raise VerificationError("other_item", "the statement lists other items than were confirmed before it")
    if said.purpose == "risk_disclosure" and not {d.sha256 for d in said.documents} <= shown:
        raise VerificationError("other_document", "the signed risk disclosure is not the one that was presented")


def _presented(items: Any) -> list[dict[str, Any]]:
    """Return the presented items; each carries the digest of its Chinese text."""
    for item in items if isinstance(items, list) else [None]:
        match item:
            case {"item": int(), "zh": str(words), "text_sha256": str(digest)} if (
                sha256(words.encode()).hex() == digest
            ):
                continue
        raise VerificationError("other_item", "a presented item does not carry the digest of its own text")
    return list(items)


def pdfs(case: Case) -> Found:
    """Step 15."""
    held = {d.sha256: d.content for d in case.bundle.documents}
    roots, timestamp_roots = case.roots(), case.timestamp_roots()
    missing: list[str] = []
    checked = 0
    for now in case.of(SIGNED, "contract.completed"):
        with at(place(now), leaf=now.leaf_sha256):
            for document in now.documents:
                if document.role not in {"signed", "completed"}:
                    continue
                if document.sha256 not in held:
                    missing.append(document.sha256)
                    continue
                found = pdf.verify(held[document.sha256], roots, timestamp_roots)
                _require_signers(case, now, held[document.sha256], found)
                checked += 1
    if missing:
        raise UndecidedError(
            "document_missing", f"{checked} signed PDFs hold, {len(missing)} are not in the bundle", missing=missing
        )
    return f"{checked} PDFs, every byte under a certified signature with a timestamp", {"pdfs": checked}


def _require_signers(case: Case, now: Record, content: bytes, found: tuple[pdf.PdfSignature, ...]) -> None:
    if now.type == SIGNED:
        (key,) = case.fields(now, "key")
        _require_prefix(content, now, "shown")
        if [s.key for s in found] != [key]:
            raise VerificationError("wrong_signer", "the PDF is not signed by exactly the key of the record")
    else:
        by_investor = [r for r in case.of(SIGNED, stream=now.stream) if r.leaf_sha256 in {ref.leaf for ref in now.refs}]
        if len(by_investor) != 1:
            raise UndecidedError("signature_missing", "the bundle does not hold the signature that was completed")
        (key,) = case.fields(by_investor[0], "key")
        _require_prefix(content, by_investor[0], "signed")
        if len(found) != 2 or found[0].key != key:  # noqa: PLR2004 - investor and institution
            raise VerificationError("wrong_signer", "the PDF is not signed by the investor and then by the institution")
        require_institution(found[1])
    written = record.instant(now.recorded_at, "recorded_at")
    if any(s.time - written > CLOCK_TOLERANCE for s in found):
        raise VerificationError("signed_after_recorded", "a timestamp is later than the record of the signature")


def require_institution(signature: pdf.PdfSignature) -> None:
    """Refuse a signature under an investor's event certificate, which names the investor's stream, as a seal."""
    if signature.signer.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER):
        raise VerificationError("wrong_signer", "the PDF is sealed under a certificate that was issued to an investor")


def report(case: Case) -> Found:
    """Step 20."""
    signatures = pdf.verify(case.data, case.roots(), case.timestamp_roots())
    for signature in signatures:
        require_institution(signature)
    last = signatures[-1]
    names = sorted({s.signer.subject.rfc4514_string() for s in signatures})
    sentence = f"every byte of the report is signed by {'; '.join(names)} at {last.time:%Y-%m-%d %H:%M:%S} UTC"
    return sentence, {"times": [s.time.isoformat() for s in signatures], "signers": names}


def _require_prefix(content: bytes, now: Record, role: str) -> None:
    """Refuse a PDF that does not begin with the very bytes that were shown or signed before."""
    before = [d for d in now.documents if d.role == role]
    if len(before) != 1 or digests(content[: before[0].bytes]).sha256 != before[0].sha256:
        raise VerificationError("other_document", f"the PDF does not begin with the bytes that were {role}")
