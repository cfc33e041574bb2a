"""EIP-712: what a wallet shows and signs for our contracts, and signing it with a key at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eth_account.messages import encode_typed_data
from eth_typing import ChecksumAddress

from ledger.chain.investor_registry import assessment, certification, ending, revocation
from ledger.chain.sender import account_of
from ledger.chain.units import seconds, word
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, EndingWrite
from verifier.checkpoint import Checkpoint

_DOMAIN: Final = "name string,version string,chainId uint256,verifyingContract address"
_COSIGN: Final = "size uint64,sha256Root bytes32,sm3Root bytes32,mapRoot bytes32,deadline uint256"
_DOCUMENT: Final = "document bytes32,documentSm3 bytes32,statement bytes32,signedAt uint40,deadline uint256"
_LINK: Final = "investor bytes32,wallet address,operator address,nonce uint256,deadline uint256"
_RECORD: Final = {
    "Record": "certifications Certification[],revocations Revocation[],assessments Assessment[],endings Ending[],"
    "nonce uint256,deadline uint256",
    "Certification": "investor bytes32,regime bytes32,leaf bytes32,grantedAt uint40,validUntil uint40",
    "Revocation": "investor bytes32,regime bytes32,certification bytes32,leaf bytes32,revokedAt uint40",
    "Assessment": "investor bytes32,regime bytes32,leaf bytes32,tolerance uint8,lowest bool,completedAt uint40,"
    "validUntil uint40",
    "Ending": "investor bytes32,regime bytes32,assessment bytes32,leaf bytes32,endedAt uint40",
}


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
        "mapRoot": checkpoint.map_root,
        "deadline": seconds(deadline),
    }
    return typed_data(domain, {"Cosign": _COSIGN}, message)


def document_signature(
    domain: Domain,
    *,
    document_sha256: str,
    document_sm3: str,
    statement_sha256: str,
    signed_at: datetime,
    deadline: datetime,
) -> dict[str, Any]:
    """Return `DocumentSignature` for `SignatureRegistry.sign` and `signP256`; digests in hex."""
    message = {
        "document": word(document_sha256),
        "documentSm3": word(document_sm3),
        "statement": word(statement_sha256),
        "signedAt": seconds(signed_at),
        "deadline": seconds(deadline),
    }
    return typed_data(domain, {"DocumentSignature": _DOCUMENT}, message)


def record(
    domain: Domain,
    certifications: Iterable[CertificationWrite],
    assessments: Iterable[AssessmentWrite],
    endings: Iterable[EndingWrite] = (),
    *,
    nonce: int,
    deadline: datetime,
) -> dict[str, Any]:
    """Return `Record` for `InvestorRegistry.recordBySig`; certifications that name one to end are revocations."""
    writes = tuple(certifications)
    message = {
        "certifications": [_named("Certification", certification(w)) for w in writes if w.revokes is None],
        "revocations": [_named("Revocation", revocation(w)) for w in writes if w.revokes is not None],
        "assessments": [_named("Assessment", assessment(w)) for w in assessments],
        "endings": [_named("Ending", ending(w)) for w in endings],
        "nonce": nonce,
        "deadline": seconds(deadline),
    }
    return typed_data(domain, _RECORD, message)


def link(
    domain: Domain,
    *,
    investor: str,
    wallet: ChecksumAddress,
    operator: ChecksumAddress,
    nonce: int,
    deadline: datetime,
) -> dict[str, Any]:
    """Return `Link` for `WalletRegistry.link`: the consent of a wallet, which ``operator`` may send."""
    message = {
        "investor": word(investor),
        "wallet": wallet,
        "operator": operator,
        "nonce": nonce,
        "deadline": seconds(deadline),
    }
    return typed_data(domain, {"Link": _LINK}, message)


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


def encoded(data: dict[str, Any]) -> bytes:
    """Return the 66 bytes 0x1901, domain separator, struct hash: what a P-256 key signs with SHA-256."""
    message = encode_typed_data(full_message=data)
    return b"\x19" + message.version + message.header + message.body


def _named(struct: str, values: tuple[object, ...]) -> dict[str, object]:
    names = [member["name"] for member in _members(_RECORD[struct])]
    return dict(zip(names, values, strict=True))


def _members(listed: str) -> list[dict[str, str]]:
    return [dict(zip(("name", "type"), member.split(), strict=True)) for member in listed.split(",")]
