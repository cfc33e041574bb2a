"""The base of the hand-written classes per contract: encode, call, send, translate."""

from typing import Any, ClassVar

from eth_typing import ChecksumAddress, HexStr
from web3.exceptions import BadFunctionCallOutput
from web3.types import EventData

from ledger.chain.artifacts import load
from ledger.chain.errors import ChainContradictsError, translated
from ledger.chain.node import Node
from ledger.chain.sender import Sender


class Binding:
    """A contract at an address. Subclasses set ``name`` and give domain types in and out."""

    name: ClassVar[str]
    # Interface entries that a class leaves out on purpose, each with its reason (the coverage test reads it).
    unused: ClassVar[dict[str, str]] = {}

    def __init__(self, node: Node, address: ChecksumAddress, sender: Sender | None = None) -> None:
        self.address = address
        self._node = node
        self._sender = sender
        self._contract = node.web3.eth.contract(address=address, abi=load(self.name).abi)

    def _read(self, function: str, *arguments: object) -> Any:
        with translated(f"ask {self.name}.{function}"):
            try:
                return self._contract.get_function_by_name(function)(*arguments).call()
            except BadFunctionCallOutput as error:
                if self._node.web3.eth.get_code(self.address):
                    raise
                raise ChainContradictsError(
                    f"there is no {self.name} at {self.address} on this chain: the node is another, or began again;"
                    " correct its address, or deploy again with `pfl chain deploy`",
                    f"链上 {self.address} 处没有合约 {self.name}：请核对节点地址或重新部署",
                    contract=self.name,
                ) from error

    def _write(self, function: str, *arguments: object) -> HexStr:
        if self._sender is None:
            raise RuntimeError(f"{self.name}.{function} needs a sender")
        with translated(f"send {self.name}.{function}"):
            return self._sender.send(self._contract.encode_abi(function, list(arguments)), self.address)

    def _events(self, event: str, begin: int) -> list[EventData]:
        with translated(f"read the events {self.name}.{event}"):
            return list(self._node.events(self._contract.events[event](), begin))

    def _encoded(self, function: str, *arguments: object) -> bytes:
        return bytes.fromhex(self._contract.encode_abi(function, list(arguments)).removeprefix("0x"))
