"""Where a transaction is, and what helps it on: it was dropped, it is stuck, another with its nonce was mined."""

from eth_typing import BlockNumber, HexStr
from web3.exceptions import BlockNotFound, TransactionNotFound
from web3.types import BlockData, TxReceipt

from ledger.chain.node import Node
from ledger.chain.sender import Sender
from ledger.chain.units import instant
from ledger.errors import ChainError
from ledger.ports.anchor import Standing
from ledger.ports.log import Block


def tend(node: Node, sender: Sender, transaction: str) -> Standing:
    """Return the standing of a transaction or of the one that replaced it; sends again what may still be mined."""
    family = sender.family(transaction)
    names = [each.transaction for each in family] or [transaction]
    used = sender.used()  # before the receipts: one that is mined meanwhile has its receipt
    for name in reversed(names):
        receipt = _receipt(node, name)
        if receipt is not None:
            return _mined(node, sender, name, receipt)
    if not family:
        known = sender.knows(transaction)
        return Standing("submitted", transaction) if known else _lost(transaction, "the chain does not know it")
    last = family[-1]
    if last.nonce < used:
        return _lost(last.transaction, f"another transaction took its nonce {last.nonce}")
    now = sender.push(last, used)
    return Standing("submitted", now.transaction, replaced=now != last)


def holds(node: Node, block: Block) -> bool:
    """Say whether the chain has this block in its place; `ChainError` while the node has not come so far."""
    try:
        found = _block(node, block.number)
    except BlockNotFound as error:
        if node.kind == "embedded":
            return False  # nobody else has more of it
        newest = node.web3.eth.block_number
        raise ChainError(
            f"the node has {newest} blocks, and our newest final anchor is in block {block.number}: it is behind, or it"
            " began again; let it synchronise, or name the right node",
            "节点落后于已最终确认的区块：请等待同步或更换节点",
            block=block.number,
        ) from error
    return _hash(found) == block.hash


def _mined(node: Node, sender: Sender, name: str, receipt: TxReceipt) -> Standing:
    number = receipt["blockNumber"]
    final = node.is_final(number)
    found = _block(node, number)
    if _hash(found) != bytes(receipt["blockHash"]).hex():
        return Standing("submitted", name)  # the receipt is of a block that was just replaced
    if receipt["status"] != 1:
        return _lost(name, "it was reverted")
    if final and (kept := sender.journal.named(name)) is not None:
        sender.journal.settle(kept.account, kept.nonce)
    block = Block(number, _hash(found), instant(found["timestamp"]))
    return Standing("final" if final else "mined", name, block)


def _lost(transaction: str, reason: str) -> Standing:
    return Standing("lost", transaction, reason=reason)


def _receipt(node: Node, name: str) -> TxReceipt | None:
    try:
        return node.web3.eth.get_transaction_receipt(HexStr(f"0x{name}"))
    except TransactionNotFound:
        return None


def _block(node: Node, number: int) -> BlockData:
    return node.web3.eth.get_block(BlockNumber(number))


def _hash(block: BlockData) -> str:
    return bytes(block["hash"]).hex()
