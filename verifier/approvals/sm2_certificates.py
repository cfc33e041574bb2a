"""Certificates of suite `sm2`: keys on the SM2 curve, signed with SM2 and SM3 (GB/T 20518, GM/T 0015)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from verifier import certificates, der
from verifier.approvals import sm2
from verifier.approvals.parts import unhex
from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError
from verifier.record import members
from verifier.statement import Statement, holder

CREDENTIAL: Final = frozenset(("certificate",))
APPROVAL: Final = frozenset(("signature",))
_KEY: Final = ("1.2.840.10045.2.1", "1.2.156.10197.1.301")  # a point on a curve; the SM2 curve
_SIGNED: Final = "1.2.156.10197.1.501"  # SM2 with SM3
_SPKI: Final = 6  # of a version 3 certificate's members (RFC 5280 §4.1)


def verify(
    text: bytes, said: Statement, approval: object, credential: object, roots: Sequence[x509.Certificate], at: datetime
) -> str:
    """Return SHA-256 (hex) of the SM2 key (SubjectPublicKeyInfo) that approved the statement.

    The credential's chain (PEM, leaf first) ends in ``roots`` at ``at`` and names the statement's investor.
    """
    chain = members(credential, CREDENTIAL, "credential")["certificate"]
    if not isinstance(chain, list) or not 0 < len(chain) <= certificates.MAX_CHAIN:
        raise MalformedError("bad_chain", "credential.certificate is not a list of certificates")
    leaf, *others = [load_pem(pem) for pem in chain]
    certificates.verify_chain(leaf, others, roots, at, issued=issued)
    if holder(leaf) != said.investor:
        raise VerificationError("wrong_key", "the SM2 certificate was issued to somebody else")
    sm2.verify(key(leaf), text, unhex(members(approval, APPROVAL, "approval")["signature"], "approval.signature"))
    return key_digest(leaf)


def load_pem(text: object) -> x509.Certificate:
    """Read one PEM certificate with a key on the SM2 curve."""
    if not isinstance(text, str):
        raise MalformedError("bad_chain", "a certificate is not text")
    return load(certificates.from_pem(text))


def load(data: bytes) -> x509.Certificate:
    """Read one DER certificate with a key on the SM2 curve."""
    certificate = certificates.read(data)
    key(certificate)
    return certificate


def key(certificate: x509.Certificate) -> sm2.Point:
    """Return the certified key."""
    algorithm, bits = _spki(certificate).sequence(der.SEQUENCE, der.BIT_STRING)
    if tuple(n.oid() for n in algorithm.sequence(der.OID, der.OID)) != _KEY or bits.body[:1] != b"\0":
        raise MalformedError("bad_key", "the certificate's key is not on the SM2 curve")
    return sm2.point(bits.body[1:])


def key_digest(certificate: x509.Certificate) -> str:
    """Return SHA-256 (hex) of the SubjectPublicKeyInfo, the name by which records call a key."""
    return sha256(_spki(certificate).raw).hex()


def issued(subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether the issuer's name and key are those that signed the subject's certificate."""
    if subject.issuer != issuer.subject or subject.signature_algorithm_oid.dotted_string != _SIGNED:
        return False
    try:
        sm2.verify(key(issuer), subject.tbs_certificate_bytes, subject.signature)
    except (VerificationError, MalformedError):
        return False
    return True


def _spki(certificate: x509.Certificate) -> der.Node:
    members_of = der.decode(certificate.tbs_certificate_bytes).children()
    if len(members_of) <= _SPKI or members_of[0].tag != der.CONTEXT_0:
        raise MalformedError("bad_certificate", "the certificate is not of version 3")
    return members_of[_SPKI]
