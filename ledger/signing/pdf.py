"""PAdES with the key outside (ETSI EN 319 142-1, level B-T): pyHanko writes the PDF, `cms` the signature in it."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from ledger.domain.instants import require_utc
from ledger.errors import CallerError, IntegrityError
from ledger.ports.outside import PreparedPdf, TimestampAuthority
from ledger.signing import cms, ecdsa
from verifier import statement
from verifier.errors import VerificationError

_ROOM_FOR_TOKEN = 8_192


class SealHolder(Protocol):
    """Who holds the institution's seal."""

    def seal(self, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, tuple[str, ...]]:
        """Return the seal key and its chain, leaf first."""
        ...


@dataclass(frozen=True, slots=True)
class _State:
    """Where the signature goes and whose it will be."""

    start: int
    end: int
    chain: tuple[str, ...]

    def dump(self) -> bytes:
        return json.dumps({"start": self.start, "end": self.end, "chain": self.chain}).encode("ascii")

    @classmethod
    def load(cls, state: bytes) -> "_State":
        value = json.loads(state)
        return cls(value["start"], value["end"], tuple(value["chain"]))


class PadesSigning:
    """`PdfSigning` port."""

    def __init__(self, seal_holder: SealHolder, tsa: TimestampAuthority) -> None:
        """Signatures get their time from ``tsa``."""
        self._seal_holder = seal_holder
        self._tsa = tsa

    def prepare(self, pdf: bytes, *, chain_pem: tuple[str, ...], field: str, reason: str, at: datetime) -> PreparedPdf:
        """Append an empty signature; the bytes given stay a prefix. `CallerError` for a bad PDF or a used field."""
        now = require_utc(at)
        chain = _chain(chain_pem)
        _require_in_force(chain[0], now)
        room = sum(len(c.public_bytes(serialization.Encoding.DER)) for c in chain) + _ROOM_FOR_TOKEN
        placeholder = SignatureObject(
            timestamp=now, subfilter=SigSeedSubFilter.PADES, reason=reason, bytes_reserved=2 * room
        )
        try:
            embedder = PdfCMSEmbedder().write_cms(field, _Writer(io.BytesIO(pdf)))
            next(embedder)
            embedder.send(SigObjSetup(placeholder))
            digest, output = embedder.send(SigIOSetup("sha256"))
        except (PdfError, SigningError, ValueError, LookupError) as error:
            raise CallerError(
                f"the PDF cannot take a signature in the field {field!r}: give an unencrypted PDF where it is free",
                "该 PDF 无法添加签名：请提供未加密且签名域未使用的 PDF",
            ) from error
        attributes = cms.signed_attributes("data", digest.document_digest, chain[0])
        state = _State(digest.reserved_region_start, digest.reserved_region_end, chain_pem)
        return PreparedPdf(output.getvalue(), attributes, state.dump())

    def assemble(self, prepared: PreparedPdf, signature_der: bytes, at: datetime) -> bytes:
        """Insert the signature with its timestamp.

        `CallerError` if it is not by the certified key over what was prepared, or the certificate is not in force;
        `IntegrityError` if the prepared bytes changed meanwhile.
        """
        now = require_utc(at)
        state = _State.load(prepared.state)
        chain = _chain(state.chain)
        _require_in_force(chain[0], now)
        pdf = prepared.pdf
        digest = sha256(pdf[: state.start] + pdf[state.end :]).digest()
        if prepared.to_sign != cms.signed_attributes("data", digest, chain[0]):
            raise IntegrityError(
                "the prepared PDF is not the one whose digest was given out to sign: prepare it again",
                "待签 PDF 与已发出的摘要不一致：请重新准备",
                sha256=digest.hex(),
            )
        _require_signed(chain[0], prepared.to_sign, signature_der)
        token = self._tsa.stamp(sha256(signature_der).digest(), now)
        content = cms.signed_data("data", None, cms.Signer(chain, prepared.to_sign, signature_der, token))
        room = state.end - state.start - 2
        return b"".join(
            (pdf[: state.start], b"<", content.hex().upper().ljust(room, "0").encode("ascii"), b">", pdf[state.end :])
        )

    def seal(self, pdf: bytes, *, field: str, reason: str, at: datetime) -> bytes:
        """Sign with the institution's seal key."""
        key, chain_pem = self._seal_holder.seal(at)
        prepared = self.prepare(pdf, chain_pem=chain_pem, field=field, reason=reason, at=at)
        return self.assemble(prepared, ecdsa.sign(key, prepared.to_sign), at)


def open_pdf_signing(ca: SealHolder, tsa: TimestampAuthority) -> PadesSigning:
    """Put the parts together."""
    return PadesSigning(ca, tsa)


class _Writer(IncrementalPdfFileWriter):
    """Leaves the document's own metadata alone; pyHanko would write the computer's clock into it."""

    def _update_meta(self) -> None:
        return


def _chain(chain_pem: tuple[str, ...]) -> tuple[x509.Certificate, ...]:
    if not chain_pem:
        raise CallerError("a signature needs a certificate: ask for one first", "签名需要证书：请先申请证书")
    try:
        return tuple(x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in chain_pem)
    except ValueError as error:
        raise CallerError(
            "the certificate chain is not PEM: give the chain as it was issued, leaf first",
            "证书链不是 PEM：请使用签发时的证书链",
        ) from error


def _require_in_force(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CallerError(
            "the certificate is not valid at this instant: ask for a new one and sign again",
            "证书在此时刻无效：请重新申请证书后再签名",
            at=at.isoformat(),
            valid_until=certificate.not_valid_after_utc.isoformat(),
        )


def _require_signed(certificate: x509.Certificate, content: bytes, signature_der: bytes) -> None:
    try:
        statement.verify_signature(certificate, content, signature_der)
    except VerificationError as error:
        raise CallerError(
            f"{error.message}: sign exactly the bytes given out with the certified P-256 key, as DER with low s",
            "签名与证书或待签内容不符：请用证书对应的 P-256 私钥签署所给内容（DER，低 s 值）",
            reason=error.code,
        ) from error
