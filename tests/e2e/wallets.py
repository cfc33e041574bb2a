"""A wallet injected into the page (EIP-1193) that signs here, with eth-account, and says no when it is told to."""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount
from playwright.sync_api import BrowserContext

from ledger.chain.anchor import EvmAnchor
from ledger.chain.embedded import CHAIN_ID
from tests.contracts.wallets import put_at
from tests.e2e.serving import Service

INJECTED = """
window.ethereum = {
  request: async ({ method, params }) => {
    const { result, error } = await window.walletOfTests(method, params ?? []);
    if (error) throw Object.assign(new Error("the wallet of the tests says no"), { code: error });
    return result;
  },
};
"""


@dataclass
class InjectedWallet:
    """One account, shown as ``address``. ``instead`` is what it does next, in place of the right thing, by method."""

    account: LocalAccount = field(default_factory=Account.create)
    address: str = ""
    chain: int = CHAIN_ID
    instead: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of_contract(cls, service: Service) -> "InjectedWallet":
        """Return a wallet that is a contract on the service's chain, with the account as its owner."""
        assert service.ledger is not None
        chain, wallet = cast("EvmAnchor", service.ledger.anchor), cls()
        wallet.address = put_at(chain._node, chain._sender, "Wallet", wallet.account.address)
        return wallet

    def inject(self, context: BrowserContext) -> None:
        """Put it into every page of a device."""
        context.expose_function("walletOfTests", self.request)
        context.add_init_script(INJECTED)

    def request(self, method: str, params: list[Any]) -> dict[str, Any]:
        """Answer as a provider: a result, or the code of an error."""
        self.asked.append(method)
        if self.instead.get(method):
            return self.instead[method].pop(0)
        match method:
            case "eth_requestAccounts":
                return {"result": [self.address or self.account.address]}
            case "eth_chainId":
                return {"result": hex(self.chain)}
            case "wallet_switchEthereumChain":
                self.chain = int(params[0]["chainId"], 16)
                return {"result": None}
            case "personal_sign":
                message = encode_defunct(hexstr=params[0])
            case _:
                message = encode_typed_data(full_message=json.loads(params[1]))
        return {"result": "0x" + self.account.sign_message(message).signature.hex()}
