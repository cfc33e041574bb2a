"""Who signed which document, when, by which suite."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_typing import ChecksumAddress, HexStr
from hexbytes import HexBytes

from ledger.chain.binding import Binding
from ledger.chain.errors import ContractRefusedError, translated
from ledger.chain.units import instant, seconds, text, untext, word
from ledger.ports.anchor import SignatureWrite

SignatureItem = tuple[bytes, bytes, bytes, bytes, int]
SUITE_BYTES = 16
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class TypedSignature:
    """An EIP-712 signature of a document by an account or wallet, to be sent by ``deadline``; digests in hex."""

    signer: ChecksumAddress
    document_sha256: str
    document_sm3: str
    statement_sha256: str
    signed_at: datetime
    deadline: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class KeySignature:
    """A signature of a document by a P-256 key at (x, y) over `ledger.chain.typed_data.encoded`; digests in hex."""

    x: int
    y: int
    document_sha256: str
    document_sm3: str
    statement_sha256: str
    signed_at: datetime
    deadline: datetime
    r: int
    s: int


@dataclass(frozen=True, slots=True)
class ChainSignature:
    """A signature as the chain keeps it; ``checked_on_chain`` is false for what an operator recorded."""

    suite: str
    recorded_at: datetime
    signed_at: datetime
    checked_on_chain: bool


@dataclass(frozen=True, slots=True)
class WalletSigned:
    """Where the event of a contract wallet's signature stands (``index``: the transaction's in its block)."""

    transaction: str
    index: int
    block: int
    digest: bytes


class SignatureRegistry(Binding):
    """`contracts/SignatureRegistry.sol`."""

    name = "SignatureRegistry"
    unused: ClassVar[dict[str, str]] = {
        "recordFromLog": "called by the evidence log",
        "eip712Domain": "for wallets",
        "EIP712DomainChanged": "the domain never changes",
        "institutions": "checked through EvidenceLog at deployment",
        "log": "checked through EvidenceLog at deployment",
    }

    def sign(self, signatures: Iterable[TypedSignature]) -> HexStr:
        """Have EIP-712 signatures checked and kept."""
        return self._write(
            "sign",
            [
                (
                    s.signer,
                    word(s.document_sha256),
                    word(s.document_sm3),
                    word(s.statement_sha256),
                    seconds(s.signed_at),
                    seconds(s.deadline),
                    s.signature,
                )
                for s in signatures
            ],
        )

    def sign_p256(self, signatures: Iterable[KeySignature]) -> HexStr:
        """Have signatures of P-256 keys checked and kept."""
        return self._write(
            "signP256",
            [
                (
                    _bytes32(s.x),
                    _bytes32(s.y),
                    word(s.document_sha256),
                    word(s.document_sm3),
                    word(s.statement_sha256),
                    seconds(s.signed_at),
                    seconds(s.deadline),
                    _bytes32(s.r),
                    _bytes32(s.s),
                )
                for s in signatures
            ],
        )

    def record(self, writes: Iterable[SignatureWrite]) -> HexStr:
        """Record signatures that were checked off chain."""
        return self._write("record", [recorded_signature(write) for write in writes])

    def signed_before(self, document_sha256: str, key: str, at: datetime) -> bool:
        """Say whether the chain held this document's signature by this key (64 hex) before an instant."""
        return bool(self._read("signedBefore", word(document_sha256), word(key), seconds(at)))

    def signature(self, document_sha256: str, key: str) -> ChainSignature | None:
        """Return the kept signature, ``None`` if there is none."""
        try:
            recorded_at, signed_at, checked, suite = self._read("signatureOf", word(document_sha256), word(key))
        except ContractRefusedError as error:
            if error.name == "UnknownSignature":
                return None
            raise
        return ChainSignature(untext(suite), instant(recorded_at), instant(signed_at), checked)

    def wallet_signed(
        self, document_sha256: str, wallet: ChecksumAddress, first: int, last: int
    ) -> WalletSigned | None:
        """Return the event of a contract wallet's signature in a range of blocks, if one holds it."""
        event = self._contract.events.WalletSigned()
        wanted = {"document": word(document_sha256), "wallet": wallet}
        with translated("read the event of a signature"):
            found = event.get_logs(from_block=first, to_block=last, argument_filters=wanted)
        if not found:
            return None
        transaction = HexBytes(found[0]["transactionHash"]).hex().removeprefix("0x")
        return WalletSigned(
            transaction, found[0]["transactionIndex"], found[0]["blockNumber"], bytes(found[0]["args"]["digest"])
        )

    def digest(self, s: TypedSignature) -> bytes:
        """Return the 32 bytes that a wallet signs; the signature that it holds does not matter."""
        digests = (word(s.document_sha256), word(s.document_sm3), word(s.statement_sha256))
        return bytes(self._read("digestOf", *digests, seconds(s.signed_at), seconds(s.deadline)))


def account_key(address: ChecksumAddress) -> str:
    """Return the key (64 hex) under which an address signs."""
    return address.removeprefix("0x").lower().rjust(64, "0")


def low_s(signature: bytes) -> tuple[int, int]:
    """Return (r, s) of a P-256 signature in DER, with the lower of both s, which is as good and the only one taken."""
    r, s = decode_dss_signature(signature)
    return r, min(s, P256_ORDER - s)


def recorded_signature(write: SignatureWrite) -> SignatureItem:
    """Return `ISignatureRegistry.RecordedSignature`."""
    return (
        word(write.document_sha256),
        word(write.key),
        word(write.leaf),
        text(write.suite, SUITE_BYTES),
        seconds(write.signed_at),
    )


def _bytes32(number: int) -> bytes:
    return number.to_bytes(32, "big")
