"""Gas of what one party signs and another sends, beside `attestByDelegation` of EAS."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.chain import typed_data
from ledger.chain.institutions import Role
from ledger.chain.signature_registry import low_s
from ledger.chain.units import instant
from ledger.ports.anchor import CertificationWrite
from verifier.checkpoint import Checkpoint

KEY = sha256(b"signer").digest()
SIGNER = Account.from_key(KEY)
SINCE, LATER = instant(1_700_000_000), instant(1_900_000_000)
_ATTEST = (
    "attester address,schema bytes32,recipient address,expirationTime uint64,revocable bool,refUID bytes32,data bytes,"
    "value uint256,nonce uint256,deadline uint64"
)


def costs(bench: Any, values: Iterator[bytes]) -> Iterator[tuple[str, int, int | None]]:
    """Yield what, our gas, EAS' gas."""
    institutions = bench.at("Institutions", bench.log.functions.institutions().call())
    roles = 1 << Role.CERTIFIER | 1 << Role.WITNESS
    bench.gas(institutions.functions.admit([(SIGNER.address, next(values), roles)]))
    yield "certify by signature (EAS: attestByDelegation)", _certify(bench, values), _attest(bench, values)
    yield "cosign by signature, the first witness", _cosign(bench, values), None
    yield "check and keep a document's signature: eip712-secp256k1", _sign(bench, values), None
    yield "check and keep a document's signature: P-256", _sign_p256(bench, values), None


def _domain(bench: Any, contract: Any) -> typed_data.Domain:
    return typed_data.Domain(bench.web3.eth.chain_id, contract.address)


def _certify(bench: Any, values: Iterator[bytes]) -> int:
    where = _domain(bench, bench.investors)
    cost = 0
    for nonce in range(2):  # the signer's first act also opens the slot of its nonce
        write = CertificationWrite(next(values).hex(), "cn_private_fund", next(values).hex(), SINCE, LATER)
        data = typed_data.record(where, [write], [], nonce=nonce, deadline=LATER)
        deadline, items = data["message"]["deadline"], data["message"]["certifications"]
        by = (SIGNER.address, nonce, deadline, typed_data.sign(KEY, data))
        granted = [tuple(item.values()) for item in items]
        cost = bench.gas(bench.investors.functions.recordBySig(by, granted, [], [], []))
    return cost


def _attest(bench: Any, values: Iterator[bytes]) -> int:
    _, name, version, chain, contract, *_ = bench.eas.functions.eip712Domain().call()
    data = typed_data.typed_data(typed_data.Domain(chain, contract), {"Attest": _ATTEST}, {})
    data["domain"].update(name=name, version=version)
    cost = 0
    for nonce in range(2):
        request = (bench.web3.to_checksum_address(next(values)[:20]), 0, True, bytes(32), next(values), 0)
        named = zip(("recipient", "expirationTime", "revocable", "refUID", "data", "value"), request, strict=True)
        data["message"] = {
            "attester": SIGNER.address,
            "schema": bench.schema,
            **dict(named),
            "nonce": nonce,
            "deadline": 0,
        }
        signed = SIGNER.sign_message(encode_typed_data(full_message=data))
        signature = (signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
        delegated = (bench.schema, request, signature, SIGNER.address, 0)
        cost = bench.gas(bench.eas.functions.attestByDelegation(delegated))
    return cost


def _cosign(bench: Any, values: Iterator[bytes]) -> int:
    top = Checkpoint("x", 1 << 40, next(values), next(values), next(values))
    bench.gas(bench.log.functions.anchor(top.size, *top.roots))
    data = typed_data.cosign(_domain(bench, bench.log), top, LATER)
    item = (SIGNER.address, (top.size, *top.roots), data["message"]["deadline"], typed_data.sign(KEY, data))
    return int(bench.gas(bench.log.functions.cosignBySig([item])))


def _document(bench: Any, values: Iterator[bytes]) -> dict[str, Any]:
    return typed_data.document_signature(
        _domain(bench, bench.signatures),
        document_sha256=next(values).hex(),
        document_sm3=next(values).hex(),
        statement_sha256=next(values).hex(),
        signed_at=SINCE,
        deadline=LATER,
    )


def _sign(bench: Any, values: Iterator[bytes]) -> int:
    data = _document(bench, values)
    item = (SIGNER.address, *data["message"].values(), typed_data.sign(KEY, data))
    return int(bench.gas(bench.signatures.functions.sign([item])))


def _sign_p256(bench: Any, values: Iterator[bytes]) -> int:
    data, device = _document(bench, values), ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
    point = device.public_key().public_numbers()
    signature = low_s(device.sign(typed_data.encoded(data), ec.ECDSA(SHA256(), deterministic_signing=True)))
    x, y, r, s = (number.to_bytes(32, "big") for number in (point.x, point.y, *signature))
    return int(bench.gas(bench.signatures.functions.signP256([(x, y, *data["message"].values(), r, s)])))
