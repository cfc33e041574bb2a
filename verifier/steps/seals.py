"""What an institution signs with: its seal, and besides the own key of the person who acts for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.x509 import Certificate, ObjectIdentifier
from cryptography.x509.oid import NameOID

from verifier import certificates, record, statement
from verifier.errors import VerificationError
from verifier.record import Record
from verifier.steps.case import Case

_OWN: Final = frozenset({"certificate", "signature"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named to act; ``leaf`` of the record that names them is their pseudonym."""

    leaf: str
    name: str
    named_at: str


def require(case: Case, now: Record, name: str, person: Person, acted: Mapping[str, str], since: str) -> None:
    """Hold a signature of an institution against its name and against the person who acted.

    ``acted`` tells of each earlier act who did it, ``since`` from when on this person's authority stood.
    """
    text, chain = case.fields(now, "statement", "certificate")  # step 14 holds: they are what they must be
    said = statement.parse(text.encode())
    seal = certificates.load_pem(chain[0])
    if _named(seal, NameOID.ORGANIZATION_NAME) != certificates.short_name(name):
        raise VerificationError("other_seal", "the certificate is not the seal of the institution in the records")
    if said.signed_at < since:
        raise VerificationError("authority_not_valid", "the statement is older than the authority to sign it")
    if acted.get(said.identity_record) != person.leaf:
        raise VerificationError("other_person", "the identity in the statement is not that of the person who acted")
    for ref in now.refs:
        if ref.role == "credential" and acted.get(ref.leaf) != person.leaf:
            raise VerificationError("other_person", "the credential was registered by somebody else")
    if "signatory" not in now.fields:
        raise VerificationError("signatory_missing", "the person who acted for the institution did not sign")
    (own,) = case.fields(now, "signatory")
    mine = _own(case, own, text.encode(), said.signed_at)
    if statement.holder(mine) != person.leaf or _named(mine, NameOID.COMMON_NAME) != certificates.short_name(
        person.name
    ):
        raise VerificationError("other_person", "the signatory's certificate is for somebody else than who acted")
    if certificates.key_digest(mine) == certificates.key_digest(seal):
        raise VerificationError("same_key", "the institution's seal and its signatory are one key")


def _own(case: Case, own: Any, text: bytes, signed_at: str) -> Certificate:
    """Return the certificate under which the person's own signature verifies."""
    body = record.members(own, _OWN, "signatory")
    chain, signature = body["certificate"], body["signature"]
    if not isinstance(chain, list) or not all(isinstance(pem, str) for pem in chain) or not isinstance(signature, str):
        raise VerificationError("bad_member", "a field of the signatory's signature is not text")
    certificate = statement.verify_chain(chain, case.roots(), record.instant(signed_at, "signed_at"))
    statement.verify_signature(certificate, text, statement.unhex(signature))
    return certificate


def _named(certificate: Certificate, attribute: ObjectIdentifier) -> str | None:
    found = certificate.subject.get_attributes_for_oid(attribute)
    return str(found[0].value) if len(found) == 1 else None
