"""Signs and sends transactions with a key that came in as a parameter."""

from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexStr
from web3.types import TxParams, Wei

from ledger.chain.node import Node
from ledger.errors import ConfigurationError

_KEY_BYTES = 32


class Sender:
    """One account on one chain. Fees: twice the base fee plus the node's tip; the legacy price where there is none."""

    def __init__(self, node: Node, key: bytes) -> None:
        self._node = node
        self._account = account_of(key)
        self._chain_id = node.web3.eth.chain_id

    @property
    def address(self) -> ChecksumAddress:
        """The account's address."""
        return self._account.address

    def send(self, data: HexStr, to: ChecksumAddress | None) -> HexStr:
        """Sign and send, unless the same call waits to be mined already; returns the hash with ``0x``.

        Raises the contract's refusal before anything is sent.
        """
        if (waiting := self._node.waiting(self.address, data)) is not None:
            return waiting
        eth = self._node.web3.eth
        transaction: TxParams = {
            "from": self.address,
            "chainId": self._chain_id,
            "nonce": eth.get_transaction_count(self.address, "pending"),
            "data": data,
            "value": Wei(0),
        }
        if to is not None:
            transaction["to"] = to
        transaction.update(self._fees())
        transaction["gas"] = self._node.gas_for(transaction)
        signed = self._account.sign_transaction(cast("dict[str, Any]", transaction))
        return self._node.send(bytes(signed.raw_transaction))

    def _fees(self) -> TxParams:
        eth = self._node.web3.eth
        base = eth.get_block("latest").get("baseFeePerGas")
        if base is None:
            return {"gasPrice": eth.gas_price}
        tip = eth.max_priority_fee
        return {"maxFeePerGas": Wei(2 * base + tip), "maxPriorityFeePerGas": tip}


def account_of(key: bytes) -> LocalAccount:
    """Return the account of a private key; `ConfigurationError` unless it is 32 bytes and on the curve."""
    try:
        if len(key) == _KEY_BYTES:
            account: LocalAccount = Account.from_key(key)
            return account
    except ValueError:
        pass
    raise ConfigurationError("the chain key is not a private key of 32 bytes; make one with `pfl keys`", "链上私钥无效")
