"""A witness's cosignature for the chain: EIP-712 `Cosign` for one `EvidenceLog`, by an account of the witness's own.

Written apart from the operator's `ledger.chain`, which this program does not load; a test holds both against one
another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount

from ledger.ports.anchor import WitnessSignature
from verifier.checkpoint import Checkpoint

LIFETIME: Final = timedelta(days=7)
"""How long anybody may put the cosignature on the chain."""

_TYPES: Final = {
    "Cosign": [
        {"name": "size", "type": "uint64"},
        {"name": "sha256Root", "type": "bytes32"},
        {"name": "sm3Root", "type": "bytes32"},
        {"name": "mapRoot", "type": "bytes32"},
        {"name": "deadline", "type": "uint256"},
    ]
}


@dataclass(frozen=True, slots=True)
class ChainLog:
    """The `EvidenceLog` that a log is anchored in, as the witness itself has it from governance."""

    chain_id: int
    contract: str


def address(key: EllipticCurvePrivateKey) -> str:
    """Return the account of a key."""
    return str(_account(key).address)


def cosign(key: EllipticCurvePrivateKey, where: ChainLog, head: Checkpoint, time: int) -> WitnessSignature:
    """Sign a head that was cosigned at ``time`` (POSIX seconds); the same again gives the same signature."""
    deadline = datetime.fromtimestamp(time, UTC) + LIFETIME
    account = _account(key)
    signed = account.sign_message(message(where, head, deadline))
    return WitnessSignature(str(account.address), deadline, bytes(signed.signature))


def message(where: ChainLog, head: Checkpoint, deadline: datetime) -> SignableMessage:
    """Return what is signed."""
    domain: dict[str, Any] = {
        "name": "PrivateFundLedger",
        "version": "1",
        "chainId": where.chain_id,
        "verifyingContract": where.contract,
    }
    told = {
        "size": head.size,
        "sha256Root": head.sha256_root,
        "sm3Root": head.sm3_root,
        "mapRoot": head.map_root,
        "deadline": int(deadline.timestamp()),
    }
    return encode_typed_data(domain, _TYPES, told)


def _account(key: EllipticCurvePrivateKey) -> LocalAccount:
    account: LocalAccount = Account.from_key(key.private_numbers().private_value.to_bytes(32, "big"))
    return account
