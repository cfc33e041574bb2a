"""Blocks of a real Polygon Edge network, as its JSON-RPC gave them."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import rlp

from ledger.chain.rpc import header_of
from ledger.errors import IntegrityError
from ledger.ports.log import SealedCheckpoint
from ledger.services import evidence
from ledger.services.ledger import Ledger
from verifier import anchor, checkpoint, committed, trust
from verifier.errors import VerificationError

RECORDED = json.loads((Path(__file__).parents[3] / "recorded" / "edge_ibft_blocks.json").read_text("utf-8"))


@pytest.mark.parametrize("block", RECORDED["blocks"], ids=lambda block: str(block["number"]))
def test_a_real_block_is_rebuilt_and_its_validators_are_found(block: dict[str, Any]) -> None:
    kind, header = header_of(block)
    assert kind == "ibft"
    found = committed.block(kind, rlp.decode(header))
    assert "0x" + found.hash.hex() == block["hash"]
    assert len(found.validators) == 4
    sealers = committed.sealers(kind, found)
    assert set(sealers) <= set(found.validators)
    assert len(sealers) >= 3


ANCHORS = json.loads((Path(__file__).parents[3] / "recorded" / "edge_ibft_anchors.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(3))
def test_a_real_anchor_proves_its_checkpoint_to_pinned_validators(number: int) -> None:
    heads = {head.size: head for head in (checkpoint.parse_body(checkpoint.split(n)[0]) for n in ANCHORS["notes"])}
    claim = anchor.parse(ANCHORS["anchors"][number])
    pinned = trust.parse(json.dumps(ANCHORS["trust"]).encode())
    proven = anchor.check(claim, heads[claim.size]).block
    assert proven.contract in (pinned.contracts or ())
    validators = pinned.validators_at(proven.chain_id, proven.block_number)
    assert set(proven.validators) == validators
    assert len(set(proven.sealers) & validators) >= committed.quorum(proven.kind, len(validators)) == 3


def test_a_real_anchor_proves_nothing_about_another_checkpoint() -> None:
    first, second = (checkpoint.parse_body(checkpoint.split(note)[0]) for note in ANCHORS["notes"][:2])
    claim = anchor.parse(ANCHORS["anchors"][0])
    with pytest.raises(VerificationError) as caught:
        anchor.check(claim, second if claim.size == first.size else first)
    assert caught.value.code == "event_missing"


@pytest.mark.parametrize("number", range(3))
def test_the_block_that_became_final_is_known_by_the_hash_that_its_chain_gives_it(number: int) -> None:
    body = ANCHORS["anchors"][number]
    claim = anchor.parse(body)
    head = next(
        head
        for head in (checkpoint.parse_body(checkpoint.split(note)[0]) for note in ANCHORS["notes"])
        if head.size == claim.size
    )
    ledger = cast("Ledger", SimpleNamespace(anchor=SimpleNamespace(evidence=lambda _size: body)))
    named = anchor.check(claim, head).block.block_hash
    assert evidence._anchor(ledger, sealed(head, named)) == body
    with pytest.raises(IntegrityError, match="another block"):
        evidence._anchor(ledger, sealed(head, "00" * 32))


def sealed(head: checkpoint.Checkpoint, block: str) -> SealedCheckpoint:
    return cast("SealedCheckpoint", SimpleNamespace(checkpoint=head, block=SimpleNamespace(hash=block)))


def test_no_byte_of_a_real_header_can_change_but_those_of_the_proposers_seal() -> None:
    body = ANCHORS["anchors"][0]
    heads = [checkpoint.parse_body(checkpoint.split(note)[0]) for note in ANCHORS["notes"]]
    head = next(head for head in heads if head.size == body["size"])
    header = bytes.fromhex(body["header"])
    _, proposer, *_ = rlp.decode(rlp.decode(header)[12][32:])
    seal = header.index(proposer)
    for place in range(0, len(header), 29):
        changed = bytearray(header)
        changed[place] ^= 1
        claim = anchor.parse(body | {"header": changed.hex()})
        if seal <= place < seal + len(proposer):
            anchor.check(claim, head)
            continue
        with pytest.raises(VerificationError):
            anchor.check(claim, head)
