import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
import rlp as reference
from eth_utils import keccak
from trie import HexaryTrie

from tests.vector_source import chain
from verifier import anchor, receipt, rlp, seen, trie
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError
from verifier.keccak import keccak256, keccak256_all

HEAD = Checkpoint("example.com/log", 12, b"\1" * 32, b"\2" * 32, b"\4" * 32)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BODY = chain.anchor(HEAD, 5, 7, AT)


class TestKeccak:
    def test_known_answers(self) -> None:
        assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"

    def test_it_agrees_with_another_implementation_at_every_length(self) -> None:
        messages = [bytes([n % 251]) * n for n in range(280)]
        assert keccak256_all(messages) == [keccak(message) for message in messages]

    def test_of_nothing_there_is_nothing(self) -> None:
        assert keccak256_all([]) == []

    def test_the_topic_is_that_of_the_event(self) -> None:
        assert keccak256(anchor.EVENT.encode()) == anchor.TOPIC
        assert keccak256(seen.EVENT.encode()) == seen.TOPIC


class TestRlp:
    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b"a",
            b"\x80",
            b"dog",
            b"x" * 55,
            b"x" * 56,
            b"x" * 300,
            [],
            [b"", []],
            [[[]]],
            [b"x" * 60] * 5,
            [b"a"] * 55,
        ],
    )
    def test_what_another_implementation_writes_is_read(self, value: Any) -> None:
        assert rlp.decode(reference.encode(value)) == value

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x81a",
            b"\x83do",
            b"\x83dog!",
            b"\xb8\x37" + b"x" * 55,
            b"\xb9\x00\x38" + b"x" * 56,
            b"\xb8",
            b"\xc2a",
            b"\xc1\x83dog",
            b"\xf8\x01a",
            b"\xc1" * 17 + b"\xc0",
        ],
    )
    def test_any_other_form_is_refused(self, data: bytes) -> None:
        with pytest.raises(MalformedError):
            rlp.decode(data)

    def test_depth_is_bounded(self) -> None:
        deep: Any = []
        for _ in range(16):
            deep = [deep]
        with pytest.raises(MalformedError, match="deep"):
            rlp.decode(reference.encode(deep))

    def test_integers_have_no_leading_zeros(self) -> None:
        assert rlp.integer(b"") == 0
        values: tuple[rlp.Item, ...] = (b"\0", b"\0\1", b"\1" * 33, [b"\1"])
        for value in values:
            with pytest.raises(MalformedError):
                rlp.integer(value)

    @pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 2**64])
    def test_integers_are_written_as_others_write_them(self, value: int) -> None:
        assert rlp.encode_integer(value) == reference.encode(value)

    def test_a_list_is_a_list_and_a_text_is_a_text(self) -> None:
        with pytest.raises(MalformedError):
            rlp.decode_list(b"\x83dog")
        with pytest.raises(MalformedError):
            rlp.text([], None)
        with pytest.raises(MalformedError):
            rlp.text(b"dog", 4)


def proof(count: int, index: int) -> tuple[bytes, bytes, list[bytes]]:
    built = HexaryTrie({})
    for n in range(count):
        built[reference.encode(n)] = b"v" * (n % 40 + 1)
    key = reference.encode(index)
    nodes = [reference.encode(node) for node in built.get_proof(key)]  # type: ignore[no-untyped-call] # types its front only
    return built.root_hash, key, [nodes[0], *(node for node in nodes[1:] if len(node) >= 32)]


class TestTrie:
    @pytest.mark.parametrize("count", [1, 2, 3, 17, 129, 300])
    def test_every_value_is_found(self, count: int) -> None:
        for index in {0, 1, count // 2, count - 1} - {count}:
            root, key, nodes = proof(count, index)
            assert trie.verify_value(root, key, nodes, keccak256) == b"v" * (index % 40 + 1)

    def test_a_value_may_stand_at_the_end_of_a_branch(self) -> None:
        built = HexaryTrie({})
        built[b"ab"], built[b"abc"] = b"short" * 10, b"long" * 10
        nodes = [reference.encode(n) for n in built.get_proof(b"ab")]  # type: ignore[no-untyped-call] # types its front only
        assert trie.verify_value(built.root_hash, b"ab", nodes, keccak256) == b"short" * 10
        with pytest.raises(VerificationError) as caught:
            trie.verify_value(built.root_hash, b"a", nodes[:1], keccak256)
        assert caught.value.code in {"trie_path_differs", "trie_key_absent"}

    def test_each_node_must_fit_its_parent_and_be_used(self) -> None:
        root, key, nodes = proof(300, 200)
        for changed, code in (
            ([nodes[0] + b"\0", *nodes[1:]], "trie_node_differs"),
            (nodes[:-1], "trie_proof_short"),
            ([*nodes, nodes[-1]], "trie_proof_long"),
            ([nodes[0]] * 65, "too_large"),
        ):
            with pytest.raises(VerificationError) as caught:
                trie.verify_value(root, key, changed, keccak256)
            assert caught.value.code == code

    def test_a_key_that_is_not_there_has_no_proof(self) -> None:
        root, _, nodes = proof(3, 1)
        for key in (b"\x09", reference.encode(2) + b"\0"):
            with pytest.raises(VerificationError):
                trie.verify_value(root, key, nodes, keccak256)

    @pytest.mark.parametrize(
        ("node", "code"),
        [
            ([b"1", b"2", b"3"], "bad_trie_node"),
            ([b"", b"v"], "bad_trie_node"),
            ([b"\x41", b"v"], "bad_trie_node"),
            ([b"\x21", b"v"], "bad_trie_node"),
            ([b"\x20", b"v"], "trie_path_differs"),
            ([b"\x20\x05", b""], "trie_key_absent"),
            ([b""] * 17, "trie_key_absent"),
        ],
    )
    def test_strange_nodes_are_refused(self, node: Any, code: str) -> None:
        data = reference.encode(node)
        with pytest.raises(VerificationError) as caught:
            trie.verify_value(keccak256(data), b"\x05", [data], keccak256)
        assert caught.value.code == code

    def test_an_absent_value_at_the_end_of_a_branch(self) -> None:
        data = reference.encode([b""] * 17)
        with pytest.raises(VerificationError) as caught:
            trie.verify_value(keccak256(data), b"", [data], keccak256)
        assert caught.value.code == "trie_key_absent"


class TestAnchor:
    @pytest.mark.parametrize("others", [0, 1, 2, 130])
    def test_an_anchor_proves_its_checkpoint(self, others: int) -> None:
        body = chain.anchor(HEAD, 5, 7, AT, others=others)
        found = anchor.check(anchor.parse(body), HEAD)
        assert (found.size, found.block.block_number, found.block.block_time, found.block.chain_id) == (
            12,
            7,
            AT,
            chain.CHAIN_ID,
        )
        digest = keccak(bytes.fromhex(body["header"])).hex()
        assert found.block.block_hash == digest == receipt.block_hash(anchor.parse(body).claim)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"kind": "btc"}, "unknown_anchor"),
            ({"trust": "absolute"}, "unknown_anchor"),
            ({"size": -1}, "bad_anchor"),
            ({"size": "12"}, "bad_anchor"),
            ({"contract": "0x" + "0" * 38}, "bad_hex"),
            ({"contract": "C0FFEE" + "0" * 34}, "bad_hex"),
            ({"header": ""}, "bad_hex"),
            ({"header": 7}, "bad_hex"),
            ({"header": "ab" * 9000}, "bad_hex"),
            ({"block_time": "2026-03-02T01:00:00Z"}, "bad_instant"),
            ({"receipt_proof": []}, "bad_anchor"),
            ({"receipt_proof": "ab"}, "bad_anchor"),
            ({"receipt_proof": [""]}, "bad_hex"),
            ({"note": ""}, "bad_members"),
        ],
    )
    def test_an_anchor_has_exactly_one_form(self, change: dict[str, Any], code: str) -> None:
        with pytest.raises(MalformedError) as caught:
            anchor.parse(BODY | change)
        assert caught.value.code == code

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"block_number": 8}, "block_differs"),
            ({"block_time": "2026-03-02T01:00:01.000000Z"}, "block_differs"),
            ({"block_time": "2026-03-02T01:00:00.000001Z"}, "block_differs"),
            ({"header": "c0"}, "bad_header"),
            ({"transaction_index": 9}, "trie_key_absent"),
        ],
    )
    def test_a_claim_that_the_header_does_not_bear_out_is_refused(self, change: dict[str, Any], code: str) -> None:
        with pytest.raises(VerificationError) as caught:
            anchor.check(anchor.parse(BODY | change), HEAD)
        assert caught.value.code == code

    def test_the_event_must_be_of_this_checkpoint(self) -> None:
        for change in ({"size": 13}, {"sha256_root": b"\3" * 32}, {"sm3_root": b"\3" * 32}, {"map_root": b"\3" * 32}):
            with pytest.raises(VerificationError) as caught:
                anchor.check(anchor.parse(BODY), dataclasses.replace(HEAD, **change))
            assert caught.value.code == "event_missing"

    def test_the_log_must_have_grown(self) -> None:
        with pytest.raises(VerificationError) as caught:
            anchor.check(anchor.parse(chain.anchor(HEAD, 12, 7, AT)), HEAD)
        assert caught.value.code == "event_missing"

    def test_a_legacy_receipt_is_read_too(self) -> None:
        receipt = reference.encode([b"\1", b"\5", b"\0" * 256, [[chain.CONTRACT, [b"\0" * 32], b""]]])
        with pytest.raises(VerificationError) as caught:
            anchor.check(anchor.parse(wrapped(receipt)), HEAD)
        assert caught.value.code == "event_missing"

    def test_a_receipt_of_another_form_is_refused(self) -> None:
        with pytest.raises(MalformedError) as caught:
            anchor.check(anchor.parse(wrapped(reference.encode([b"\1", b"\5"]))), HEAD)
        assert caught.value.code == "bad_receipt"


def wrapped(receipt: bytes) -> dict[str, Any]:
    """Put a receipt into a block of its own."""
    leaf = reference.encode([b"\x20\x80", receipt])
    header: list[Any] = reference.decode(bytes.fromhex(BODY["header"]))
    header[5] = keccak(leaf)
    return BODY | {"header": reference.encode(header).hex(), "receipt_proof": [leaf.hex()], "transaction_index": 0}
