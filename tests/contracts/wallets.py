"""Contract wallets (EIP-1271), and encodings of signatures that must not count."""

from functools import cache
from typing import Any

from eth_typing import ChecksumAddress, HexStr
from eth_utils import to_checksum_address

from ledger.chain.deploy import receipt_of
from ledger.chain.node import Node
from ledger.chain.sender import Sender
from scripts.build_contracts import compile_units
from tests.contracts.world import World
from tests.nodes import ROOT, require_node_packages

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1
ZERO = to_checksum_address(bytes(20))


@cache
def compiled(contract: str) -> dict[str, Any]:
    """Compile one of `sources/`."""
    require_node_packages()
    unit = f"tests/contracts/sources/{contract}.sol"
    built: dict[str, Any] = compile_units({unit: ROOT / unit})["contracts"][unit][contract]
    return built


def put(world: World, contract: str, *arguments: object) -> ChecksumAddress:
    """Deploy one of `sources/`."""
    return put_at(world.node, world.sender, contract, *arguments)


def put_at(node: Node, sender: Sender, contract: str, *arguments: object) -> ChecksumAddress:
    """Deploy one of `sources/` where there is no `World`."""
    built = compiled(contract)
    made = node.web3.eth.contract(abi=built["abi"], bytecode=built["evm"]["bytecode"]["object"])
    with node.using():
        sent = sender.send(HexStr(made.constructor(*arguments).data_in_transaction), None)
    address = receipt_of(node, sent)["contractAddress"]
    assert address is not None
    return to_checksum_address(address)


def high_s(signature: bytes) -> bytes:
    """Return the other encoding of a signature, which verifies just as well on the curve."""
    s = int.from_bytes(signature[32:64], "big")
    return signature[:32] + (ORDER - s).to_bytes(32, "big") + bytes([55 - signature[64]])


def compact(signature: bytes) -> bytes:
    """Return the 64-byte encoding of EIP-2098."""
    s = int.from_bytes(signature[32:64], "big") | (signature[64] - 27) << 255
    return signature[:32] + s.to_bytes(32, "big")
