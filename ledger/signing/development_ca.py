"""A certificate authority for development: it believes whatever the caller says about identity, and says so.

In production a licensed authority (电子签名法 art. 16) stands behind the same port.
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.domain.instants import require_utc
from ledger.errors import CallerError, OperatorError
from ledger.signing import certificates as make
from ledger.signing.development_sm2 import DevelopmentSm2CA, open_sm2_ca
from ledger.signing.keystore import Identity, open_keystore, pem_of, save_identity

EVENT_LASTS = timedelta(hours=24)
_ROOT_LASTS = timedelta(days=20 * 365)
_ISSUING_LASTS = timedelta(days=10 * 365)
_SEAL_LASTS = timedelta(days=3 * 365)
_LONGEST_REQUEST = 16_384
_NAMES = ("root", "issuing", "seal")


class DevelopmentCA:
    """Root, issuing authority and the institution's seal, all P-256. `CertificateAuthority` port."""

    stand_in = True

    def __init__(
        self, directory: Path, passphrase: str, identities: dict[str, Identity], sm2: DevelopmentSm2CA
    ) -> None:
        """``identities`` are root, issuing and seal; ``sm2`` the authority of the national suite."""
        self._directory = directory
        self._passphrase = passphrase
        self._root, self._issuing, self._seal = (identities[name] for name in _NAMES)
        self._sm2 = sm2
        self.name = _common_name(self._issuing.certificate)

    def issue(
        self, csr_pem: str, *, subject: str, common_name: str, at: datetime, organization: str | None = None
    ) -> tuple[str, ...]:
        """Certify a client's P-256 key for 24 hours; chain leaf-first, without the root.

        ``subject`` is the investor's stream, or a person's pseudonym; with ``organization`` the certificate is that
        institution's seal. `CallerError` unless the request is PEM PKCS #10, on P-256, and signed by
        the key it asks for.
        """
        key = _requested_key(csr_pem)
        if not common_name.strip():
            raise CallerError("a certificate needs the name of its holder: give a common name", "证书需要持有人名称")
        now = require_utc(at)
        _require_valid(self._issuing.certificate, now)
        leaf = make.certify(
            make.subject(common_name, subject, organization), key, make.EVENT, now, EVENT_LASTS, by=self._issuing
        )
        return (pem_of(leaf), self._issuing.pem)

    def roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchor."""
        return (self._root.pem,)

    def issue_sm2(self, public_key: bytes, *, subject: str, common_name: str, at: datetime) -> tuple[str, ...]:
        """Certify an SM2 key (65 bytes) for 24 hours; `CallerError` if it is not on the curve."""
        return self._sm2.issue(public_key, subject=subject, common_name=common_name, at=at)

    def sm2_roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchor of suite `sm2`."""
        return (self._sm2.root_pem,)

    def seal(self, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, tuple[str, ...]]:
        """Return the institution's seal key and its chain; a seal that is out of date is renewed first."""
        now = require_utc(at)
        _require_valid(self._issuing.certificate, now)
        if now > self._seal.certificate.not_valid_after_utc:
            self._seal = make.issued(self._seal.certificate.subject, make.SEAL, now, _SEAL_LASTS, by=self._issuing)
            save_identity(self._directory, "seal", self._seal, self._passphrase)
        return self._seal.key, (self._seal.pem, self._issuing.pem)


def open_ca(directory: Path, passphrase: str, at: datetime) -> DevelopmentCA:
    """Open the authority in ``directory``, or make it at ``at``. `ConfigurationError` for a wrong passphrase."""

    def identities() -> dict[str, Identity]:
        now = require_utc(at)
        root = make.self_signed(make.subject("DEVELOPMENT Root CA 开发根证书"), make.ROOT, now, _ROOT_LASTS)
        issuing = make.issued(
            make.subject("DEVELOPMENT Issuing CA 开发签发证书"), make.ISSUING, now, _ISSUING_LASTS, by=root
        )
        seal = make.issued(
            make.subject("DEVELOPMENT Institution Seal 开发机构印章"), make.SEAL, now, _SEAL_LASTS, by=issuing
        )
        return {"root": root, "issuing": issuing, "seal": seal}

    opened = open_keystore(directory, passphrase, _NAMES, identities)
    return DevelopmentCA(
        directory, passphrase, opened, open_sm2_ca(directory.with_name(directory.name + "-sm2"), passphrase, at)
    )


def _requested_key(csr_pem: str) -> ec.EllipticCurvePublicKey:
    if len(csr_pem) > _LONGEST_REQUEST:
        raise CallerError(
            f"the certificate request is longer than {_LONGEST_REQUEST} characters: send one PKCS #10 request in PEM",
            "证书请求过长",
        )
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode("ascii"))
        key = request.public_key()
        signed = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise CallerError(
            "the certificate request is not a PKCS #10 request in PEM: make it again from the client's key",
            "证书请求无法读取：请由客户端密钥重新生成",
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CallerError(
            "the certificate request is not for a P-256 key: make a P-256 (secp256r1) key",
            "证书请求的密钥不是 P-256：请使用 P-256 密钥",
        )
    if not signed:
        raise CallerError(
            "the certificate request is not signed by its own key: sign it with the key it asks for",
            "证书请求的自签名无效：请使用其对应私钥签名",
        )
    return key


def _require_valid(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise OperatorError(
            "the development CA's own certificate is not valid at this instant: check the clock or make a new CA",
            "开发 CA 证书在此时刻无效：请检查时钟或重建 CA",
            at=at.isoformat(),
        )


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
