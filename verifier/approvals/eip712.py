"""Suite `eip712-secp256k1`: a wallet signs typed data that shows the act and commits to the statement (EIP-712)."""

from collections.abc import Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from verifier import secp256k1
from verifier.approvals.parts import unhex
from verifier.digests import sha256
from verifier.ecdsa import require_low
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256, keccak256_all
from verifier.record import members
from verifier.statement import Statement

SUITE: Final = "eip712-secp256k1"
CREDENTIAL: Final = frozenset(("public_key", "address", "chain_id"))
APPROVAL: Final = frozenset(("signature",))
ORDER: Final = secp256k1.N
NAME: Final = "Private Fund Sales Compliance Ledger"
VERSION: Final = "1"
DOMAIN_TYPE: Final = (("name", "string"), ("version", "string"), ("chainId", "uint256"))
TYPE: Final = (
    ("intent", "string"),
    ("purpose", "string"),
    ("sale", "bytes32"),
    ("investor", "bytes32"),
    ("product", "bytes32"),
    ("document", "bytes32"),
    ("items", "uint256"),
    ("signedAt", "string"),
    ("statement", "bytes32"),
)
_MAX_CHAIN: Final = 2**53 - 1


def typed_data(text: bytes, said: Statement, chain_id: int) -> dict[str, Any]:
    """Return the JSON that a wallet takes (``eth_signTypedData_v4``) for one statement."""
    return {
        "types": {
            "EIP712Domain": [{"name": name, "type": kind} for name, kind in DOMAIN_TYPE],
            "Statement": [{"name": name, "type": kind} for name, kind in TYPE],
        },
        "primaryType": "Statement",
        "domain": {"name": NAME, "version": VERSION, "chainId": chain_id},
        "message": {
            name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in _values(text, said)
        },
    }


def digest(text: bytes, said: Statement, chain_id: int) -> bytes:
    """Return the 32 bytes that a wallet signs: keccak256(0x19 ‖ 0x01 ‖ domain separator ‖ struct hash)."""
    domain = (("name", NAME), ("version", VERSION), ("chainId", chain_id))
    return keccak256(
        b"\x19\x01"
        + hash_struct("EIP712Domain", DOMAIN_TYPE, domain)
        + hash_struct("Statement", TYPE, _values(text, said))
    )


def verify(text: bytes, said: Statement, approval: object, credential: object) -> str:
    """Return the address (40 hex) of the account that approved the statement; ``credential`` holds its public key.

    The signature is r ‖ s (64 bytes, hex), s in the lower half: without a recovery byte there is one form.
    """
    held = members(credential, CREDENTIAL, "credential")
    chain_id = chain(held["chain_id"])
    key, address = public_key(held["public_key"])
    if held["address"] != address:
        raise VerificationError("wrong_key", "the wallet's address is not that of its public key", address=address)
    signature = unhex(members(approval, APPROVAL, "approval")["signature"], "approval.signature")
    verify_digest(key, digest(text, said, chain_id), signature)
    return address


def verify_digest(key: ec.EllipticCurvePublicKey, digest: bytes, signature: bytes) -> None:
    """Check r ‖ s over 32 bytes that are a digest already."""
    if len(signature) != 64:  # noqa: PLR2004 - r and s
        raise MalformedError("bad_signature", "the wallet's signature is not 64 bytes: r and s")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    require_low(r, s, ORDER)
    try:
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature:
        raise VerificationError("bad_signature", "the wallet's signature does not verify over this statement") from None


def chain(value: object) -> int:
    """Return a chain's number as a credential names it."""
    if type(value) is not int or not 0 < value <= _MAX_CHAIN:
        raise MalformedError("bad_member", "credential.chain_id is not a chain's number")
    return value


def public_key(text: object) -> tuple[ec.EllipticCurvePublicKey, str]:
    """Return a key on secp256k1 from its 64 bytes (x ‖ y, hex), and its address (40 hex)."""
    raw = unhex(text, "credential.public_key")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), b"\x04" + raw)
    except ValueError:
        raise MalformedError("bad_key", "the wallet's public key is not a point on secp256k1") from None
    return key, keccak256(raw)[12:].hex()


def hash_struct(name: str, fields: Sequence[tuple[str, str]], values: Sequence[tuple[str, str | int | bytes]]) -> bytes:
    """Return hashStruct (EIP-712): the type's hash and every value as 32 bytes, a text by its hash."""
    kind = f"{name}({','.join(f'{of} {field}' for field, of in fields)})"
    hashed = keccak256_all([kind.encode(), *(v.encode() for _, v in values if isinstance(v, str))])
    texts = iter(hashed[1:])
    words = [
        next(texts) if isinstance(v, str) else v if isinstance(v, bytes) else v.to_bytes(32, "big") for _, v in values
    ]
    return keccak256(hashed[0] + b"".join(words))


def _values(text: bytes, said: Statement) -> tuple[tuple[str, str | int | bytes], ...]:
    if len(said.documents) != 1:
        raise VerificationError("bad_statement", "a wallet approves a statement over exactly one document")
    return (
        ("intent", said.intent),
        ("purpose", said.purpose),
        ("sale", bytes.fromhex(said.sale)),
        ("investor", bytes.fromhex(said.investor)),
        ("product", bytes.fromhex(said.product)),
        ("document", bytes.fromhex(said.documents[0].sha256)),
        ("items", len(said.items)),
        ("signedAt", said.signed_at),
        ("statement", sha256(text)),
    )
