"""ONCHAINID and T-REX (ERC-735, ERC-3643) from their published artefacts: what is ours, done there.

An investor is an identity contract of its own; a certification is a claim in it, signed by a claim issuer; who
asks, asks the identity registry of the token.
"""

import json
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.messages import encode_defunct
from web3 import Web3
from web3.contract import Contract

MODULES = Path(__file__).resolve().parent.parent / "node_modules"
ONCHAINID = MODULES / "@onchain-id" / "solidity" / "artifacts" / "contracts"
TREX = MODULES / "@tokenysolutions" / "t-rex" / "artifacts" / "contracts" / "registry" / "implementation"
ISSUER = Account.from_key(b"\x11" * 32)
TOPIC, CLAIM_KEY, ECDSA = 42, 3, 1


class Chain(Protocol):
    """The parts of the bench that this needs."""

    web3: Web3
    me: Any

    def gas(self, call: Any, sender: Any = None) -> int:
        """Send a call; return its gas."""
        ...

    def asking(self, call: Any) -> int:
        """Return what a question costs."""
        ...

    def deploy(self, abi: Any, bytecode: str, *arguments: object) -> Contract:
        """Create a contract."""
        ...

    def bound(self, address: Any, abi: Any) -> Contract:
        """Return a contract."""
        ...


class OnchainId:
    """One claim issuer, one identity factory and one identity registry that asks for one claim topic."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        library = self._made(ONCHAINID, "Identity", chain.me, True)  # noqa: FBT003 - their flag
        authority = self._made(ONCHAINID / "proxy", "ImplementationAuthority", library.address)
        self.factory = self._made(ONCHAINID / "factory", "IdFactory", authority.address)
        self.issuer = self._made(ONCHAINID, "ClaimIssuer", chain.me)
        key = Web3.keccak(bytes.fromhex(ISSUER.address[2:]).rjust(32, b"\0"))
        chain.gas(self.issuer.functions.addKey(key, CLAIM_KEY, ECDSA))
        self.registry = self._registry()

    def _registry(self) -> Contract:
        topics = self._started("ClaimTopicsRegistry")
        issuers = self._started("TrustedIssuersRegistry")
        storage = self._started("IdentityRegistryStorage")
        registry = self._made(TREX, "IdentityRegistry")
        send = self.chain.gas
        send(registry.functions.init(issuers.address, topics.address, storage.address))
        send(storage.functions.bindIdentityRegistry(registry.address))
        send(registry.functions.addAgent(self.chain.me))
        send(topics.functions.addClaimTopic(TOPIC))
        send(issuers.functions.addTrustedIssuer(self.issuer.address, [TOPIC]))
        return registry

    def first(self, wallet: Any, salt: str, data: bytes) -> int:
        """Give a new investor an identity, its first claim and its place in the registry."""
        cost = self.chain.gas(self.factory.functions.createIdentity(wallet, salt))
        cost += self.claim(wallet, data)
        identity = self.identity(wallet).address
        return cost + self.chain.gas(self.registry.functions.registerIdentity(wallet, identity, 156))

    def claim(self, wallet: Any, data: bytes, topic: int = TOPIC) -> int:
        """Add a claim, or write over the one of this topic."""
        identity = self.identity(wallet)
        signature = self.signature(identity.address, data, topic)
        call = identity.functions.addClaim(topic, ECDSA, self.issuer.address, signature, data, "")
        return self.chain.gas(call, wallet)

    def revoke(self, wallet: Any, data: bytes, topic: int = TOPIC) -> int:
        """Revoke a claim by its signature."""
        signature = self.signature(self.identity(wallet).address, data, topic)
        return self.chain.gas(self.issuer.functions.revokeClaimBySignature(signature))

    def ask(self, wallet: Any) -> int:
        """Ask whether an investor may hold the token; it must be so."""
        question = self.registry.functions.isVerified(wallet)
        if question.call() is not True:
            raise SystemExit("isVerified no longer answers as this benchmark expects")
        return self.chain.asking(question)

    def identity(self, wallet: Any) -> Contract:
        """Return an investor's identity contract."""
        return self.chain.bound(
            self.factory.functions.getIdentity(wallet).call(), _artefact(ONCHAINID, "Identity")["abi"]
        )

    def signature(self, identity: Any, data: bytes, topic: int) -> bytes:
        """Sign a claim as the issuer."""
        encoded = self.chain.web3.codec.encode(["address", "uint256", "bytes"], [identity, topic, data])
        return bytes(ISSUER.sign_message(encode_defunct(Web3.keccak(encoded))).signature)

    def _started(self, name: str) -> Contract:
        made = self._made(TREX, name)
        self.chain.gas(made.functions.init())
        return made

    def _made(self, folder: Path, name: str, *arguments: object) -> Contract:
        artefact = _artefact(folder, name)
        return self.chain.deploy(artefact["abi"], artefact["bytecode"], *arguments)


def _artefact(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.sol" / f"{name}.json").read_text())
