"""The identity registry that the token of one product asks (ERC-3643)."""

from typing import ClassVar

from eth_typing import ChecksumAddress

from ledger.chain.binding import Binding
from ledger.chain.investor_registry import Reasons


class EligibleWallets(Binding):
    """`contracts/EligibleWallets.sol`."""

    name = "EligibleWallets"
    unused: ClassVar[dict[str, str]] = {
        "wallets": "given at deployment",
        "regime": "given at deployment",
        "productRisk": "given at deployment",
    }

    def is_verified(self, wallet: ChecksumAddress) -> bool:
        """Say whether the wallet's investor may hold the product now."""
        return bool(self._read("isVerified", wallet))

    def contains(self, wallet: ChecksumAddress) -> bool:
        """Say whether the wallet is an investor's, eligible or not."""
        return bool(self._read("contains", wallet))

    def reasons(self, wallet: ChecksumAddress) -> Reasons:
        """Return why not; empty when it may."""
        return Reasons(self._read("reasonsOf", wallet))
