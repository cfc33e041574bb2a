"""PAdES-signed PDFs (ETSI EN 319 142-1, level B-T), checked so that no byte of the file is free (`docs/format.md` §9).

This is no PDF reader. A signature dictionary cannot be compressed, so its `/ByteRange` is found in the bytes; what lies
between its two ranges must be exactly one CMS signature in hex, and the last signature must cover the whole file.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from verifier import certificates, cms, timestamp
from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError

MAX_SIGNATURES: Final = 16
MAX_EMBEDDED: Final = 64 * 1024 * 1024
EVIDENCE: Final = b"evidence.json"

_RANGE: Final = re.compile(rb"/ByteRange\s{0,8}\[\s{0,8}0 (\d{1,10}) (\d{1,10}) (\d{1,10})\s{0,64}\]")
_HEX: Final = re.compile(rb"<[0-9A-F]*>")
_EMBEDDED: Final = re.compile(rb"/Type\s{0,8}/EmbeddedFile\b")
_LENGTH: Final = re.compile(rb"/Length\s{1,8}(\d{1,10})\b(?!\s+\d+\s+R)")
_FILTER: Final = re.compile(rb"/Filter\s{0,8}(/\w+|\[\s{0,8}/\w+\s{0,8}\])")
_MAX_DICTIONARY: Final = 4096


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature that holds: who signed the first ``covers`` bytes of the file, and when."""

    covers: int
    key: str
    signer: x509.Certificate
    time: datetime
    authority: str


def is_pdf(data: bytes) -> bool:
    """Tell a PDF from an evidence bundle by its first bytes."""
    return data.startswith(b"%PDF-")


def verify(
    data: bytes, roots: Sequence[x509.Certificate], timestamp_roots: Sequence[x509.Certificate]
) -> tuple[PdfSignature, ...]:
    """Return the signatures in their order; together they cover every byte, or `VerificationError` says which not."""
    ranges = [(m.start(), *(int(g) for g in m.groups())) for m in _RANGE.finditer(data)]
    if not is_pdf(data) or not 0 < len(ranges) <= MAX_SIGNATURES:
        raise VerificationError("pdf_unsigned", f"not a PDF with 1 to {MAX_SIGNATURES} signatures", found=len(ranges))
    if data.count(b"/ByteRange") != len(ranges):
        raise MalformedError("bad_byte_range", "a /ByteRange is not of the form [0 a b c]")
    signatures = []
    before = 0
    for at, first, second, length in ranges:
        end = second + length
        if not before < at < end or not before < first < second < end or end > len(data):
            raise VerificationError("bad_byte_range", "a /ByteRange does not cover exactly one revision", byte=at)
        signatures.append(_verify_one(data[:end], first, second, roots, timestamp_roots))
        before = end
    if before != len(data):
        raise VerificationError("pdf_not_covered", f"{len(data) - before} bytes follow the last signature", byte=before)
    return tuple(signatures)


def evidence(data: bytes) -> bytes:
    """Return the attached ``evidence.json``: the only embedded file, stored plainly or with Flate."""
    found = [m.start() for m in _EMBEDDED.finditer(data)]
    if len(found) != 1 or data.count(b"(" + EVIDENCE + b")") == 0:
        raise MalformedError("no_evidence", f"the PDF holds {len(found)} embedded files, not exactly evidence.json")
    opens = data.rfind(b" obj", 0, found[0])
    starts = data.find(b"stream", found[0], found[0] + _MAX_DICTIONARY)
    if opens < 0 or starts < 0 or starts - opens > 2 * _MAX_DICTIONARY:
        raise MalformedError("bad_embedded_file", "the embedded file is not a stream object")
    dictionary = data[opens:starts]
    body = starts + len(b"stream") + (2 if data[starts + 6 : starts + 8] == b"\r\n" else 1)
    length, kind = _LENGTH.findall(dictionary), _FILTER.findall(dictionary)
    end = body + int(length[0]) if len(length) == 1 else -1
    if end < 0 or data[end : end + 16].lstrip(b"\r\n")[:9] != b"endstream":
        raise MalformedError("bad_embedded_file", "the embedded file's length is missing, indirect or wrong")
    match kind:
        case []:
            return data[body:end]
        case [name] if name.strip(b"[] \r\n") == b"/FlateDecode" and b"/DecodeParms" not in dictionary:
            return _inflate(data[body:end])
        case _:
            raise MalformedError("bad_embedded_file", "the embedded file has another filter than Flate")


def _verify_one(
    revision: bytes,
    first: int,
    second: int,
    roots: Sequence[x509.Certificate],
    timestamp_roots: Sequence[x509.Certificate],
) -> PdfSignature:
    signed = cms.parse(_contents(revision[first:second]))
    if signed.content_type != cms.DATA or signed.content is not None:
        raise MalformedError("bad_cms", "the PDF's signature is not a detached one")
    signer = cms.verify(signed, revision[:first] + revision[second:])
    if signed.timestamp is None:
        raise VerificationError("no_timestamp", "the PDF's signature carries no timestamp")
    stamp = timestamp.verify(signed.timestamp, sha256(signed.signature), timestamp_roots)
    certificates.verify_chain(signer, signed.others, roots, stamp.time)
    return PdfSignature(len(revision), certificates.key_digest(signer), signer, stamp.time, stamp.authority)


def _contents(gap: bytes) -> bytes:
    """Return the CMS bytes of `/Contents`: upper-case hex of one DER element, padded with zeros to the end."""
    if len(gap) > 2 * cms.MAX_CMS or not _HEX.fullmatch(gap):
        raise MalformedError("bad_contents", "the gap of a /ByteRange is not upper-case hex between < and >")
    digits = gap[1:-1]
    if len(digits) % 2:
        raise MalformedError("bad_contents", "the hex of a signature has an odd number of digits")
    raw = bytes.fromhex(digits.decode("ascii"))
    size = _der_size(raw)
    if any(raw[size:]):
        raise MalformedError("bad_contents", "something other than zeros follows the signature")
    return raw[:size]


def _der_size(raw: bytes) -> int:
    """Return how long the first element says it is; `cms.parse` then holds it to strict DER."""
    count = raw[1] & 0x7F if len(raw) > 1 and raw[1] & 0x80 else 0
    length = int.from_bytes(raw[2 : 2 + count], "big") if count else (raw[1] if len(raw) > 1 else 0)
    return 2 + count + length


def _inflate(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, MAX_EMBEDDED)
    except zlib.error:
        raise MalformedError("bad_embedded_file", "the embedded file cannot be unpacked") from None
    if not stream.eof or stream.unused_data:
        raise MalformedError("bad_embedded_file", "the embedded file is cut off, too large or followed by more")
    return content
