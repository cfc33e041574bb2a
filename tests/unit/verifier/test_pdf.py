import zlib
from datetime import UTC, datetime, timedelta

import pytest

from tests.signers import LEAF, ROOTS, TSA_ROOTS, refused
from tests.vector_source import asn1, keys, papers
from verifier import certificates, pdf
from verifier.errors import MalformedError, VerificationError

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SHOWN = papers.pdf("Fund contract")
SIGNED = papers.signed(SHOWN, LEAF, AT)
BOTH = papers.signed(SIGNED, keys.INSTITUTION, AT + timedelta(hours=1), 30)


def check(data: bytes) -> tuple[pdf.PdfSignature, ...]:
    return pdf.verify(data, ROOTS, TSA_ROOTS)


def test_one_signature_covers_the_whole_file() -> None:
    (found,) = check(SIGNED)
    assert found.covers == len(SIGNED)
    assert found.key == certificates.key_digest(LEAF.certificate)
    assert found.time == AT
    assert SIGNED.startswith(SHOWN)


def test_two_signatures_cover_it_one_after_the_other() -> None:
    first, second = check(BOTH)
    assert (first.covers, second.covers) == (len(SIGNED), len(BOTH))
    assert second.signer == keys.INSTITUTION.certificate


def test_no_byte_of_a_signed_pdf_is_free() -> None:
    padding = range(SIGNED.index(b"0" * 200) + 100, SIGNED.index(b"> >>\nendobj") - 100)
    for at in (*range(padding.start), *padding[::200], *range(padding.stop, len(SIGNED))):
        with pytest.raises(VerificationError):
            check(SIGNED[:at] + bytes([SIGNED[at] ^ 1 << at % 8]) + SIGNED[at + 1 :])


def test_a_pdf_without_a_signature() -> None:
    refused(lambda: check(SHOWN), "pdf_unsigned")
    refused(lambda: check(SIGNED[1:]), "pdf_unsigned")


def test_bytes_after_or_before_the_end() -> None:
    refused(lambda: check(SIGNED + b"\n"), "pdf_not_covered")
    refused(lambda: check(SIGNED[:-1]), "bad_byte_range")


def test_a_second_byte_range_that_covers_nothing_new() -> None:
    at = SIGNED.index(b"/ByteRange [0")
    again = SIGNED[at : SIGNED.index(b"]", at) + 1]
    refused(lambda: check(SIGNED + again), "bad_byte_range")
    refused(lambda: check(SIGNED + b"/ByteRange null"), "bad_byte_range")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"/Contents <3", b"/Contents <z", "bad_contents"),
        (b"/Contents <3082", b"/Contents <308a", "bad_contents"),
        (b"0> >>", b"1> >>", "bad_contents"),
    ],
)
def test_the_gap_holds_the_signature_and_zeros_only(old: bytes, new: bytes, code: str) -> None:
    refused(lambda: check(SIGNED.replace(old, new, 1)), code)


def test_the_gap_has_an_even_number_of_digits() -> None:
    refused(lambda: pdf._contents(b"<308>"), "bad_contents")
    refused(lambda: pdf._contents(b"<" + b"0" * 600_000 + b">"), "bad_contents")
    assert pdf._contents(b"<0500>") == b"\x05\x00"
    assert pdf._contents(b"<00>") == b"\x00"


def with_cms(cms: bytes) -> bytes:
    """Put another CMS into the gap, of a file whose signed bytes stay the same."""
    start = SIGNED.index(b"/Contents <") + len(b"/Contents <")
    return SIGNED[:start] + cms.hex().upper().encode().ljust(papers.ROOM, b"0") + SIGNED[start + papers.ROOM :]


def covered() -> bytes:
    start = SIGNED.index(b"/Contents <") + len(b"/Contents ")
    return SIGNED[:start] + SIGNED[start + papers.ROOM + 2 :]


def test_the_signature_must_be_detached_and_stamped() -> None:
    refused(lambda: check(with_cms(asn1.cms(LEAF, covered()))), "no_timestamp")
    refused(lambda: check(with_cms(asn1.token(keys.TSA, asn1.sha256(covered()), AT, 1))), "bad_cms")


def test_the_certificate_must_have_been_valid_when_stamped() -> None:
    value = asn1.signature_in(LEAF, covered())
    late = asn1.token(keys.TSA, asn1.sha256(value), keys.BORN + timedelta(days=3650, seconds=1), 1)
    with pytest.raises(VerificationError) as caught:
        check(with_cms(asn1.cms(LEAF, covered(), timestamp=late)))
    assert caught.value.code == "certificate_not_valid"


class TestEvidence:
    CONTENT = b'{"v":1}'

    def test_it_is_the_only_embedded_file(self) -> None:
        assert pdf.evidence(papers.pdf("Report", self.CONTENT)) == self.CONTENT

    def packed(self, packed: bytes, filters: bytes = b"/Filter [ /FlateDecode ]") -> bytes:
        return papers.pdf("Report", self.CONTENT).replace(
            b"/Length 7 >>\nstream\n" + self.CONTENT, filters + b" /Length %d >>\nstream\r\n%s" % (len(packed), packed)
        )

    def test_flate_is_unpacked(self) -> None:
        assert pdf.evidence(self.packed(zlib.compress(self.CONTENT))) == self.CONTENT
        assert pdf.evidence(self.packed(zlib.compress(self.CONTENT), b"/Filter /FlateDecode")) == self.CONTENT

    @pytest.mark.parametrize(
        ("packed", "filters"),
        [
            (b"not flate", b"/Filter /FlateDecode"),
            (zlib.compress(CONTENT)[:-3], b"/Filter /FlateDecode"),
            (zlib.compress(CONTENT) + b"more", b"/Filter /FlateDecode"),
            (CONTENT, b"/Filter /LZWDecode"),
            (zlib.compress(CONTENT), b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>"),
            (zlib.compress(CONTENT), b"/Filter /FlateDecode /Filter /FlateDecode"),
            (CONTENT, b"/Length 7"),
        ],
    )
    def test_anything_else_is_refused(self, packed: bytes, filters: bytes) -> None:
        with pytest.raises(MalformedError) as caught:
            pdf.evidence(self.packed(packed, filters))
        assert caught.value.code == "bad_embedded_file"

    def test_a_bomb_is_not_unpacked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "MAX_EMBEDDED", 1000)
        with pytest.raises(MalformedError, match="too large"):
            pdf.evidence(self.packed(zlib.compress(b"0" * 100_000)))

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            (b"/Type /EmbeddedFile", b"/Type /Other", "no_evidence"),
            (b"(evidence.json)", b"(other.json)", "no_evidence"),
            (b"/Length 7 >>\nstream", b"/Length 8 0 R >>\nstream", "bad_embedded_file"),
            (b"/Length 7 >>\nstream", b"/Length 70 >>\nstream", "bad_embedded_file"),
            (b"/Length 7 >>\nstream", b"/Length 7 >>\nStream" + b" " * 5000, "bad_embedded_file"),
        ],
    )
    def test_a_file_without_it(self, old: bytes, new: bytes, code: str) -> None:
        with pytest.raises(MalformedError) as caught:
            pdf.evidence(papers.pdf("Report", self.CONTENT).replace(old, new))
        assert caught.value.code == code

    def test_two_embedded_files_are_refused(self) -> None:
        with pytest.raises(MalformedError):
            pdf.evidence(papers.pdf("Report", self.CONTENT) * 2)
