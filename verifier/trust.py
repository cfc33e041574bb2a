"""What a reader brings along: keys, roots, contracts, blocks and validators from elsewhere (`docs/format.md` §10)."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from verifier import canonical, committed, cosignature
from verifier.errors import MalformedError

MAX_BYTES: Final = 1024 * 1024
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")
_TEXTS: Final = frozenset(("log", "seal", "roots", "timestamp_roots", "contracts", "blocks", "witnesses"))
_VKEYS: Final = frozenset(("log", "witnesses"))
_MEMBERS: Final = _TEXTS | {"validators", "quorum"}
_ADDRESS, _PUBLIC_KEY = 40, 128  # hex digits


@dataclass(frozen=True, slots=True)
class ValidatorSet:
    """Who may seal the blocks of a chain from a block on, until the next set; addresses of 20 bytes."""

    chain_id: int
    from_block: int
    validators: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Trust:
    """Pins by kind; a kind that is ``None`` is not pinned. All are the texts that a bundle uses, in sets."""

    log: frozenset[str] | None = None
    seal: frozenset[str] | None = None
    roots: frozenset[str] | None = None
    timestamp_roots: frozenset[str] | None = None
    contracts: frozenset[str] | None = None
    blocks: frozenset[str] | None = None
    validators: tuple[ValidatorSet, ...] | None = None
    witnesses: frozenset[str] | None = None
    quorum: int | None = None
    """How many of ``witnesses`` must have cosigned; a majority of them if it is not told."""

    def validators_at(self, chain_id: int, block: int) -> frozenset[bytes]:
        """Return the pinned validators of a block, none if the reader pinned none for it."""
        sets = [s for s in self.validators or () if s.chain_id == chain_id and s.from_block <= block]
        return max(sets, key=lambda s: s.from_block).validators if sets else frozenset()


def parse(data: bytes) -> Trust:
    """Read a trust file (any JSON layout); `MalformedError` for unknown members or anything but lists of texts."""
    if len(data) > MAX_BYTES:
        raise MalformedError("too_large", f"the trust file is larger than {MAX_BYTES} bytes", limit=MAX_BYTES)
    canonical.require_shallow(data)
    try:
        body = json.loads(data.decode("utf-8"))
    except ValueError:
        raise MalformedError("not_json", "the trust file is not JSON") from None
    if not isinstance(body, dict) or not body or body.keys() - _MEMBERS:
        raise MalformedError("bad_members", f"a trust file has some of: {', '.join(sorted(_MEMBERS))}")
    texts = {name: _texts(name, value) for name, value in body.items() if name in _TEXTS}
    found = Trust(
        **texts,
        validators=_validator_sets(body["validators"]) if "validators" in body else None,
        quorum=body.get("quorum"),
    )
    _require_witnesses(found.witnesses, found.quorum)
    return found


def majority(count: int) -> int:
    """Return the least number of ``count`` witnesses that any two such numbers share one of."""
    return count // 2 + 1


def _require_witnesses(witnesses: frozenset[str] | None, quorum: object) -> None:
    count = 0 if witnesses is None else len(witnesses)
    if quorum is not None and (type(quorum) is not int or not 1 <= quorum <= count):
        raise MalformedError(
            "bad_member", f"quorum of the trust file is not a number from 1 to its {count} witnesses", member="quorum"
        )
    if count > cosignature.MAX_WITNESSES:
        raise MalformedError("bad_member", f"more than {cosignature.MAX_WITNESSES} witnesses", member="witnesses")
    cosignature.require_keys(witnesses or ())


def _texts(name: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise MalformedError("bad_member", f"{name} of the trust file is not a list of texts", member=name)
    if name not in _VKEYS and not all(_HEX.fullmatch(item) for item in value):
        raise MalformedError("bad_member", f"{name} of the trust file is not lower-case hex", member=name)
    return frozenset(value)


def _validator_sets(value: Any) -> tuple[ValidatorSet, ...]:
    sets = tuple(_validator_set(entry) for entry in value) if isinstance(value, list) else ()
    if not sets or len({(s.chain_id, s.from_block) for s in sets}) != len(sets):
        raise _bad_validators()
    return sets


def _validator_set(entry: Any) -> ValidatorSet:
    match entry:
        case {"chain_id": int(chain_id), "from_block": int(block), "validators": [_, *_] as keys} if len(entry) == 3:  # noqa: PLR2004 - exactly these
            validators = frozenset(_address(key) for key in keys)
        case _:
            raise _bad_validators()
    if len(validators) != len(keys):
        raise _bad_validators()
    return ValidatorSet(chain_id, block, validators)


def _address(key: Any) -> bytes:
    """Read an address, or the address of a public key."""
    if not isinstance(key, str) or len(key) not in {_ADDRESS, _PUBLIC_KEY} or not _HEX.fullmatch(key):
        raise _bad_validators()
    found = bytes.fromhex(key)
    return found if len(key) == _ADDRESS else committed.address(found)


def _bad_validators() -> MalformedError:
    return MalformedError(
        "bad_member",
        "validators of the trust file is not a list of objects with chain_id, from_block and validators: addresses (40"
        " hex) or public keys (128 hex), each once, and no two sets from the same block",
        member="validators",
    )
