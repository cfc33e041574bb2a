"""Small PDFs, and PAdES signatures in them by incremental update."""

from datetime import datetime

from tests.vector_source import asn1
from tests.vector_source.keys import TSA

ROOM = 6144


def pdf(text: str, attached: bytes | None = None) -> bytes:
    """Write a one-page PDF, with ``evidence.json`` attached if given."""
    words = b"BT /F1 12 Tf 72 720 Td (" + text.encode("ascii") + b") Tj ET"
    catalog = b"<< /Type /Catalog /Pages 2 0 R"
    fonts = b"<< /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    if attached is not None:
        catalog += b" /Names << /EmbeddedFiles << /Names [(evidence.json) 7 0 R] >> >>"
        objects.append(
            b"<< /Type /EmbeddedFile /Subtype /application#2Fjson /Length %d >>\nstream\n%s\nendstream"
            % (len(attached), attached)
        )
        objects.append(b"<< /Type /Filespec /F (evidence.json) /UF (evidence.json) /EF << /F 6 0 R >> >>")
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate([catalog + b" >>", *objects], 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)
    return bytes(out)


def signed(content: bytes, signer: asn1.Identity, at: datetime, number: int = 20) -> bytes:
    """Append a signature with a timestamp; ``number`` is a free object number."""
    previous = int(content.rpartition(b"startxref\n")[2].split()[0])
    head = b"%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached " % number
    offset = len(content)
    hole = offset + len(head) + len(b"/ByteRange [0 0000000000 0000000000 0000000000] /Contents ")
    tail = b" >>\nendobj\n"
    after = hole + ROOM + 2
    start = after + len(tail)
    tail += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        *(number, offset, number + 1, previous, start),
    )
    ranges = b"/ByteRange [0 %d %d %d]" % (hole, after, len(tail))
    before = content + head + ranges.ljust(hole - offset - len(head) - len(b"/Contents ")) + b"/Contents "
    value = asn1.signature_in(signer, before + tail)
    stamp = asn1.token(TSA, asn1.sha256(value), at, number)
    cms = asn1.cms(signer, before + tail, timestamp=stamp)
    return before + b"<" + cms.hex().upper().encode("ascii").ljust(ROOM, b"0") + b">" + tail
