"""Blocks of consortium chains, sealed with `eth_keys` by validators whose keys are published here.

Written from the chains' own sources, not from the verifier: Polygon Edge v1.3.2 `consensus/ibft/signer`, Besu
`BftBlockHashing` and `QbftExtraDataCodec`. A real Edge network's blocks are in `tests/recorded`; Besu has only these.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import rlp
from eth_keys.constants import SECPK1_N
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

Body = dict[str, Any]
CHAIN_ID = 20_231
KEYS = [PrivateKey(keccak(b"validator %d" % number)) for number in range(4)]
STRANGER = PrivateKey(keccak(b"no validator"))
VANITY = b"vectors".ljust(32, b"\0")
MIX_HASH = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")


@dataclass(frozen=True)
class Sealing:
    """How a block is sealed, and what is wrong with it. ``hashing`` is the rule that the seals follow."""

    kind: str = "ibft"
    named: Sequence[PrivateKey] = tuple(KEYS)
    by: Sequence[PrivateKey] = tuple(KEYS[:3])
    round: int = 1
    stated_round: int | None = None
    legacy: bool = False
    seal: Callable[[bytes], bytes] = lambda seal: seal
    hashing: Callable[[bytes], bytes] | None = None
    extra: Callable[[bytes], bytes] = lambda extra: extra


def address(key: PrivateKey) -> bytes:
    return key.public_key.to_canonical_address()


def seal(key: PrivateKey, digest: bytes) -> bytes:
    """Return r, s and the parity: 65 bytes."""
    return key.sign_msg_hash(digest).to_bytes()


def high(made: bytes) -> bytes:
    """Return the other signature that the same key would have made: the upper s, the other parity."""
    return made[:32] + (SECPK1_N - int.from_bytes(made[32:64], "big")).to_bytes(32, "big") + bytes([1 - made[64]])


def header(fields: Sequence[Any], how: Sealing) -> tuple[list[Any], bytes]:
    """Return the header with its seals, and the hash that its chain gives it, over these fields of another block."""
    return (_edge if how.kind == "ibft" else _besu)(list(fields), how)


def resealed(anchor: Body, how: Sealing) -> Body:
    """Return an anchor of kind `evm` as one of a consortium chain, with the same receipts."""
    made, _ = header(rlp.decode(bytes.fromhex(anchor["header"])), how)
    about = {"kind": how.kind, "trust": "validators", "chain_id": CHAIN_ID}
    return anchor | about | {"header": rlp.encode(made).hex()}


def all_resealed(how: Sealing, last: Sealing | None = None) -> Callable[[Body, Any], None]:
    """Move the anchors of a bundle to a consortium chain; the last one can be sealed in another way."""

    def change(body: Body, _story: Any) -> None:
        body["anchors"] = [resealed(anchor, how) for anchor in body["anchors"]]
        body["anchors"][-1] = resealed(body["anchors"][-1], last or how)

    return change


def pins(*keys: PrivateKey, from_block: int = 0) -> Body:
    """Return the trust file's entry: addresses, but of the last validator its public key."""
    named = [address(key).hex() for key in keys[:-1]] + [keys[-1].public_key.to_bytes().hex()]
    return {"chain_id": CHAIN_ID, "from_block": from_block, "validators": named}


def _edge(fields: list[Any], how: Sealing) -> tuple[list[Any], bytes]:
    fields = fields[:12]
    validators = [address(key) for key in how.named]
    parents = [seal(key, keccak(b"the parent")) for key in KEYS[1:]]

    def extra(number: bytes, *seals: Any) -> bytes:
        proposer, committed = seals or (b"", [])
        return VANITY + bytes(rlp.encode([validators, proposer, committed, parents, number]))

    name = keccak(rlp.encode([*fields, extra(b"")]))
    number = b"" if how.legacy else how.round.to_bytes(8, "big")
    digest = keccak(keccak((keccak(name + number) if number else name) + b"\x02"))
    if how.hashing is not None:
        digest = how.hashing(rlp.encode([*fields, extra(b"")]))
    seals = [how.seal(seal(key, digest)) for key in how.by]
    if how.stated_round is not None:
        number = how.stated_round.to_bytes(8, "big")
    return [*fields, how.extra(extra(number, seal(how.named[0], keccak(name)), seals))], name


def _besu(fields: list[Any], how: Sealing) -> tuple[list[Any], bytes]:
    fields[13] = MIX_HASH
    validators = [address(key) for key in how.named]

    def filled(number: int, seals: Sequence[bytes]) -> list[Any]:
        extra = bytes(rlp.encode([VANITY, validators, [], number, list(seals)]))
        return [*fields[:12], extra, *fields[13:]]

    name = keccak(rlp.encode(filled(0, [])))
    unsealed = rlp.encode(filled(how.round, []))
    digest = keccak(unsealed) if how.hashing is None else how.hashing(unsealed)
    seals = [how.seal(seal(key, digest)) for key in how.by]
    made = filled(how.round if how.stated_round is None else how.stated_round, seals)
    made[12] = how.extra(made[12])
    return made, name


IBFT = Sealing()
QBFT = replace(IBFT, kind="qbft")
