"""Event certificates for keys that only the investor holds; for an institution its seal, and its signatory's own."""

from datetime import datetime

from cryptography import x509

from ledger.domain.actors import Actor
from ledger.domain.authority import Act, Scope
from ledger.domain.events import Draft, Event, Ref, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.services import acting
from ledger.services.guard import investor_of
from ledger.services.investors import registered_name
from ledger.services.ledger import SYSTEM, Ledger

SEAL, SIGNATORY = "seal", "signatory"
_ISSUED = "certificate.issued"


def issue(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, csr: str, holder: str | None = None
) -> dict[str, Value]:
    """Have the certificate authority certify the key of a PKCS#10 request, after the identity check."""
    now = ledger.clock.now()
    state = investor_of(tx, stream)
    if state.identity_verified_at is None:
        raise ConflictError("verify the identity first: a certificate names a verified person", "请先完成身份核验")
    person = acting.person(tx, actor)
    if (person is None) != (holder is None):
        raise CallerError(
            f"for an institution say whose key it is, {SEAL} or {SIGNATORY}; for anybody else leave holder out",
            "机构须注明证书持有人（印章或签字人），其他投资者无须填写",
        )
    refs = acting.require(tx, actor, Act(Scope.SUBSCRIBE), _ISSUED, now)
    name = registered_name(tx, stream)
    if person is not None and holder == SIGNATORY:
        chain = ledger.ca.issue(csr, subject=person.leaf, common_name=person.text("name"), at=now)
        refs += (Ref("representative", person.leaf),)
    elif holder == SEAL:
        chain = ledger.ca.issue(csr, subject=stream, common_name=name, at=now, organization=name)
    else:
        chain = ledger.ca.issue(csr, subject=stream, common_name=name, at=now)
    valid_until = x509.load_pem_x509_certificate(chain[0].encode()).not_valid_after_utc
    listed: list[Value] = list(chain)
    fields: dict[str, Value] = {
        "suite": "x509-p256",
        "certificate": listed,
        "issuer": ledger.ca.name,
        "valid_until": to_text(valid_until),
    }
    if holder is not None:
        fields["holder"] = holder
    (event,) = tx.append([Draft(_ISSUED, stream, stream, SYSTEM, now, fields, refs)], now)
    return {"certificate": listed, "valid_until": to_text(valid_until), "record": event.leaf}


def valid(
    reader: Reader,
    investor: str,
    now: datetime,
    *,
    holder: str | None = None,
    person: str | None = None,
    record: str | None = None,
) -> tuple[str, ...]:
    """Return a holder's chain, this person's if one is named: the newest, or the one that ``record`` issued.

    Whoever signs on two devices at once names the record, or may be handed the other device's certificate.
    `ConflictError` if it is not there or not valid now.
    """
    issued = [e for e in reader.events(investor) if e.type == _ISSUED and e.fields.get("holder") == holder]
    mine = [e for e in issued if (person is None or _is_of(e, person)) and record in (None, e.leaf)]
    if not mine or from_text(mine[-1].text("valid_until")) <= now:
        raise ConflictError(
            "no valid signing certificate: send a certificate request for a key you hold",
            "没有有效的签名证书：请先申请证书",
        )
    chain = mine[-1].fields["certificate"]
    return tuple(str(pem) for pem in chain) if isinstance(chain, list) else ()


def _is_of(event: Event, person: str) -> bool:
    return any(ref == Ref("representative", person) for ref in event.refs)
