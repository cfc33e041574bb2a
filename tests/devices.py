"""Devices of investors in software: a passkey, a wallet, an SM2 key. They answer as real ones do."""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec as tongsuo

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Key(Protocol):
    """Something that registers itself and approves statements."""

    suite: str

    def register(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a challenge."""
        ...

    def approve(self, request: dict[str, Any], statement: str) -> dict[str, str]:
        """Approve a statement."""
        ...


@dataclass
class SoftPasskey:
    """An authenticator without attestation (WebAuthn 3 §6.5.4, format ``none``)."""

    origin: str = "http://localhost:8000"
    flags: int = PRESENT | VERIFIED
    suite: str = "webauthn-p256"
    identity: bytes = b"passkey-of-tests"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, request: dict[str, Any]) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + cbor2.dumps(point)
        data = self._data(request["rp"]["id"], self.flags | ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            "id": _b64(self.identity),
            "rawId": _b64(self.identity),
            "type": "public-key",
            "response": {
                "clientDataJSON": _b64(self._client("webauthn.create", request["challenge"]).encode()),
                "attestationObject": _b64(statement),
            },
        }

    def approve(self, request: dict[str, Any], statement: str) -> dict[str, str]:
        del statement  # the challenge commits to it
        data = self._data(request["rp_id"], self.flags)
        client = self._client("webauthn.get", request["challenge"])
        signature = self.key.sign(data + sha256(client.encode()).digest(), ec.ECDSA(hashes.SHA256()))
        return {"authenticator_data": data.hex(), "client_data": client, "signature": signature.hex()}

    def _client(self, kind: str, challenge: str) -> str:
        client = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(client, separators=(",", ":"))

    @staticmethod
    def _data(rp_id: str, flags: int) -> bytes:
        return sha256(rp_id.encode()).digest() + bytes([flags]) + (1).to_bytes(4, "big")


@dataclass
class SoftWallet:
    """An account that its key alone controls."""

    suite: str = "eip712-secp256k1"
    account: LocalAccount = field(default_factory=Account.create)

    def register(self, request: dict[str, Any]) -> dict[str, Any]:
        signed = self.account.sign_message(encode_defunct(text=request["message"]))
        return {"address": self.account.address, "signature": "0x" + signed.signature.hex()}

    def approve(self, request: dict[str, Any], statement: str) -> dict[str, str]:
        del statement  # the typed data commits to it
        signed = self.account.sign_message(encode_typed_data(full_message=request["typed_data"]))
        return {"signature": "0x" + signed.signature.hex()}


@dataclass
class SoftContractWallet(SoftWallet):
    """A wallet that is a contract at ``address`` and takes the signatures of its owner, the account."""

    suite: str = "eip1271"
    address: str = ""

    def register(self, request: dict[str, Any]) -> dict[str, Any]:
        return {**super().register(request), "address": self.address}


@dataclass
class SoftSm2:
    """A key of the national suite."""

    suite: str = "sm2"
    key: Any = field(default_factory=lambda: tongsuo.generate_private_key(tongsuo.SM2()))

    def register(self, request: dict[str, Any]) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        public = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return {"public_key": public.hex(), "signature": self._sign(request["message"])}

    def approve(self, request: dict[str, Any], statement: str) -> dict[str, str]:
        del request
        return {"signature": self._sign(statement)}

    def _sign(self, text: str) -> str:
        signature: bytes = self.key.sign(text.encode(), tongsuo.ECDSA(tongsuo_hashes.SM3()))
        return signature.hex()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
