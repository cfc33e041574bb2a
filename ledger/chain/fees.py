"""What a unit of gas may cost: twice the base fee plus the tip; a replacement pays a quarter more, up to a bound."""

from dataclasses import dataclass
from typing import Final

from web3 import Web3
from web3.exceptions import Web3RPCError
from web3.types import TxParams, Wei

from ledger.errors import ChainError

GWEI: Final = 10**9


@dataclass(frozen=True, slots=True)
class Price:
    """Wei for a unit of gas: the most, and the tip within it (``None`` where the chain has no base fee)."""

    most: int
    tip: int | None = None

    def fields(self) -> TxParams:
        """Return the members of a transaction."""
        if self.tip is None:
            return {"gasPrice": Wei(self.most)}
        return {"maxFeePerGas": Wei(self.most), "maxPriorityFeePerGas": Wei(self.tip)}

    def above(self, old: "Price") -> "Price":
        """Return a price that nodes take as a replacement of ``old`` (they ask for a tenth more), at least this one."""
        most = max(self.most, _more(old.most))
        tip = None if self.tip is None else min(most, max(self.tip, _more(old.tip or 0)))
        return Price(most, tip)


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """``most``: wei for a unit of gas, never exceeded. ``stuck_blocks``: that many blocks without it, and it is stuck.

    Blocks and not seconds, so that neither our clock nor a chain that stands still makes anything dearer.
    """

    most: int = 1000 * GWEI
    stuck_blocks: int = 6

    def within(self, price: Price) -> Price:
        """Return the price, or `ChainError` beyond the bound."""
        if price.most > self.most:
            raise ChainError(
                f"gas would cost {price.most} wei, more than the bound of {self.most}: anchoring waits until it is"
                " cheaper; raise PFL_MAX_GWEI to go on now",
                "燃料价格超过上限：等待回落，或提高 PFL_MAX_GWEI",
                price=price.most,
            )
        return price


DEFAULT_FEES: Final = FeePolicy()


def current(web3: Web3) -> Price:
    """Ask the node for the present price."""
    base = web3.eth.get_block("latest").get("baseFeePerGas")
    if base is None:
        return Price(int(web3.eth.gas_price))
    try:
        tip = int(web3.eth.max_priority_fee)
    except Web3RPCError:  # a node without eth_maxPriorityFeePerGas
        tip = max(int(web3.eth.gas_price) - int(base), 0)
    return Price(2 * int(base) + tip, tip)


def _more(old: int) -> int:
    return max(old + 1, -(-old * 5 // 4))
