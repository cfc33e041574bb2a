"""Committed seals: which of a chain's validators put a block on it (`docs/format.md` §6).

`ibft` is Polygon Edge's IBFT with ECDSA validators (v1.3, its `consensus/ibft/signer`); `qbft` is Hyperledger Besu's
QBFT (its `BftBlockHashing` and `QbftExtraDataCodec`). Both keep seals in the header's extra data, outside its hash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier import rlp, secp256k1
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256

IBFT: Final = "ibft"
QBFT: Final = "qbft"
KINDS: Final = frozenset((IBFT, QBFT))
IBFT_FIELDS: Final = 13
"""Edge hashes a header up to its extra data; nothing after it is the block's."""

_EXTRA: Final = 12
_VANITY: Final = 32
_ADDRESS: Final = 20
_ROUND: Final = 8
_COMMIT: Final = b"\x02"
_LEAST_WITH_FAULTS: Final = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A header as its chain reads it. ``validators`` is empty where a contract holds them instead of the header."""

    hash: bytes
    digest: bytes
    validators: tuple[bytes, ...]
    seals: tuple[bytes, ...]


def block(kind: str, header: Sequence[rlp.Item]) -> Block:
    """Return hash, the digest that validators signed, and what the extra data names."""
    fields = list(header)
    extra = rlp.text(fields[_EXTRA])
    return _ibft(fields, extra) if kind == IBFT else _qbft(fields, extra)


def quorum(kind: str, validators: int) -> int:
    """Return how many must seal: two thirds, rounded up; Edge wants all of fewer than four."""
    if kind == IBFT and validators < _LEAST_WITH_FAULTS:
        return validators
    return -(-2 * validators // 3)


def sealers(kind: str, found: Block) -> tuple[bytes, ...]:
    """Return the addresses that sealed, in the order of the seals; `VerificationError` if its chain refuses them.

    Where the header names no validators, whether these are enough of the right ones is for the reader's pins to say.
    """
    signers: list[bytes] = []
    for seal in found.seals:
        signer = address(secp256k1.recover(found.digest, seal))
        if signer in signers:
            raise VerificationError("seal_repeated", f"validator {signer.hex()} sealed the block twice")
        if found.validators and signer not in found.validators:
            raise VerificationError(
                "seal_by_stranger",
                f"{signer.hex()}, which sealed the block, is none of its validators",
                signer=signer.hex(),
            )
        signers.append(signer)
    require_quorum(kind, len(signers), len(found.validators))
    return tuple(signers)


def require_quorum(kind: str, sealed: int, validators: int) -> None:
    """Refuse a block that fewer sealed than its consensus asks for."""
    if sealed < quorum(kind, validators):
        raise VerificationError(
            "seals_too_few",
            f"{sealed} of {validators} validators sealed the block, {quorum(kind, validators)} must",
            sealed=sealed,
            validators=validators,
        )


def address(public_key: bytes) -> bytes:
    """Return the address of a public key of 64 bytes."""
    return keccak256(public_key)[12:]


def _ibft(fields: list[rlp.Item], extra: bytes) -> Block:
    match rlp.decode_list(extra[_VANITY:]):
        case [list(validators), bytes(), list(seals), list(parents), bytes(round_)]:
            bare = extra[:_VANITY] + rlp.encode([validators, b"", [], parents, b""])
        case _:
            raise _unknown("Polygon Edge's IBFT")
    if len(round_) not in {0, _ROUND}:
        raise _unknown("Polygon Edge's IBFT")
    name = keccak256(rlp.encode([*fields[:_EXTRA], bare]))
    proposal = keccak256(name + round_) if round_ else name
    return Block(name, keccak256(keccak256(proposal + _COMMIT)), _addresses(validators), _seals(seals))


def _qbft(fields: list[rlp.Item], extra: bytes) -> Block:
    match rlp.decode_list(extra):
        case [bytes() as vanity, list(validators), list() as vote, bytes(round_), list(seals)]:
            unsealed: list[rlp.Item] = [vanity, validators, vote, round_, []]
            bare: list[rlp.Item] = [vanity, validators, vote, b"", []]
        case _:
            raise _unknown("Besu's QBFT")

    def digest(chosen: list[rlp.Item]) -> bytes:
        return keccak256(rlp.encode([*fields[:_EXTRA], rlp.encode(chosen), *fields[_EXTRA + 1 :]]))

    return Block(digest(bare), digest(unsealed), _addresses(validators), _seals(seals))


def _addresses(items: list[rlp.Item]) -> tuple[bytes, ...]:
    found = tuple(rlp.text(item, _ADDRESS) for item in items)
    if len(set(found)) != len(found):
        raise MalformedError("bad_extra_data", "the block names a validator twice")
    return found


def _seals(items: list[rlp.Item]) -> tuple[bytes, ...]:
    return tuple(rlp.text(item, secp256k1.SIZE) for item in items)


def _unknown(consensus: str) -> MalformedError:
    return MalformedError("bad_extra_data", f"the header's extra data is not of {consensus} with ECDSA validators")
