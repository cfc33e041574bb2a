"""EIP-712: what a wallet shows and signs for our contracts, and signing it with a key at hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eth_account.messages import encode_typed_data
from eth_typing import ChecksumAddress

from ledger.chain.sender import account_of
from ledger.chain.units import seconds
from verifier.checkpoint import Checkpoint

_DOMAIN: Final = "name string,version string,chainId uint256,verifyingContract address"
_COSIGN: Final = "size uint64,sha256Root bytes32,sm3Root bytes32,deadline uint256"


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a signature counts: one contract on one chain."""

    chain_id: int
    contract: ChecksumAddress


def cosign(domain: Domain, checkpoint: Checkpoint, deadline: datetime) -> dict[str, Any]:
    """Return `Cosign` for `EvidenceLog.cosignBySig`."""
    message = {
        "size": checkpoint.size,
        "sha256Root": checkpoint.sha256_root,
        "sm3Root": checkpoint.sm3_root,
        "deadline": seconds(deadline),
    }
    return typed_data(domain, {"Cosign": _COSIGN}, message)


def typed_data(domain: Domain, types: dict[str, str], message: dict[str, Any]) -> dict[str, Any]:
    """Return the typed data as wallets take it (`eth_signTypedData_v4`); the first of ``types`` is the primary one."""
    return {
        "types": {name: _members(listed) for name, listed in {"EIP712Domain": _DOMAIN, **types}.items()},
        "primaryType": next(iter(types)),
        "domain": {
            "name": "PrivateFundLedger",
            "version": "1",
            "chainId": domain.chain_id,
            "verifyingContract": domain.contract,
        },
        "message": message,
    }


def sign(key: bytes, data: dict[str, Any]) -> bytes:
    """Return the signature (r, s, v; 65 bytes, low s) of an account over typed data."""
    return bytes(account_of(key).sign_message(encode_typed_data(full_message=data)).signature)


def _members(listed: str) -> list[dict[str, str]]:
    return [dict(zip(("name", "type"), member.split(), strict=True)) for member in listed.split(",")]
