"""Event certificates for keys that only the investor holds."""

from cryptography import x509

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of
from ledger.services.investors import registered_name
from ledger.services.ledger import SYSTEM, Ledger


def issue(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, csr: str) -> dict[str, Value]:
    """Have the certificate authority certify the key of a PKCS#10 request, after the identity check."""
    del actor
    now = ledger.clock.now()
    state = investor_of(tx, stream)
    if state.identity_verified_at is None:
        raise ConflictError("verify the identity first: a certificate names a verified person", "请先完成身份核验")
    chain = ledger.ca.issue(csr, subject=stream, common_name=registered_name(tx, stream), at=now)
    valid_until = x509.load_pem_x509_certificate(chain[0].encode()).not_valid_after_utc
    listed: list[Value] = list(chain)
    fields: dict[str, Value] = {
        "suite": "x509-p256",
        "certificate": listed,
        "issuer": ledger.ca.name,
        "valid_until": to_text(valid_until),
    }
    (event,) = tx.append([Draft("certificate.issued", stream, stream, SYSTEM, now, fields)], now)
    return {"certificate": listed, "valid_until": to_text(valid_until), "record": event.leaf}
