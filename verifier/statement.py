"""What an investor signs besides the PDF: the statement, in suite `x509-p256` (`docs/format.md` §5)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from verifier import canonical, certificates
from verifier.ecdsa import numbers, require_low
from verifier.errors import MalformedError, VerificationError
from verifier.record import instant, members

SUITE: Final = "x509-p256"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
MAX_STATEMENT: Final = 256 * 1024
MAX_LISTED: Final = 256

_MEMBERS: Final = frozenset(
    {
        *("v", "purpose", "sale", "investor", "product", "documents", "items", "intent"),
        *("identity", "signed_at", "nonce"),
    }
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_MAX_INTENT: Final = 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """A document the investor was shown, by both digests (hex)."""

    role: str
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class Item:
    """A statement item the investor confirmed, and when (an instant as text)."""

    item: int
    text_sha256: str
    confirmed_at: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A validated statement. Streams and leaves are 64 hex digits; instants are texts of fixed width."""

    purpose: str
    sale: str
    investor: str
    product: str
    documents: tuple[Shown, ...]
    items: tuple[Item, ...]
    intent: str
    identity_method: str
    identity_record: str
    signed_at: str
    nonce: str


def parse(data: bytes) -> Statement:
    """Read a statement's bytes; `MalformedError` unless they are canonical and every member is of the format."""
    body = members(canonical.decode(data, MAX_STATEMENT), _MEMBERS, "statement")
    if type(body["v"]) is not int or body["v"] != 1:
        raise MalformedError("unknown_version", "the statement's version is not 1: use a verifier that knows it")
    identity = members(body["identity"], frozenset(("method", "record")), "statement.identity")
    intent = body["intent"]
    if not isinstance(intent, str) or not 0 < len(intent) <= _MAX_INTENT:
        raise MalformedError("bad_member", "statement.intent is not a sentence", member="statement.intent")
    instant(body["signed_at"], "statement.signed_at")
    return Statement(
        _text(body["purpose"], _WORD, "purpose"),
        _text(body["sale"], _HASH, "sale"),
        _text(body["investor"], _HASH, "investor"),
        _text(body["product"], _HASH, "product"),
        tuple(_shown(value, f"documents[{i}]") for i, value in enumerate(_list(body["documents"], "documents"))),
        tuple(_item(value, f"items[{i}]") for i, value in enumerate(_list(body["items"], "items"))),
        intent,
        _text(identity["method"], _WORD, "identity.method"),
        _text(identity["record"], _HASH, "identity.record"),
        body["signed_at"],
        _text(body["nonce"], _NONCE, "nonce"),
    )


def verify_x509_p256(
    statement: bytes, signature: bytes, chain_pem: Sequence[str], roots_pem: Sequence[str], at: datetime
) -> str:
    """Return SHA-256 (hex) of the key that signed ``statement``, certified at ``at`` by a chain from these roots.

    ``chain_pem`` is leaf first, with or without the root. `VerificationError` says which part does not hold.
    """
    leaf = verify_chain(chain_pem, [certificates.load_pem(pem) for pem in roots_pem], at)
    verify_signature(leaf, statement, signature)
    return certificates.key_digest(leaf)


def verify_chain(chain_pem: Sequence[str], roots: Sequence[x509.Certificate], at: datetime) -> x509.Certificate:
    """Return the signer's certificate if its chain (PEM, leaf first) ends in ``roots`` at ``at``."""
    if not 0 < len(chain_pem) <= certificates.MAX_CHAIN:
        raise MalformedError("bad_chain", f"a certificate chain has {len(chain_pem)} certificates")
    leaf, *others = [certificates.load_pem(pem) for pem in chain_pem]
    certificates.verify_chain(leaf, others, roots, at)
    return leaf


def verify_signature(certificate: x509.Certificate, content: bytes, signature: bytes) -> None:
    """Check ECDSA on P-256 with SHA-256: strict DER, r and s in range, s in the lower half, so there is one form."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise VerificationError("wrong_key", "the certificate's key is not on P-256")
    verify_p256(key, content, signature)


def verify_p256(key: ec.EllipticCurvePublicKey, content: bytes, signature: bytes) -> None:
    """Check a canonical signature under a key; see `verify_signature`."""
    if not isinstance(key.curve, ec.SECP256R1):
        raise VerificationError("wrong_key", "the key is not on P-256")
    require_low(*numbers(signature), P256_ORDER)
    try:
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise VerificationError("bad_signature", "the signature does not verify under the certified key") from None


def unhex(signature: str) -> bytes:
    """Read a signature; `VerificationError` unless it is in lower-case hex."""
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        raw = b""
    if raw.hex() != signature:
        raise VerificationError("bad_signature", "the signature is not in lower-case hex")
    return raw


def holder(certificate: x509.Certificate) -> str:
    """Return the stream that the certificate was issued to (subject serialNumber); `VerificationError` if none."""
    found = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(found) != 1 or not isinstance(found[0].value, str):
        raise VerificationError("unnamed_holder", "the certificate does not name the investor's stream")
    return found[0].value


def _shown(value: object, what: str) -> Shown:
    body = members(value, frozenset(("role", "sha256", "sm3")), "statement." + what)
    return Shown(
        _text(body["role"], _WORD, what + ".role"),
        _text(body["sha256"], _HASH, what + ".sha256"),
        _text(body["sm3"], _HASH, what + ".sm3"),
    )


def _item(value: object, what: str) -> Item:
    body = members(value, frozenset(("item", "text_sha256", "confirmed_at")), "statement." + what)
    if type(body["item"]) is not int or not 0 < body["item"] <= MAX_LISTED:
        raise MalformedError("bad_member", f"statement.{what}.item is not a number from 1", member="item")
    instant(body["confirmed_at"], f"statement.{what}.confirmed_at")
    return Item(body["item"], _text(body["text_sha256"], _HASH, what + ".text_sha256"), body["confirmed_at"])


def _text(value: object, form: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise MalformedError("bad_member", f"statement.{what} does not have its form", member="statement." + what)
    return value


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_LISTED:
        raise MalformedError("bad_member", f"statement.{what} is not a list of at most {MAX_LISTED}", member=what)
    return value
