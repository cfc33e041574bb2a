"""The chain's word on a contract wallet's approval: an anchor of a document and a wallet (`docs/format.md` §6)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier import receipt, rlp
from verifier.errors import VerificationError
from verifier.keccak import keccak256
from verifier.receipt import Claim, Proven
from verifier.record import members

EVENT: Final = "WalletSigned(bytes32,address,bytes32,bytes32)"
TOPIC: Final = bytes.fromhex(
    "ac5c5e0b6b6a190cb69f78568f74d96449fa27ed9102d84bfb1633eec3001a64"
)  # Keccak-256 of EVENT; a test recomputes it
_MEMBERS: Final = receipt.MEMBERS | {"document", "wallet"}
_PADDING: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class Word:
    """What is claimed: ``claim``'s contract took the wallet's signature of the document with this SHA-256."""

    document: bytes
    wallet: bytes
    claim: Claim


@dataclass(frozen=True, slots=True)
class Taken:
    """What is proven: in ``block`` the contract took it, for this EIP-712 digest; ``code`` is the wallet's (its hash).

    ``document``, ``digest`` and ``code`` are 64 hex digits, ``wallet`` 40.
    """

    document: str
    wallet: str
    digest: str
    code: str
    block: Proven


def named(value: object) -> bool:
    """Say whether an anchor object is about a wallet's signature, not a checkpoint."""
    return isinstance(value, dict) and "wallet" in value


def parse(value: object) -> Word:
    """Read an anchor object about a wallet's signature; `MalformedError` unless it is exactly of the format."""
    body = members(value, _MEMBERS, "anchor")
    claim = receipt.parse(body)
    document = receipt.hexadecimal(body["document"], "document", 32, 32)
    return Word(document, receipt.hexadecimal(body["wallet"], "wallet", 20, 20), claim)


def check(word: Word, digest: Callable[[bytes], bytes] = keccak256) -> Taken:
    """Return what the receipt proves; `VerificationError` unless it holds exactly one such event."""
    block, logs = receipt.check(word.claim, digest)
    found = [data for log in logs for data in _signed(log, word)]
    if len(found) != 1:
        raise VerificationError(
            "event_missing",
            f"the receipt holds {len(found)} events of the contract for this wallet and document, not one",
            wallet=word.wallet.hex(),
            contract=word.claim.contract.hex(),
        )
    return Taken(word.document.hex(), word.wallet.hex(), found[0][:32].hex(), found[0][32:].hex(), block)


def _signed(log: rlp.Item, word: Word) -> list[bytes]:
    """Return the data of the event, digest and code hash, if the log is it."""
    topics = [TOPIC, word.document, _PADDING + word.wallet]
    match log:
        case [bytes(address), list(named_by), bytes(data)] if address == word.claim.contract and named_by == topics:
            return [data] if len(data) == 64 else []  # noqa: PLR2004 - two words
        case _:
            return []
