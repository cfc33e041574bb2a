"""Credentials that approve a statement, one a suite: what the registration holds, and what each approval looks like."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.vector_source import asn1, chain, keys, sm2
from verifier import certificates, statement
from verifier.approvals import eip712

SECP256K1 = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SM2_ROOT_KEY = sm2.Key("root")
SM2_ROOT = sm2.certify("Vector SM2 Root", SM2_ROOT_KEY, start=keys.BORN, end=keys.BORN + timedelta(days=3650))


class Approver(Protocol):
    """A device of the investor."""

    suite: str

    def credential(self, holder: str) -> tuple[dict[str, Any], str]:
        """Return what is registered, and the name of its key."""
        ...

    def approve(self, text: bytes) -> dict[str, Any]:
        """Approve a statement."""
        ...


@dataclass
class Passkey:
    """A P-256 key behind a fingerprint; fields are what a defect may change."""

    suite: str = "webauthn-p256"
    origin: str = "https://fund.example"
    rp_id: str = "fund.example"
    flags: int = 0x05
    kind: str = "webauthn.get"
    used_on: str = "https://fund.example"
    answered: str = "fund.example"
    cross: bool = False
    high_s: bool = False
    challenge: Callable[[bytes], bytes] = asn1.sha256
    client: Callable[[str], str] = lambda text: text

    def credential(self, holder: str) -> tuple[dict[str, Any], str]:
        del holder
        spki = keys.p256("passkey").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        held = {"public_key": spki.hex(), "credential_id": "ab" * 16, "rp_id": self.rp_id, "origin": self.origin}
        return held, asn1.sha256(spki).hex()

    def approve(self, text: bytes) -> dict[str, Any]:
        client = {
            "type": self.kind,
            "challenge": base64.urlsafe_b64encode(self.challenge(text)).decode().rstrip("="),
            "origin": self.used_on,
            "crossOrigin": self.cross,
        }
        said = self.client(json.dumps(client, separators=(",", ":")))
        data = asn1.sha256(self.answered.encode()) + bytes([self.flags]) + (7).to_bytes(4, "big")
        signature = asn1.sign(keys.p256("passkey"), data + asn1.sha256(said.encode()), high_s=self.high_s)
        return {"authenticator_data": data.hex(), "client_data": said, "signature": signature.hex()}


@dataclass
class Wallet:
    """An account that its key alone controls. The digest is made by another library than the verifier's."""

    suite: str = "eip712-secp256k1"
    chain_id: int = 7366252
    signs_for: int = 7366252
    address: Callable[[str], str] = lambda address: address
    high_s: bool = False

    def __post_init__(self) -> None:
        self.key = ec.derive_private_key(int.from_bytes(asn1.sha256(b"wallet"), "big") >> 1, ec.SECP256K1())

    def credential(self, holder: str) -> tuple[dict[str, Any], str]:
        del holder
        raw = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
        address = self.address(keccak(raw)[12:].hex())
        return {"public_key": raw.hex(), "address": address, "chain_id": self.chain_id}, address

    def approve(self, text: bytes) -> dict[str, Any]:
        message = encode_typed_data(full_message=eip712.typed_data(text, statement.parse(text), self.signs_for))
        digest = keccak(b"\x19" + message.version + message.header + message.body)
        algorithm = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
        r, s = decode_dss_signature(self.key.sign(digest, algorithm))
        low = min(s, SECP256K1 - s)
        return {
            "signature": (r.to_bytes(32, "big") + (SECP256K1 - low if self.high_s else low).to_bytes(32, "big")).hex()
        }


@dataclass
class ContractWallet:
    """A wallet that is a contract: what it signs is asked of it on chain. The typed data is written out once more."""

    suite: str = "eip1271"
    address: str = "5afe" + "00" * 17 + "01"
    chain_id: int = 7366252
    contract: str = chain.REGISTRY.hex()
    deadline: str = "2026-04-01T00:00:00.000000Z"
    signature: str = "ab" * 130

    def credential(self, holder: str) -> tuple[dict[str, Any], str]:
        del holder
        return {"address": self.address, "chain_id": self.chain_id}, self.address

    def approve(self, text: bytes) -> dict[str, Any]:
        del text  # the registry's event commits to it
        return {"contract": self.contract, "deadline": self.deadline, "signature": self.signature}

    def digest(self, text: bytes) -> bytes:
        """Return what the wallet was asked about a statement, by eth-account."""
        said = json.loads(text)
        (shown,) = said["documents"]
        domain = {
            "name": "PrivateFundLedger",
            "version": "1",
            "chainId": self.chain_id,
            "verifyingContract": "0x" + self.contract,
        }
        kinds = ["bytes32 document", "bytes32 documentSm3", "bytes32 statement", "uint40 signedAt", "uint256 deadline"]
        asked = {
            "document": bytes.fromhex(shown["sha256"]),
            "documentSm3": bytes.fromhex(shown["sm3"]),
            "statement": asn1.sha256(text),
            "signedAt": int(datetime.fromisoformat(said["signed_at"]).timestamp()),
            "deadline": int(datetime.fromisoformat(self.deadline).timestamp()),
        }
        types = {"DocumentSignature": [dict(zip(("type", "name"), kind.split(), strict=True)) for kind in kinds]}
        message = encode_typed_data(domain_data=domain, message_types=types, message_data=asked)
        return keccak(b"\x19" + message.version + message.header + message.body)


@dataclass
class NationalCertificate:
    """A certificate of suite `sm2`."""

    suite: str = "sm2"
    holder: Callable[[str], str] = lambda holder: holder
    lasts: timedelta = timedelta(days=400)
    issuer: tuple[sm2.Key, Any] = (SM2_ROOT_KEY, SM2_ROOT)
    text: Callable[[bytes], bytes] = lambda text: text

    def __post_init__(self) -> None:
        self.key = sm2.Key("investor")

    def credential(self, holder: str) -> tuple[dict[str, Any], str]:
        leaf = sm2.certify(
            "投资者",
            self.key,
            self.issuer,
            holder=self.holder(holder),
            start=keys.BORN,
            end=keys.BORN + self.lasts,
        )
        chain = [certificates.to_pem(leaf.public_bytes(Encoding.DER))]
        return {"certificate": chain}, asn1.sha256(self.key.spki()).hex()

    def approve(self, text: bytes) -> dict[str, Any]:
        return {"signature": self.key.sign(self.text(text)).hex()}
