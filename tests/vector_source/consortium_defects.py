"""The vectors of consortium chains: how blocks are sealed, and how they are not."""

from dataclasses import replace
from typing import Any

from eth_utils import keccak

from tests.vector_source.consortium import IBFT, KEYS, QBFT, STRANGER, VANITY, Sealing, all_resealed, high, pins
from tests.vector_source.recipe import STEPS, Recipe, Vector

VALIDATORS = {"validators": [pins(*KEYS)]}
TWO, THREE = tuple(KEYS[:2]), tuple(KEYS[:3])
_RIGHT: Any = {name: getattr(IBFT, name) for name in ("by", "stated_round", "seal", "hashing", "extra")}


def _last(how: Sealing) -> Recipe:
    """Return a bundle whose last block is sealed like this, the others being right."""
    return Recipe(body=all_resealed(replace(how, **_RIGHT), how), trust=VALIDATORS)


def _pinned(entry: Any) -> Recipe:
    return Recipe(body=all_resealed(IBFT), trust={"validators": [entry]})


def _parity(made: bytes) -> bytes:
    return made[:64] + bytes([1 - made[64]])


GOOD: dict[str, Recipe] = {
    "good/ibft": Recipe(body=all_resealed(IBFT), trust=VALIDATORS),
    "good/ibft_not_pinned": Recipe(body=all_resealed(replace(IBFT, legacy=True))),
    "good/qbft": Recipe(body=all_resealed(QBFT, replace(QBFT, by=tuple(KEYS))), trust=VALIDATORS),
    "good/qbft_contract": Recipe(body=all_resealed(replace(QBFT, named=())), trust=VALIDATORS),
}
BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_ibft_too_few": (_last(replace(IBFT, by=TWO)), "anchors", "seals_too_few"),
    "bad_ibft_stranger": (_last(replace(IBFT, by=(*THREE, STRANGER))), "anchors", "seal_by_stranger"),
    "bad_ibft_repeated": (_last(replace(IBFT, by=(*TWO, TWO[1]))), "anchors", "seal_repeated"),
    "bad_ibft_high_s": (_last(replace(IBFT, seal=high)), "anchors", "bad_committed_seal"),
    "bad_ibft_parity": (
        _last(replace(IBFT, seal=_parity)),
        "anchors",
        "seal_by_stranger",
    ),
    "bad_ibft_hash_rule": (_last(replace(IBFT, hashing=keccak)), "anchors", "seal_by_stranger"),
    "bad_ibft_round": (_last(replace(IBFT, stated_round=0)), "anchors", "seal_by_stranger"),
    "bad_ibft_extra_data": (_last(replace(IBFT, extra=lambda e: b"V" + e[1:])), "anchors", "seal_by_stranger"),
    "bad_ibft_validators": (_pinned(pins(*THREE, STRANGER)), "pins", "validators_differ"),
    "bad_ibft_not_pinned": (_pinned(pins(*KEYS, from_block=101)), "pins", "not_pinned"),
    "bad_qbft_too_few": (_last(replace(QBFT, by=TWO)), "anchors", "seals_too_few"),
    "bad_qbft_too_few_of_contract": (_last(replace(QBFT, named=(), by=TWO)), "pins", "seals_too_few"),
    "bad_qbft_stranger": (_last(replace(QBFT, by=(*THREE, STRANGER))), "anchors", "seal_by_stranger"),
    "bad_qbft_stranger_to_contract": (
        _last(replace(QBFT, named=(), by=(*THREE, STRANGER))),
        "pins",
        "validators_differ",
    ),
    "bad_qbft_round": (_last(replace(QBFT, stated_round=0)), "anchors", "seal_by_stranger"),
    "bad_qbft_extra_data": (
        _last(replace(QBFT, extra=lambda e: e.replace(VANITY, b"V" * 32))),
        "anchors",
        "seal_by_stranger",
    ),
    "bad_validators_of_one_party": (Recipe(trust=VALIDATORS), "pins", "not_pinned"),
}


def vectors() -> list[Vector]:
    """Make them all."""
    made = [Vector(name, recipe.make(), "holds") for name, recipe in GOOD.items()]
    return made + [Vector(name, recipe.make(), "fails", STEPS[key], code) for name, (recipe, key, code) in BAD.items()]
