"""Suite `webauthn-p256`: a passkey's assertion whose challenge is SHA-256 of the statement (WebAuthn 3 §7.2)."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from verifier.approvals.parts import texts, unhex
from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError
from verifier.statement import verify_p256

SUITE: Final = "webauthn-p256"
CREDENTIAL: Final = frozenset(("public_key", "credential_id", "rp_id", "origin"))
APPROVAL: Final = frozenset(("authenticator_data", "client_data", "signature"))
_PLAIN_LENGTH: Final = 37  # digest of the relying party, flags, counter; no attested data, no extensions
_PRESENT_AND_VERIFIED: Final = 0x05
_BACKUP: Final = 0x18
_MAX_KEY: Final = 256
_ORIGIN: Final = re.compile(r"(?:https://([a-z0-9.-]{1,253})|http://localhost)(?::[1-9][0-9]{0,4})?")


def challenge(statement: bytes) -> str:
    """Return what the device is asked to sign: SHA-256 of the statement, in base64url without padding."""
    return base64.urlsafe_b64encode(sha256(statement)).decode("ascii").rstrip("=")


def verify(statement: bytes, approval: object, credential: object) -> str:
    """Return SHA-256 (hex) of the passkey (SubjectPublicKeyInfo) that approved ``statement``.

    `VerificationError` unless a person was present and verified by the device, on the registered origin, and the
    challenge is this statement's.
    """
    held = texts(credential, CREDENTIAL, "credential")
    said = texts(approval, APPROVAL, "approval")
    key, digest = public_key(held["public_key"])
    require_origin(held["origin"], held["rp_id"])
    client = said["client_data"].encode()
    _require_client(client, challenge(statement), held["origin"])
    data = unhex(said["authenticator_data"], "approval.authenticator_data")
    if len(data) != _PLAIN_LENGTH or data[32] & ~(_PRESENT_AND_VERIFIED | _BACKUP):
        raise VerificationError("bad_assertion", "the authenticator data is not a plain assertion")
    if data[:32] != sha256(held["rp_id"].encode()):
        raise VerificationError("other_origin", "the passkey answered another relying party")
    if data[32] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        raise VerificationError("person_not_verified", "the device did not verify the person before signing")
    verify_p256(key, data + sha256(client), unhex(said["signature"], "approval.signature"))
    return digest


def public_key(text: str) -> tuple[ec.EllipticCurvePublicKey, str]:
    """Return a key on P-256 from SubjectPublicKeyInfo (DER, hex), and its SHA-256 (hex)."""
    raw = unhex(text, "credential.public_key")
    if len(raw) > _MAX_KEY:
        raise MalformedError("too_large", "the passkey's public key is too large", limit=_MAX_KEY)
    try:
        key = load_der_public_key(raw)
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MalformedError("bad_key", "the passkey's public key is not SubjectPublicKeyInfo of a point on P-256")
    return key, sha256(raw).hex()


def require_origin(origin: str, rp_id: str) -> None:
    """Refuse an origin outside the relying party's domain, or one that is neither HTTPS nor this machine."""
    found = _ORIGIN.fullmatch(origin)
    host = found[1] or "localhost" if found else ""
    if not host or not (host == rp_id or host.endswith("." + rp_id)):
        raise VerificationError("other_origin", "the passkey's origin is not a secure one of its relying party")


def _require_client(data: bytes, wanted: str, origin: str) -> None:
    try:
        client = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        client = None
    if not isinstance(client, dict):
        raise MalformedError("bad_client_data", "the client data is not a JSON object, or names a member twice")
    if client.get("type") != "webauthn.get" or client.get("crossOrigin", False) is not False:
        raise VerificationError(
            "bad_assertion", "the client data is of another ceremony, or of a page inside another's"
        )
    if client.get("challenge") != wanted:
        raise VerificationError("other_statement", "the passkey signed another challenge than this statement's")
    if client.get("origin") != origin:
        raise VerificationError("other_origin", "the passkey was used on another origin than it was registered on")


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found
