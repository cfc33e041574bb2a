"""An RFC 3161 timestamp authority for development: its tokens are real, its clock is whatever instant it is given."""

import hashlib
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import algos, tsp

from ledger.domain.instants import require_utc
from ledger.errors import OperatorError
from ledger.signing import certificates as make
from ledger.signing import cms, ecdsa
from ledger.signing.keystore import Identity, open_keystore

POLICY = "2.25.141203515140632738960083790943767593375"
"""Object identifier of the policy "development only", in the UUID arc, which needs no registration (X.667)."""

_DIGEST_BYTES = 32
_ROOT_LASTS = timedelta(days=20 * 365)
_LASTS = timedelta(days=10 * 365)
_NAMES = ("root", "tsa")


class DevelopmentTSA:
    """Signs TimeStampTokens over SHA-256 digests. `TimestampAuthority` port."""

    stand_in = True
    interval = timedelta()
    name = "DEVELOPMENT TSA 开发时间戳"

    def __init__(self, identities: dict[str, Identity]) -> None:
        """``identities`` are root and tsa."""
        self._root, self._tsa = (identities[name] for name in _NAMES)

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:
        """Return a DER TimeStampToken. Its serial number is random; ``at`` becomes genTime, to the microsecond."""
        if len(sha256_digest) != _DIGEST_BYTES:
            raise ValueError(f"a timestamp is over a SHA-256 digest of {_DIGEST_BYTES} bytes, not {len(sha256_digest)}")
        now = require_utc(at)
        certificate = self._tsa.certificate
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise OperatorError(
                "the development TSA's certificate is not valid at this instant: check the clock or make a new TSA",
                "开发时间戳证书在此时刻无效：请检查时钟或重建",
                at=now.isoformat(),
            )
        info = _info(sha256_digest, now)
        attributes = cms.signed_attributes("tst_info", hashlib.sha256(info).digest(), certificate)
        signature = ecdsa.sign(self._tsa.key, attributes)
        return cms.signed_data("tst_info", info, cms.Signer((certificate,), attributes, signature))

    def roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchor of the tokens."""
        return (self._root.pem,)


def open_tsa(directory: Path, passphrase: str, at: datetime) -> DevelopmentTSA:
    """Open the authority in ``directory``, or make it at ``at``. `ConfigurationError` for a wrong passphrase."""

    def identities() -> dict[str, Identity]:
        now = require_utc(at)
        root = make.self_signed(
            make.subject("DEVELOPMENT Timestamp Root 开发时间戳根"), make.TIMESTAMP_ROOT, now, _ROOT_LASTS
        )
        tsa = make.issued(make.subject(DevelopmentTSA.name), make.TIMESTAMP, now, _LASTS, by=root)
        return {"root": root, "tsa": tsa}

    return DevelopmentTSA(open_keystore(directory, passphrase, _NAMES, identities))


def _info(digest: bytes, at: datetime) -> bytes:
    imprint = tsp.MessageImprint(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    )
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(159) | 1,
            "gen_time": at,
        }
    )
    return bytes(info.dump())
