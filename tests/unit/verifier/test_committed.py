"""Committed seals against `eth_keys` and against blocks of a real network."""

import dataclasses
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import rlp as reference
from eth_keys.constants import SECPK1_N
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.vector_source import chain, consortium
from tests.vector_source.consortium import IBFT, KEYS, QBFT, STRANGER, Sealing, address
from verifier import anchor, committed, receipt, rlp, secp256k1
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError

HEAD = Checkpoint("example.com/log", 12, b"\1" * 32, b"\2" * 32, b"\4" * 32)
BODY = chain.anchor(HEAD, 5, 7, datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
FIELDS: list[Any] = reference.decode(bytes.fromhex(BODY["header"]))
DIGEST = b"\7" * 32
GENERATOR_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798


def read(how: Sealing) -> tuple[committed.Block, bytes]:
    fields, name = consortium.header(FIELDS, how)
    return committed.block(how.kind, fields), name


class TestRecovery:
    @given(secret=st.integers(min_value=1, max_value=SECPK1_N - 1), digest=st.binary(min_size=32, max_size=32))
    def test_the_key_is_the_one_that_signed(self, secret: int, digest: bytes) -> None:
        key = PrivateKey(secret.to_bytes(32, "big"))
        assert secp256k1.recover(digest, consortium.seal(key, digest)) == key.public_key.to_bytes()

    def test_a_digest_of_zero_is_one_too(self) -> None:
        made = consortium.seal(KEYS[0], bytes(32))
        assert secp256k1.recover(bytes(32), made) == KEYS[0].public_key.to_bytes()

    @pytest.mark.parametrize(
        "change",
        [
            lambda s: s[:64],
            lambda s: s + b"\0",
            lambda s: s[:64] + b"\2",
            lambda s: s[:64] + bytes([27 + s[64]]),
            lambda s: bytes(32) + s[32:],
            lambda s: SECPK1_N.to_bytes(32, "big") + s[32:],
            lambda s: s[:32] + bytes(32) + s[64:],
            consortium.high,
            lambda s: (5).to_bytes(32, "big") + s[32:],  # on no point
        ],
    )
    def test_a_seal_has_one_form(self, change: Any) -> None:
        with pytest.raises(MalformedError) as caught:
            secp256k1.recover(DIGEST, change(consortium.seal(KEYS[0], DIGEST)))
        assert caught.value.code == "bad_committed_seal"

    @pytest.mark.parametrize("secret", [1, 2, 3, SECPK1_N - 2, SECPK1_N - 1])
    def test_a_key_that_nobody_chooses_is_found_too(self, secret: int) -> None:
        key = PrivateKey(secret.to_bytes(32, "big"))
        for number in range(16):  # of every parity of the two factors
            digest = sha256(bytes([number])).digest()
            assert secp256k1.recover(digest, consortium.seal(key, digest)) == key.public_key.to_bytes()

    @pytest.mark.parametrize(("parity", "nonce"), [(0, 1), (1, -1)])
    def test_a_nonce_that_nobody_chooses_leads_to_its_key_too(self, parity: int, nonce: int) -> None:
        made = GENERATOR_X.to_bytes(32, "big") + (1).to_bytes(32, "big") + bytes([parity])
        secret = (nonce - int.from_bytes(DIGEST, "big")) * pow(GENERATOR_X, -1, SECPK1_N) % SECPK1_N
        assert secp256k1.recover(DIGEST, made) == PrivateKey(secret.to_bytes(32, "big")).public_key.to_bytes()

    def test_a_seal_of_no_key_is_refused(self) -> None:
        made = GENERATOR_X.to_bytes(32, "big") + (1).to_bytes(32, "big") + b"\0"
        with pytest.raises(MalformedError, match="no public key"):
            secp256k1.recover((1).to_bytes(32, "big"), made)

    def test_the_library_has_the_last_word(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = consortium.seal(KEYS[0], DIGEST)
        other = KEYS[1].public_key.to_bytes()
        point = int.from_bytes(other[:32], "big"), int.from_bytes(other[32:], "big")
        monkeypatch.setattr(secp256k1, "_sum", lambda *_: point)
        with pytest.raises(VerificationError) as caught:
            secp256k1.recover(DIGEST, made)
        assert caught.value.code == "bad_committed_seal"


class TestRlp:
    @given(
        st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=20),
    )
    def test_what_is_written_is_what_others_write(self, item: Any) -> None:
        assert rlp.encode(item) == reference.encode(item)


class TestBlock:
    @pytest.mark.parametrize(
        "how", [IBFT, QBFT, dataclasses.replace(IBFT, legacy=True), dataclasses.replace(QBFT, round=0)]
    )
    def test_hash_and_sealers_are_the_chains(self, how: Sealing) -> None:
        found, name = read(how)
        assert found.hash == name
        assert found.validators == tuple(address(key) for key in KEYS)
        assert committed.sealers(how.kind, found) == tuple(address(key) for key in KEYS[:3])

    def test_seals_and_round_are_outside_the_hash(self) -> None:
        for how in (IBFT, QBFT):
            hashes = {read(dataclasses.replace(how, by=KEYS[:n], round=n))[0].hash for n in (1, 2, 3)}
            assert len(hashes) == 1

    @pytest.mark.parametrize(
        ("kind", "validators", "least"),
        [("ibft", 1, 1), ("ibft", 2, 2), ("ibft", 3, 3), ("qbft", 3, 2)]
        + [(kind, n, k) for kind in ("ibft", "qbft") for n, k in ((4, 3), (5, 4), (6, 4), (7, 5), (9, 6), (10, 7))],
    )
    def test_the_quorum_is_two_thirds_rounded_up(self, kind: str, validators: int, least: int) -> None:
        assert committed.quorum(kind, validators) == least
        committed.require_quorum(kind, least, validators)
        with pytest.raises(VerificationError) as caught:
            committed.require_quorum(kind, least - 1, validators)
        assert caught.value.code == "seals_too_few"

    def test_where_a_contract_holds_the_validators_the_header_names_none(self) -> None:
        found, _ = read(dataclasses.replace(QBFT, named=(), by=(STRANGER,)))
        assert found.validators == ()
        assert committed.sealers("qbft", found) == (address(STRANGER),)

    @pytest.mark.parametrize("kind", ["ibft", "qbft"])
    @pytest.mark.parametrize(
        "extra",
        [
            b"",
            b"\0" * 32,
            b"\0" * 32 + b"\xc0",
            b"\xc0",
            reference.encode([b"", [], b"", b"", []]),
            b"\0" * 32 + reference.encode([[], b"", [], [], b"\1"]),
            b"\0" * 32 + reference.encode([[[b"\1" * 20, b"\2" * 48]], b"", [], [], b""]),  # BLS validators
            b"\0" * 32 + reference.encode([[b"\1" * 20] * 2, b"", [], [], b""]),
            b"\0" * 32 + reference.encode([[], b"", [b"\1" * 64], [], b""]),
            reference.encode([b"", [b"\1" * 20] * 2, [], b"", []]),
            reference.encode([b"", [b"\1" * 19], [], b"", []]),
            reference.encode([b"", [], [], b"", [b""]]),
        ],
    )
    def test_extra_data_of_another_form_is_refused(self, kind: str, extra: bytes) -> None:
        fields = [*FIELDS[:12], extra, *FIELDS[13:]]
        with pytest.raises(MalformedError):
            committed.block(kind, fields)


class TestAnchor:
    @pytest.mark.parametrize("how", [IBFT, QBFT])
    def test_an_anchor_tells_who_sealed_its_block(self, how: Sealing) -> None:
        claim = anchor.parse(consortium.resealed(BODY, how))
        found = anchor.check(claim, HEAD).block
        _, name = consortium.header(FIELDS, how)
        assert found.block_hash == receipt.block_hash(claim.claim) == name.hex()
        assert found.sealers == tuple(address(key) for key in KEYS[:3])
        assert found.validators == tuple(address(key) for key in KEYS)

    @pytest.mark.parametrize(
        "change",
        [
            {"trust": "self-asserted"},
            {"kind": "evm"},
            {"kind": ["ibft"]},
            {"trust": "3 of 4 validators"},
        ],
    )
    def test_kind_and_trust_go_together(self, change: dict[str, Any]) -> None:
        with pytest.raises(MalformedError) as caught:
            anchor.parse(consortium.resealed(BODY, IBFT) | change)
        assert caught.value.code == "unknown_anchor"

    @pytest.mark.parametrize("kind", ["ibft", "qbft"])
    def test_a_header_has_the_fields_of_its_chain(self, kind: str) -> None:
        fields: list[Any] = reference.decode(bytes.fromhex(consortium.resealed(BODY, IBFT)["header"]))
        header = reference.encode(fields + [b""] * (kind == "ibft")).hex()
        claim = anchor.parse(consortium.resealed(BODY, IBFT) | {"kind": kind, "header": header})
        with pytest.raises(MalformedError) as caught:
            anchor.check(claim, HEAD)
        assert caught.value.code == "bad_header"
