"""Which wallets are an investor's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from eth_typing import ChecksumAddress, HexStr

from ledger.chain.binding import Binding
from ledger.chain.investor_registry import Authorization, Reasons
from ledger.chain.units import instant, text, word


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose wallet it is, who linked it and since when; ``investor`` is a stream (64 hex)."""

    investor: str
    operator: ChecksumAddress
    since: datetime


class WalletRegistry(Binding):
    """`contracts/WalletRegistry.sol`."""

    name = "WalletRegistry"
    unused: ClassVar[dict[str, str]] = {
        "eip712Domain": "for wallets",
        "EIP712DomainChanged": "the domain never changes",
    }

    def link(self, consents: Iterable[tuple[str, Authorization]]) -> HexStr:
        """Link wallets to investors (64 hex) as the sender, an operator, each with the wallet's consent."""
        return self._write("link", [(word(investor), consent.item()) for investor, consent in consents])

    def unlink(self, wallets: Iterable[ChecksumAddress]) -> HexStr:
        """Unlink wallets: the sender's own, or any as an operator."""
        return self._write("unlink", list(wallets))

    def holder(self, wallet: ChecksumAddress) -> Holder | None:
        """Return whose wallet it is, ``None`` if nobody's."""
        investor, operator, since = self._read("holderOf", wallet)
        return Holder(investor.hex(), operator, instant(since)) if any(investor) else None

    def reasons(self, wallet: ChecksumAddress, regime: str, risk: int) -> Reasons:
        """Return why the wallet's investor may not buy a product of R``risk`` now; empty when it may."""
        return Reasons(self._read("reasonsOf", wallet, text(regime), risk))

    def next_nonce(self, wallet: ChecksumAddress) -> int:
        """Return the nonce that the wallet's next consent takes."""
        return int(self._read("nonces", wallet))

    def parts(self) -> dict[str, ChecksumAddress]:
        """Return the addresses of the contracts that this one asks."""
        return {"Institutions": self._read("institutions"), "InvestorRegistry": self._read("investors")}
