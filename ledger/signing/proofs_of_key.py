"""Whether a device holds the key that it wants registered: one question and one check a suite."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from eth_account.messages import encode_defunct
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey, decode_credential_public_key
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ledger.domain.events import Value
from ledger.errors import CallerError
from ledger.ports.outside import CertificateAuthority, Proof
from ledger.ports.wallets import Question
from verifier import ecdsa
from verifier.approvals import eip712, eip1271, sm2, sm2_certificates, webauthn
from verifier.digests import sha256
from verifier.errors import VerificationError
from verifier.statement import P256_ORDER

SUITES = (webauthn.SUITE, eip712.SUITE, sm2.SUITE)
_SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # RFC 5480; the point follows
_SECONDS = 600
_ADDRESS = 40
_RECOVERABLE = 65


@dataclass(frozen=True, slots=True)
class ProofsOfKey:
    """`KeyProofs` port. ``site`` is the pages' public origin; a passkey works there and nowhere else."""

    site: str
    institution: str
    chain_id: Callable[[], int]
    ca: CertificateAuthority

    def request(self, suite: str, nonce: bytes, stream: str, known: Sequence[Value]) -> Value:
        """Return what the device is asked."""
        if suite == webauthn.SUITE:
            options = generate_registration_options(
                rp_id=self.rp_id,
                rp_name=self.institution,
                user_name=f"投资者 {stream[:8]}",
                user_id=bytes.fromhex(stream),
                challenge=nonce,
                timeout=_SECONDS * 1000,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.PREFERRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(bytes.fromhex(str(held["credential_id"])))
                    for held in known
                    if isinstance(held, dict) and "credential_id" in held
                ],
                supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
            )
            asked: Value = json.loads(options_to_json(options))
            return asked
        if suite == eip712.SUITE:
            return {"message": _words(nonce, stream)}
        if suite == sm2.SUITE:
            return {"message": _words(nonce, stream), "user_id": sm2.USER_ID.decode("ascii")}
        raise CallerError(f"{suite} is not a suite of credentials: use one of {', '.join(SUITES)}", "签名套件未知")

    def question(self, suite: str, nonce: bytes, stream: str, answer: Mapping[str, Any]) -> Question | None:
        """Return what to ask the wallet's contract; ``None`` where the account's own key signed."""
        if suite != eip712.SUITE:
            return None
        address, digest, signature = _signed(_words(nonce, stream), answer)
        return None if _recovered(address, digest, signature) else Question(address, digest, signature)

    def check(
        self,
        suite: str,
        nonce: bytes,
        stream: str,
        answer: Mapping[str, Any],
        *,
        name: str,
        at: datetime,
        affirmed: Question | None = None,
    ) -> Proof:
        """Return what is proven; a wallet's answer that its contract ``affirmed`` makes suite `eip1271`."""
        if suite == webauthn.SUITE:
            return Proof(suite, *self._passkey(nonce, answer))
        if suite == eip712.SUITE:
            return self._wallet(_words(nonce, stream), answer, affirmed)
        return Proof(suite, *self._national(_words(nonce, stream), stream, answer, name, at))

    @staticmethod
    def form(suite: str, approval: Mapping[str, Any]) -> dict[str, Value]:
        """Return an approval in the one form that is recorded: low s, no recovery byte."""
        found = {name: str(value) for name, value in approval.items()}
        if suite == webauthn.SUITE and "signature" in found:
            r, s = ecdsa.numbers(_unhex(found["signature"]))
            found["signature"] = encode_dss_signature(r, min(s, P256_ORDER - s) if 0 < s < P256_ORDER else s).hex()
        elif suite == eip712.SUITE and "signature" in found:
            found["signature"] = found["signature"].removeprefix("0x")[:128]
        elif suite == eip1271.SUITE and "signature" in found:
            found["signature"] = found["signature"].removeprefix("0x").lower()
        return dict(found)

    @property
    def rp_id(self) -> str:
        """The relying party: the site's host."""
        return urlsplit(self.site).hostname or "localhost"

    def _passkey(self, nonce: bytes, answer: Mapping[str, Any]) -> tuple[dict[str, Value], str]:
        try:
            done = verify_registration_response(
                credential=dict(answer),
                expected_challenge=nonce,
                expected_rp_id=self.rp_id,
                expected_origin=self.site,
                require_user_verification=True,
                supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
            )
            key = decode_credential_public_key(done.credential_public_key)
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            _refuse(f"the passkey's answer does not fit the challenge ({type(error).__name__})", error)
        if not isinstance(key, DecodedEC2PublicKey):
            _refuse("the passkey's key is not on P-256", None)
        spki = _SPKI_P256 + b"\x04" + key.x.rjust(32, b"\0") + key.y.rjust(32, b"\0")
        _, digest = webauthn.public_key(spki.hex())
        held: dict[str, Value] = {
            "public_key": spki.hex(),
            "credential_id": done.credential_id.hex(),
            "rp_id": self.rp_id,
            "origin": self.site,
        }
        return held, digest

    def _wallet(self, words: str, answer: Mapping[str, Any], affirmed: Question | None) -> Proof:
        address, digest, signature = _signed(words, answer)
        chain = self.chain_id()
        if key := _recovered(address, digest, signature):
            return Proof(eip712.SUITE, {"public_key": key.hex(), "address": address, "chain_id": chain}, address)
        if affirmed != Question(address, digest, signature):
            _refuse("the message was signed by another account", None)
        return Proof(eip1271.SUITE, {"address": address, "chain_id": chain}, address)

    def _national(
        self, words: str, stream: str, answer: Mapping[str, Any], name: str, at: datetime
    ) -> tuple[dict[str, Value], str]:
        public = _unhex(str(answer.get("public_key", "")))
        signature = _unhex(str(answer.get("signature", "")))
        try:
            sm2.verify(sm2.point(public), words.encode(), signature)
        except VerificationError as error:
            _refuse("the SM2 signature does not fit the message and the public key", error)
        chain = self.ca.issue_sm2(public, subject=stream, common_name=name, at=at)
        certificates: list[Value] = list(chain)
        return {"certificate": certificates}, sm2_certificates.key_digest(sm2_certificates.load_pem(chain[0]))


def _signed(words: str, answer: Mapping[str, Any]) -> tuple[str, bytes, bytes]:
    """Return the address (40 hex) that a wallet claims, the digest of the message (EIP-191) and the signature."""
    address = _unhex(str(answer.get("address", "")).lower().removeprefix("0x")).hex()
    signature = _unhex(str(answer.get("signature", "")).removeprefix("0x"))
    if len(address) != _ADDRESS or not 0 < len(signature) <= eip1271.MAX_SIGNATURE:
        _refuse("a wallet answers with its address (20 bytes) and a signature", None)
    message = encode_defunct(text=words)
    return address, keccak(b"\x19" + message.version + message.header + message.body), signature


def _recovered(address: str, digest: bytes, signature: bytes) -> bytes | None:
    """Return the public key of 64 bytes if it is the account's own that signed."""
    if len(signature) != _RECOVERABLE:
        return None
    v = signature[64] - 27 if signature[64] >= 27 else signature[64]  # noqa: PLR2004 - either way wallets write it
    try:
        key = Signature(signature[:64] + bytes([v])).recover_public_key_from_msg_hash(digest).to_bytes()
    except (BadSignature, ValidationError):
        return None  # what a contract takes for a signature need not be one of ours
    return key if eip712.public_key(key.hex())[1] == address else None


def _words(nonce: bytes, stream: str) -> str:
    """Return the sentence that a wallet shows before it signs."""
    mark = base64.b32encode(sha256(nonce + bytes.fromhex(stream))).decode("ascii").rstrip("=")
    return f"登记签名密钥（私募基金认购）\nRegister this key for private-fund subscriptions\n{mark}"


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        _refuse("a signature or key is not hex", error)


def _refuse(why: str, error: Exception | None) -> NoReturn:
    raise CallerError(f"{why}: ask for a new challenge and try again", "凭证登记失败，请重新发起") from error
