"""Blocks of a real Polygon Edge network, as its JSON-RPC gave them."""

import json
from pathlib import Path
from typing import Any

import pytest
import rlp

from ledger.chain.rpc import header_of
from verifier import committed

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
