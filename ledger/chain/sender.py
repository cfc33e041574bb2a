"""Signs and sends transactions with a key that came in as a parameter.

Every signed transaction is kept in the journal before it is sent, so that after a crash the same one is sent again:
whatever happened to the first sending, one nonce is mined once.
"""

import hashlib
from typing import Any, Final, cast

import rlp
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexStr
from eth_utils import keccak, to_checksum_address
from web3.exceptions import TransactionNotFound, Web3Exception
from web3.types import Nonce, TxParams, Wei

from ledger.chain.fees import DEFAULT_FEES, FeePolicy, Price, current
from ledger.chain.node import Node
from ledger.errors import ChainError, ConfigurationError
from ledger.ports.journal import Attempt, Journal, MemoryJournal

_KEY_BYTES: Final = 32
_DYNAMIC_FEE: Final = 2
_UNDERPRICED: Final = (
    "underpriced",
    "fee too low",
    "price too low",
    "less than block base fee",
    "replacementnotallowed",
)
_RAISES: Final = 4  # in one go; the next pass goes on from there


class Sender:
    """One account on one chain. Uses each nonce in turn: a gap would hold up all that follows."""

    def __init__(
        self, node: Node, key: bytes, *, journal: Journal | None = None, fees: FeePolicy = DEFAULT_FEES
    ) -> None:
        self._node = node
        self._account = account_of(key)
        self._chain_id = node.web3.eth.chain_id
        self._book = f"{self._chain_id}:{self.address.lower()}"
        self._fees = fees
        self.journal: Journal = MemoryJournal() if journal is None else journal

    @property
    def address(self) -> ChecksumAddress:
        """The account's address."""
        return self._account.address

    def send(self, data: HexStr, to: ChecksumAddress | None, *, wei: int = 0) -> HexStr:
        """Sign, keep and send, unless the same call waits to be mined already; returns the hash with ``0x``.

        Raises the contract's refusal before anything is sent.
        """
        used = self.used()
        call = _call(data, to)
        standing = [each for each in self.journal.of_call(self._book, call) if each.nonce >= used]
        if standing:
            return HexStr(f"0x{self.push(standing[-1], used).transaction}")
        nonce, beaten = self._free(used)
        transaction: TxParams = {
            "from": self.address,
            "chainId": self._chain_id,
            "nonce": Nonce(nonce),
            "data": data,
            "value": Wei(wei),
        }
        if to is not None:
            transaction["to"] = to
        price = current(self._node.web3)
        for each in beaten:
            price = price.above(_price(each))
        transaction.update(self._fees.within(price).fields())
        transaction["gas"] = self._node.gas_for(transaction)
        attempt = self._sign(transaction, call, price)
        return HexStr(f"0x{self._broadcast(attempt).transaction}")

    def used(self) -> int:
        """Return how many transactions of the account are in blocks, which is the next nonce to be mined."""
        return self._node.web3.eth.get_transaction_count(self.address, "latest")

    def family(self, transaction: str) -> tuple[Attempt, ...]:
        """Return every attempt at the same call with the same nonce, oldest first; empty if none is kept."""
        kept = self.journal.named(transaction)
        if kept is None:
            return ()
        return tuple(each for each in self.journal.of_nonce(kept.account, kept.nonce) if each.call == kept.call)

    def knows(self, transaction: str) -> bool:
        """Say whether the node has it, mined or waiting."""
        try:
            self._node.web3.eth.get_transaction(HexStr(f"0x{transaction}"))
        except TransactionNotFound:
            return False
        return True

    def push(self, attempt: Attempt, used: int) -> Attempt:
        """Send again what the node does not know, this attempt and those before it; dearer if it is stuck.

        Returns the attempt that counts now.
        """
        for nonce in range(used, attempt.nonce):
            before = self.journal.of_nonce(self._book, nonce)
            if before and not any(self.knows(each.transaction) for each in before):
                self._broadcast(before[-1])
        if not self.knows(attempt.transaction):
            return self._broadcast(attempt)
        blocks = self._node.web3.eth.block_number - attempt.block
        return self._raise(attempt) if attempt.nonce == used and blocks >= self._fees.stuck_blocks else attempt

    def _free(self, used: int) -> tuple[int, tuple[Attempt, ...]]:
        """Return the next nonce that no living transaction has, and dead attempts with it, which must be outbid."""
        nonce = used
        while attempts := self.journal.of_nonce(self._book, nonce):
            if not any(self.knows(each.transaction) for each in attempts):
                return nonce, attempts
            nonce += 1
        return nonce, ()

    def _raise(self, attempt: Attempt) -> Attempt:
        """Replace by a dearer one; where gas is free, waiting has other reasons, and a price could not be paid."""
        now = current(self._node.web3)
        if now.most == 0 and attempt.price == 0:
            return attempt
        price = self._fees.within(now.above(_price(attempt)))
        return self._broadcast(self._sign(self._unsigned(attempt, price), attempt.call, price))

    def _unsigned(self, attempt: Attempt, price: Price) -> TxParams:
        """Return the members of a kept transaction with another price."""
        gas, to, value, data = _members(attempt.raw)
        transaction: TxParams = {
            "from": self.address,
            "chainId": self._chain_id,
            "nonce": Nonce(attempt.nonce),
            "gas": gas,
            "value": Wei(value),
            "data": HexStr("0x" + data.hex()),
        }
        if to:
            transaction["to"] = to_checksum_address(to)
        transaction.update(price.fields())
        return transaction

    def _sign(self, transaction: TxParams, call: str, price: Price) -> Attempt:
        fields = cast("dict[str, Any]", {**transaction})
        fields.pop("from")
        raw = bytes(self._account.sign_transaction(fields).raw_transaction)
        return Attempt(
            transaction=keccak(raw).hex(),
            account=self._book,
            call=call,
            nonce=int(transaction["nonce"]),
            price=price.most,
            tip=price.tip,
            raw=raw,
            block=self._node.web3.eth.block_number,
        )

    def _broadcast(self, attempt: Attempt) -> Attempt:
        """Keep and send; a node that asks for more gets more, up to the bound."""
        for _ in range(_RAISES):
            self.journal.keep(attempt)
            try:
                self._node.send(attempt.raw)
            except Web3Exception as error:
                if not any(words in str(error).lower() for words in _UNDERPRICED):
                    if self.knows(attempt.transaction):
                        return attempt  # "already known"
                    raise
                price = self._fees.within(current(self._node.web3).above(_price(attempt)))
                attempt = self._sign(self._unsigned(attempt, price), attempt.call, price)
            else:
                return attempt
        raise ChainError(
            "the node calls our price too low: perhaps another transaction with our nonce waits; the price is raised"
            " until ours is taken, see `pfl chain status`",
            "节点认为出价过低：可能有其他同序号交易在等待，将继续加价",
            nonce=attempt.nonce,
        )


def account_of(key: bytes) -> LocalAccount:
    """Return the account of a private key; `ConfigurationError` unless it is 32 bytes and on the curve."""
    try:
        if len(key) == _KEY_BYTES:
            account: LocalAccount = Account.from_key(key)
            return account
    except ValueError:
        pass
    raise ConfigurationError("the chain key is not a private key of 32 bytes; make one with `pfl keys`", "链上私钥无效")


def _call(data: HexStr, to: ChecksumAddress | None) -> str:
    return hashlib.sha256(f"{(to or '').lower()}:{data.lower()}".encode()).hexdigest()


def _price(attempt: Attempt) -> Price:
    return Price(attempt.price, attempt.tip)


def _members(raw: bytes) -> tuple[int, bytes, int, bytes]:
    """Return gas, receiver, value and data of a transaction that `Sender` signed: legacy, or of type 2 (EIP-1559)."""
    typed = raw[0] == _DYNAMIC_FEE
    gas, to, value, data = rlp.decode(raw[1:])[4:8] if typed else rlp.decode(raw)[2:6]
    return int.from_bytes(gas, "big"), to, int.from_bytes(value, "big"), data
