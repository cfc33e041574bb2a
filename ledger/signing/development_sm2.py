"""A certificate authority of suite SM2 with SM3, for development: it believes what the caller says about identity.

One root issues event certificates directly. In production a licensed authority (电子签名法 art. 16; GM/T 0015) stands
behind the same port.
"""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import algos, core, keys, pem, x509
from cryptography.x509 import load_der_x509_certificate
from tongsuopy.crypto import hashes, serialization
from tongsuopy.crypto.asymciphers import ec

from ledger.domain.instants import require_utc
from ledger.errors import CallerError, ConfigurationError
from ledger.signing import certificates as make
from verifier.approvals import sm2
from verifier.errors import MalformedError

LASTS = timedelta(hours=24)
_ROOT_LASTS = timedelta(days=20 * 365)
_SM2_WITH_SM3 = "1.2.156.10197.1.501"
_CURVE = "1.2.156.10197.1.301"
_NAME = "DEVELOPMENT SM2 Root CA 开发国密根证书"


class DevelopmentSm2CA:
    """One SM2 root; see `ledger.ports.outside.CertificateAuthority` for what it promises."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, root: x509.Certificate) -> None:
        """``key`` is the root's."""
        self._key = key
        self._root = root
        self.root_pem = _pem(root)

    def issue(self, public_key: bytes, *, subject: str, common_name: str, at: datetime) -> tuple[str, ...]:
        """Certify an investor's SM2 key (65 bytes, 04 ‖ x ‖ y) for 24 hours; `CallerError` if it is no such key."""
        try:
            sm2.point(public_key)
        except MalformedError as error:
            raise CallerError(
                "public_key is not a point on the SM2 curve: send 04, x and y in hex", "公钥不是 SM2 曲线上的点"
            ) from error
        name = x509.Name.load(make.subject(common_name, subject).public_bytes())
        return (_pem(_certificate(name, public_key, self._root.subject, self._key, require_utc(at), LASTS, ca=False)),)


def open_sm2_ca(directory: Path, passphrase: str, at: datetime) -> DevelopmentSm2CA:
    """Open the authority in ``directory``, or make it at ``at``. `ConfigurationError` for a wrong passphrase."""
    key_file, root_file = directory / "root.key", directory / "root.pem"
    if not root_file.exists():
        _create(directory, passphrase, require_utc(at))
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), passphrase.encode())
    except ValueError as error:
        raise ConfigurationError(
            f"the keys in {directory.name!r} do not open: is the passphrase the one they were made with?",
            "国密密钥无法打开：请检查口令",
        ) from error
    _, _, der = pem.unarmor(root_file.read_bytes())
    return DevelopmentSm2CA(key, x509.Certificate.load(der))


def _create(directory: Path, passphrase: str, at: datetime) -> None:
    key = ec.generate_private_key(ec.SM2())
    name = x509.Name.load(make.subject(_NAME).public_bytes())
    root = _certificate(name, _point(key), name, key, at, _ROOT_LASTS, ca=True)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file, content in (("root.key", encrypted), ("root.pem", _pem(root).encode())):  # the certificate comes last
        beside = directory / (file + ".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(directory / file)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = key.public_key().public_numbers()
    return b"\x04" + int(numbers.x).to_bytes(32, "big") + int(numbers.y).to_bytes(32, "big")


def _certificate(
    name: x509.Name,
    public_key: bytes,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    at: datetime,
    lasts: timedelta,
    *,
    ca: bool,
) -> x509.Certificate:
    algorithm = algos.SignedDigestAlgorithm({"algorithm": _SM2_WITH_SM3})
    begins = at.replace(microsecond=0)
    usage = {"key_cert_sign", "crl_sign"} if ca else {"digital_signature", "non_repudiation"}
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(158) | 1,
            "signature": algorithm,
            "issuer": issuer,
            "validity": {"not_before": _time(begins), "not_after": _time(begins + lasts)},
            "subject": name,
            "subject_public_key_info": {
                "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", _CURVE)},
                "public_key": keys.ECPointBitString(public_key),
            },
            "extensions": [
                {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": ca})},
                {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
            ],
        }
    )
    signature = issuer_key.sign(body.dump(), ec.ECDSA(hashes.SM3()))
    made = x509.Certificate(
        {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": core.OctetBitString(signature)}
    )
    load_der_x509_certificate(made.dump())  # whoever reads it later reads it with this
    return made


def _time(at: datetime) -> x509.Time:
    """Write an instant as RFC 5280 §4.1.2.5 wants it: two digits of the year until 2049."""
    last_short = 2049
    return x509.Time({"utc_time" if at.year <= last_short else "general_time": at})


def _pem(certificate: x509.Certificate) -> str:
    return str(pem.armor("CERTIFICATE", certificate.dump()).decode("ascii"))
