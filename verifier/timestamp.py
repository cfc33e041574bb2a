"""RFC 3161 timestamp tokens, checked against the bundle's timestamp roots (`docs/format.md` §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from verifier import certificates, cms, der
from verifier.errors import MalformedError, VerificationError

TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
_BEFORE_OPTIONAL: Final = 5
_OPTIONAL: Final = (
    der.SEQUENCE,
    0x01,
    der.INTEGER,
    der.CONTEXT_0,
)  # accuracy, ordering, nonce, authority; no extensions


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token proves: this authority, whose chain ends in ``root``, saw the digest at this instant."""

    time: datetime
    serial: int
    policy: str
    authority: str
    root: x509.Certificate


def verify(token: bytes, sha256_digest: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """Return the stamp if ``token`` is over this SHA-256 digest and its authority's chain ends in ``roots``."""
    signed = cms.parse(token)
    if signed.content_type != TST_INFO or signed.content is None or signed.timestamp is not None:
        raise MalformedError("bad_timestamp", "the token does not hold exactly a TSTInfo")
    info = der.decode(signed.content).expect(der.SEQUENCE).children()
    if [n.tag for n in info[:5]] != [der.INTEGER, der.OID, der.SEQUENCE, der.INTEGER, der.GENERALIZED_TIME]:
        raise MalformedError("bad_timestamp", "the TSTInfo is not of RFC 3161")
    _require_optional([n.tag for n in info[_BEFORE_OPTIONAL:]])
    if info[0].integer() != 1:
        raise MalformedError("bad_timestamp", "the TSTInfo's version is not 1")
    algorithm, imprint = info[2].sequence(der.SEQUENCE, der.OCTET_STRING)
    if cms.algorithm(algorithm) != cms.SHA256 or imprint.body != sha256_digest:
        raise VerificationError(
            "imprint_mismatch", "the timestamp is over another digest", expected=sha256_digest.hex()
        )
    time = info[4].time()
    signer = cms.verify(signed, signed.content)
    chain = certificates.verify_chain(signer, signed.others, roots, time, timestamping=True)
    return Stamp(time, info[3].integer(), info[1].oid(), signer.subject.rfc4514_string(), chain[-1])


def _require_optional(tags: list[int]) -> None:
    """Refuse members out of order, twice, or of no meaning we know."""
    if tags != [tag for tag in _OPTIONAL if tag in tags]:
        raise MalformedError("bad_timestamp", "the TSTInfo holds members that this format does not know")
