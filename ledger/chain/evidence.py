"""The anchor object of `docs/format.md` §6: a header and a receipt proof that need no node to check."""

import rlp
from trie import HexaryTrie

from ledger.chain.errors import ChainContradictsError
from ledger.chain.node import BlockProof
from ledger.chain.units import instant
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from verifier.receipt import TRUST

_RECEIPTS_ROOT, _NUMBER, _TIMESTAMP = 5, 8, 11  # positions in a header, yellow paper §4.4
_HASHED = 32  # a node shorter than its hash stands inside its parent


def receipt_object(
    block: BlockProof, *, chain_id: int, contract: str, transaction: str, transaction_index: int
) -> dict[str, Value]:
    """Return an anchor's members but for what it is of; `ChainContradictsError` if the header has other receipts."""
    header = rlp.decode(block.header)
    listed: list[Value] = [node.hex() for node in receipt_proof(block, transaction_index)]
    return {
        "kind": block.kind,
        "chain_id": chain_id,
        "contract": contract.removeprefix("0x").lower(),
        "trust": TRUST[block.kind],
        "block_number": int.from_bytes(header[_NUMBER], "big"),
        "block_time": to_text(instant(int.from_bytes(header[_TIMESTAMP], "big"))),
        "header": block.header.hex(),
        "transaction": transaction,
        "transaction_index": transaction_index,
        "receipt_proof": listed,
    }


def receipt_proof(block: BlockProof, index: int) -> tuple[bytes, ...]:
    """Return the trie nodes from the header's receipts root to the receipt, root first."""
    trie = HexaryTrie({})
    for position, receipt in enumerate(block.receipts):
        trie[rlp.encode(position)] = receipt
    if trie.root_hash != rlp.decode(block.header)[_RECEIPTS_ROOT]:
        raise ChainContradictsError(
            "the receipts that the chain gives are not those of the block's header; ask another node",
            "节点给出的收据与区块头不符，请更换节点核对",
        )
    path = trie.get_proof(rlp.encode(index))  # type: ignore[no-untyped-call]  # the package types its front only
    nodes = [rlp.encode(node) for node in path]
    return (nodes[0], *(node for node in nodes[1:] if len(node) >= _HASHED))
