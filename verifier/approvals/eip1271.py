"""Suite `eip1271`: a contract wallet approves typed data that commits to the statement; the chain says that it did.

What the wallet takes for a signature only its contract knows, and it may change its mind: nothing here verifies the
bytes. The proof is that a `SignatureRegistry` asked it (ERC-1271) and emitted `WalletSigned` for this very digest.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from verifier.approvals import eip712
from verifier.approvals.on_chain import Taken
from verifier.approvals.parts import unhex
from verifier.digests import sha256
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256
from verifier.record import instant, members
from verifier.statement import Statement

SUITE: Final = "eip1271"
CREDENTIAL: Final = frozenset(("address", "chain_id"))
APPROVAL: Final = frozenset(("contract", "deadline", "signature"))
NAME: Final = "PrivateFundLedger"
MAX_SIGNATURE: Final = 4096
"""Bytes: room for a wallet of some sixty owners."""
DOMAIN_TYPE: Final = (*eip712.DOMAIN_TYPE, ("verifyingContract", "address"))
TYPE: Final = (
    ("document", "bytes32"),
    ("documentSm3", "bytes32"),
    ("statement", "bytes32"),
    ("signedAt", "uint40"),
    ("deadline", "uint256"),
)
_ADDRESS: Final = 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the chain must have been asked: hex without 0x; ``signed_at`` and ``deadline`` in seconds since 1970."""

    address: str
    chain_id: int
    contract: str
    document: str
    document_sm3: str
    statement: str
    signed_at: int
    deadline: int
    signature: bytes

    def typed_data(self) -> dict[str, Any]:
        """Return the JSON that a wallet takes (``eth_signTypedData_v4``)."""
        message = (*((name, "0x" + value.hex()) for name, value in self._words()), *self._times())
        return {
            "types": {
                "EIP712Domain": [{"name": name, "type": kind} for name, kind in DOMAIN_TYPE],
                "DocumentSignature": [{"name": name, "type": kind} for name, kind in TYPE],
            },
            "primaryType": "DocumentSignature",
            "domain": {
                "name": NAME,
                "version": eip712.VERSION,
                "chainId": self.chain_id,
                "verifyingContract": "0x" + self.contract,
            },
            "message": dict(message),
        }

    def digest(self) -> bytes:
        """Return the 32 bytes that the wallet is asked about (EIP-712)."""
        contract = bytes.fromhex(self.contract).rjust(32, b"\0")
        domain = (
            ("name", NAME),
            ("version", eip712.VERSION),
            ("chainId", self.chain_id),
            ("verifyingContract", contract),
        )
        return keccak256(
            b"\x19\x01"
            + eip712.hash_struct("EIP712Domain", DOMAIN_TYPE, domain)
            + eip712.hash_struct("DocumentSignature", TYPE, (*self._words(), *self._times()))
        )

    def _words(self) -> tuple[tuple[str, bytes], ...]:
        return (
            ("document", bytes.fromhex(self.document)),
            ("documentSm3", bytes.fromhex(self.document_sm3)),
            ("statement", bytes.fromhex(self.statement)),
        )

    def _times(self) -> tuple[tuple[str, int], ...]:
        return ("signedAt", self.signed_at), ("deadline", self.deadline)


def read(text: bytes, said: Statement, approval: object, credential: object) -> Asked:
    """Return what the chain must have been asked about a statement; `MalformedError` for what is not of the format."""
    held = members(credential, CREDENTIAL, "credential")
    body = members(approval, APPROVAL, "approval")
    deadline = instant(body["deadline"], "approval.deadline")
    if deadline.microsecond:
        raise MalformedError("bad_member", "approval.deadline is not a whole second")
    signature = unhex(body["signature"], "approval.signature")
    if len(signature) > MAX_SIGNATURE:
        raise MalformedError("too_large", f"the wallet's signature is larger than {MAX_SIGNATURE} bytes")
    if len(said.documents) != 1:
        raise VerificationError("bad_statement", "a wallet approves a statement over exactly one document")
    shown = said.documents[0]
    return Asked(
        address(held["address"], "credential.address"),
        eip712.chain(held["chain_id"]),
        address(body["contract"], "approval.contract"),
        shown.sha256,
        shown.sm3,
        sha256(text).hex(),
        seconds(instant(said.signed_at, "signed_at")),
        seconds(deadline),
        signature,
    )


def require(asked: Asked, taken: Taken) -> None:
    """Hold the chain's word against what it must have been asked; `VerificationError` says what differs."""
    block = taken.block
    if (block.chain_id, block.contract) != (asked.chain_id, asked.contract):
        raise VerificationError("other_chain", "another chain or contract than the approval names took the signature")
    if not 0 <= asked.signed_at <= seconds(block.block_time) <= asked.deadline:
        raise VerificationError("approval_out_of_time", "the block is dated before the signature or after its deadline")
    if taken.digest != asked.digest().hex():
        raise VerificationError(
            "other_statement", "the wallet signed another statement over this document", digest=taken.digest
        )


def seconds(at: datetime) -> int:
    """Return whole seconds since 1970, rounded down."""
    return (at - _EPOCH) // timedelta(seconds=1)


def address(value: object, what: str) -> str:
    """Return an address: 40 lower-case hex digits."""
    raw = unhex(value, what)
    if len(raw) != _ADDRESS:
        raise MalformedError("bad_member", f"{what} is not an address of 20 bytes")
    return raw.hex()
