import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from ledger.errors import CallerError, IntegrityError
from ledger.ports.outside import PreparedPdf
from ledger.signing import DevelopmentCA, DevelopmentTSA, PadesSigning
from ledger.signing.client import Device
from verifier import pdf as verifier_pdf
from verifier.errors import VerificationError
from verifier.statement import P256_ORDER

MINUTE = timedelta(minutes=1)


def certificates(pems: tuple[str, ...]) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(text.encode()) for text in pems]


@pytest.fixture
def prepared(signing: PadesSigning, pdf: bytes, chain: tuple[str, ...], at: datetime) -> PreparedPdf:
    return signing.prepare(pdf, chain_pem=chain, field="Investor", reason="确认风险揭示书", at=at)


@pytest.fixture
def signed(signing: PadesSigning, prepared: PreparedPdf, device: Device, at: datetime) -> bytes:
    return signing.assemble(prepared, device.sign(prepared.to_sign), at + MINUTE)


def pdfsig(file: Path) -> str:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig is not installed: install poppler-utils to check signatures as a reader does")
    command = ["pdfsig", "-nocert", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_shown_bytes_are_a_prefix(pdf: bytes, prepared: PreparedPdf, signed: bytes) -> None:
    assert prepared.pdf.startswith(pdf)
    assert signed.startswith(pdf)
    assert len(signed) == len(prepared.pdf)


def test_pdfsig_says_that_signature_and_seal_are_valid(
    tmp_path: Path, signing: PadesSigning, signed: bytes, at: datetime
) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(signing.seal(signed, field="Seal", reason="countersigned", at=at + 2 * MINUTE))
    said = pdfsig(file)
    assert said.count("Signature Validation: Signature is Valid.") == 2, said
    assert said.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in said
    assert "张䶮" in said


def test_pdfsig_sees_a_changed_byte(tmp_path: Path, signed: bytes) -> None:
    file = tmp_path / "changed.pdf"
    changed = bytearray(signed)
    changed[200] ^= 1
    file.write_bytes(changed)
    assert "Signature is Valid" not in pdfsig(file)


def test_pyhanko_finds_signature_timestamp_and_chain_good(
    signing: PadesSigning, signed: bytes, ca: DevelopmentCA, tsa: DevelopmentTSA, at: datetime
) -> None:
    sealed = signing.seal(signed, field="Seal", reason="countersigned", at=at + 2 * MINUTE)
    roots = [asn1_x509.Certificate.load(pem.unarmor(t.encode())[2]) for t in (*ca.roots_pem(), *tsa.roots_pem())]
    context = ValidationContext(trust_roots=roots, moment=at + 3 * MINUTE)
    found = PdfFileReader(BytesIO(sealed)).embedded_signatures
    assert [s.field_name for s in found] == ["Investor", "Seal"]
    for signature, when in zip(found, (at + MINUTE, at + 2 * MINUTE), strict=True):
        status = validate_pdf_signature(signature, context, context)
        assert status.bottom_line, status.summary()
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.timestamp == when


def test_our_verifier_agrees(
    signing: PadesSigning, signed: bytes, ca: DevelopmentCA, tsa: DevelopmentTSA, device: Device, at: datetime
) -> None:
    sealed = signing.seal(signed, field="Seal", reason="countersigned", at=at + timedelta(days=3))
    found = verifier_pdf.verify(sealed, certificates(ca.roots_pem()), certificates(tsa.roots_pem()))
    assert [s.time for s in found] == [at + MINUTE, at + timedelta(days=3)]
    assert found[0].key == device.thumbprint()
    assert found[0].covers == len(signed)


def test_our_verifier_refuses_any_changed_byte(signed: bytes, ca: DevelopmentCA, tsa: DevelopmentTSA) -> None:
    roots, timestamp_roots = certificates(ca.roots_pem()), certificates(tsa.roots_pem())
    for position in range(0, len(signed), 97):
        changed = bytearray(signed)
        changed[position] ^= 0x10
        with pytest.raises(VerificationError):
            verifier_pdf.verify(bytes(changed), roots, timestamp_roots)


def test_the_signed_attributes_hold_only_what_pades_asks_for(prepared: PreparedPdf) -> None:
    attributes = asn1_cms.CMSAttributes.load(prepared.to_sign, strict=True)
    assert {a["type"].native for a in attributes} == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes.dump(force=True) == prepared.to_sign


def test_the_computers_clock_does_not_get_in(pdf: bytes, signed: bytes) -> None:
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.sig_object["/M"] == "D:20261122030405Z"
    assert signed.find(b"/ModDate", len(pdf)) == -1


def test_a_signature_by_another_key_is_refused(signing: PadesSigning, prepared: PreparedPdf, at: datetime) -> None:
    with pytest.raises(CallerError, match="certified"):
        signing.assemble(prepared, Device().sign(prepared.to_sign), at)


def test_a_signature_over_other_bytes_is_refused(
    signing: PadesSigning, prepared: PreparedPdf, device: Device, at: datetime
) -> None:
    for signature in (device.sign(prepared.to_sign + b"!"), b"", b"\x30\x00", bytes(70)):
        with pytest.raises(CallerError, match="sign exactly the bytes"):
            signing.assemble(prepared, signature, at)


def test_a_signature_with_high_s_is_refused(
    signing: PadesSigning, prepared: PreparedPdf, device: Device, at: datetime
) -> None:
    r, s = decode_dss_signature(device.sign(prepared.to_sign))
    high = encode_dss_signature(r, P256_ORDER - s)
    device.key.public_key().verify(high, prepared.to_sign, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(CallerError, match="upper half"):
        signing.assemble(prepared, high, at)


def test_an_expired_certificate_neither_prepares_nor_assembles(
    signing: PadesSigning, pdf: bytes, prepared: PreparedPdf, chain: tuple[str, ...], device: Device, at: datetime
) -> None:
    until = certificates(chain)[0].not_valid_after_utc
    signature = device.sign(prepared.to_sign)
    assert signing.assemble(prepared, signature, until)
    for late in (until + timedelta(microseconds=1), at + timedelta(days=30)):
        with pytest.raises(CallerError, match="new one"):
            signing.assemble(prepared, signature, late)
        with pytest.raises(CallerError, match="new one"):
            signing.prepare(pdf, chain_pem=chain, field="Late", reason="late", at=late)


def test_prepared_bytes_that_changed_meanwhile_are_refused(
    signing: PadesSigning, prepared: PreparedPdf, device: Device, at: datetime
) -> None:
    changed = bytearray(prepared.pdf)
    changed[200] ^= 1
    with pytest.raises(IntegrityError, match="prepare it again"):
        signing.assemble(replace(prepared, pdf=bytes(changed)), device.sign(prepared.to_sign), at)


def test_a_second_preparation_cannot_be_passed_off_as_the_first(
    signing: PadesSigning, pdf: bytes, prepared: PreparedPdf, chain: tuple[str, ...], device: Device, at: datetime
) -> None:
    other = signing.prepare(pdf, chain_pem=chain, field="Investor", reason="another reason", at=at)
    assert other.to_sign != prepared.to_sign
    with pytest.raises(CallerError):
        signing.assemble(other, device.sign(prepared.to_sign), at)


def test_a_field_takes_one_signature(
    signing: PadesSigning, signed: bytes, chain: tuple[str, ...], at: datetime
) -> None:
    with pytest.raises(CallerError, match="Investor"):
        signing.prepare(signed, chain_pem=chain, field="Investor", reason="again", at=at)


@pytest.mark.parametrize(
    "content", [b"", b"not a PDF", b"%PDF-1.7\n", b"%PDF-1.7\nxref\ntrailer\n<<>>\nstartxref\n9\n%%EOF"]
)
def test_what_is_not_a_pdf_is_refused(
    signing: PadesSigning, content: bytes, chain: tuple[str, ...], at: datetime
) -> None:
    with pytest.raises(CallerError, match="PDF"):
        signing.prepare(content, chain_pem=chain, field="Investor", reason="x", at=at)


@pytest.mark.parametrize("bad", [(), ("nonsense",), ("证书",)])
def test_a_bad_chain_is_refused(signing: PadesSigning, pdf: bytes, bad: tuple[str, ...], at: datetime) -> None:
    with pytest.raises(CallerError, match="certificate"):
        signing.prepare(pdf, chain_pem=bad, field="Investor", reason="x", at=at)


def test_the_state_survives_a_restart(
    signing: PadesSigning, prepared: PreparedPdf, device: Device, ca: DevelopmentCA, tsa: DevelopmentTSA, at: datetime
) -> None:
    again = PadesSigning(ca, tsa)
    copy = PreparedPdf(bytes(prepared.pdf), bytes(prepared.to_sign), bytes(prepared.state))
    signature = device.sign(prepared.to_sign)
    lengths = {len(s.assemble(p, signature, at)) for s, p in ((signing, prepared), (again, copy))}
    assert lengths == {len(prepared.pdf)}


def test_the_digest_is_over_everything_but_the_gap(prepared: PreparedPdf) -> None:
    start = prepared.pdf.index(b"/Contents <") + len(b"/Contents ")
    end = prepared.pdf.index(b">", start) + 1
    digest = sha256(prepared.pdf[:start] + prepared.pdf[end:]).digest()
    assert digest in prepared.to_sign
