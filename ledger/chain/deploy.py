"""Puts the contracts on a chain, writes down where they are, and refuses code that is not ours."""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from eth_typing import ChecksumAddress, HexStr
from web3 import Web3
from web3.types import TxReceipt

from ledger.chain.artifacts import CONTRACTS, load
from ledger.chain.errors import ChainContradictsError, translated
from ledger.chain.evidence_log import EvidenceLog
from ledger.chain.institutions import Admission, Role
from ledger.chain.node import Node
from ledger.chain.sender import Sender
from ledger.chain.units import text
from ledger.chain.wallet_registry import WalletRegistry
from ledger.errors import ChainError, ConfigurationError

OPERATOR_ROLES: Final = frozenset({Role.OPERATOR, Role.CERTIFIER, Role.ASSESSOR, Role.GOVERNOR})
NO_STREAM: Final = "0" * 64
_WAIT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where one contract is and from which artifact it was made."""

    address: ChecksumAddress
    block: int
    transaction: str
    artifact: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """All contracts on one chain."""

    chain_id: int
    contracts: Mapping[str, Deployed]

    def address(self, name: str) -> ChecksumAddress:
        """Return the address of a contract."""
        return self.contracts[name].address


def deploy(
    node: Node,
    sender: Sender,
    *,
    operator_stream: str = NO_STREAM,
    others: Iterable[Admission] = (),
    threshold: int = 1,
) -> Deployment:
    """Create all contracts with the sender as the first member: operator, certifier, assessor and governor.

    ``threshold`` governors decide of those among the sender and ``others``; a sender alone is 1 of 1.
    """
    founders = [Admission(sender.address, operator_stream, OPERATOR_ROLES), *others]
    institutions = create(node, sender, "Institutions", [[founder.item() for founder in founders], threshold])
    log = create(node, sender, "EvidenceLog", [institutions.address])
    parts = EvidenceLog(node, log.address).parts()
    inner = {
        name: Deployed(parts[name], log.block, log.transaction, load(name).digest)
        for name in ("InvestorRegistry", "SignatureRegistry", "SaleProcedure")
    }
    wallets = create(node, sender, "WalletRegistry", [institutions.address, parts["InvestorRegistry"]])
    contracts = {"Institutions": institutions, "EvidenceLog": log, **inner, "WalletRegistry": wallets}
    return Deployment(node.web3.eth.chain_id, MappingProxyType(contracts))


def deploy_for_token(node: Node, sender: Sender, deployment: Deployment, *, regime: str, risk: int) -> Deployed:
    """Create the identity registry that the token of one product of R``risk`` under a regime asks."""
    arguments: list[object] = [deployment.address("WalletRegistry"), text(regime), risk]
    return create(node, sender, "EligibleWallets", arguments)


def create(node: Node, sender: Sender, name: str, arguments: list[object]) -> Deployed:
    """Create one contract and wait for it."""
    artifact = load(name)
    with translated(f"deploy {name}"):
        contract = node.web3.eth.contract(abi=artifact.abi, bytecode=artifact.creation)
        sent = sender.send(HexStr(contract.constructor(*arguments).data_in_transaction), None)
    receipt = receipt_of(node, sent)
    address = receipt["contractAddress"]
    if address is None:
        raise ChainError(f"transaction {sent} created no contract")
    return Deployed(Web3.to_checksum_address(address), receipt["blockNumber"], sent[2:], artifact.digest)


def check(node: Node, deployment: Deployment) -> None:
    """Refuse a chain whose contracts are not exactly ours: `ChainContradictsError` or `ConfigurationError`."""
    check_code(node, deployment, CONTRACTS)
    bound = EvidenceLog(node, deployment.address("EvidenceLog")).parts()
    asked = WalletRegistry(node, deployment.address("WalletRegistry")).parts()
    if any(deployment.address(name) != address for name, address in (*bound.items(), *asked.items())):
        raise ChainContradictsError(
            "the log or the wallet registry is bound to other contracts than the deployment names; deploy again",
            "存证合约或钱包登记合约绑定的合约与部署文件不一致,请重新部署",
        )


def check_code(node: Node, deployment: Deployment, names: Iterable[str]) -> None:
    """Refuse another chain, and other code at the addresses of these contracts."""
    with translated("read the code of the contracts"):
        require_chain(node, deployment)
        codes = {name: bytes(node.web3.eth.get_code(deployment.address(name))) for name in names}
    for name, code in codes.items():
        if not load(name).matches(code):
            raise ChainContradictsError(
                f"the code of {name} at {deployment.address(name)} is not our artifact's; deploy again, or install the"
                " version of this software that deployed it",
                f"链上合约 {name} 的代码与本软件不一致,请重新部署或安装对应版本",
                contract=name,
                address=deployment.address(name),
            )


def require_chain(node: Node, deployment: Deployment) -> None:
    """Refuse another chain: `ConfigurationError`."""
    chain_id = node.web3.eth.chain_id
    if chain_id != deployment.chain_id:
        raise ConfigurationError(
            f"the node is on chain {chain_id}, the deployment on {deployment.chain_id}; correct the node's address",
            f"节点链号为 {chain_id},与部署文件 {deployment.chain_id} 不符",
        )


def receipt_of(node: Node, transaction: HexStr) -> TxReceipt:
    """Wait for a transaction to be mined, at most a minute; `ChainError` if it is not, or if it was reverted."""
    with translated("wait for a transaction"):
        receipt = node.web3.eth.wait_for_transaction_receipt(transaction, timeout=_WAIT_SECONDS, poll_latency=0.1)
    if receipt["status"] != 1:
        raise ChainError(f"transaction {transaction} was reverted; see it on the node", f"交易 {transaction} 已回滚")
    return receipt


def to_json(deployment: Deployment) -> dict[str, Any]:
    """Return the deployment of one chain as the file holds it."""
    return {name: asdict(deployed) for name, deployed in sorted(deployment.contracts.items())}


def from_json(chain_id: int, body: Mapping[str, Any]) -> Deployment:
    """Read what `to_json` wrote."""
    try:
        contracts = {name: Deployed(**body[name]) for name in CONTRACTS}
    except (KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the deployment of chain {chain_id} is incomplete ({error}); run `pfl chain deploy` again",
            "部署文件不完整,请重新部署",
        ) from error
    return Deployment(chain_id, MappingProxyType(contracts))


def read(path: Path, chain_id: int) -> Deployment:
    """Read a chain's entry of a deployment file; `ConfigurationError` naming the fix."""
    chains = _chains(path)
    if str(chain_id) not in chains:
        raise ConfigurationError(
            f"{path.name} names no contracts on chain {chain_id}; run `pfl chain deploy`",
            f"部署文件中没有链 {chain_id} 的合约,请先部署",
        )
    return from_json(chain_id, chains[str(chain_id)])


def only_chain(path: Path) -> int | None:
    """Return the number of the one chain that a deployment file names, ``None`` if there are several."""
    match [*_chains(path)]:
        case [str(number)] if number.isascii() and number.isdecimal():
            return int(number)
        case _:
            return None


def write(path: Path, deployment: Deployment) -> None:
    """Put a chain's entry into a deployment file, replacing the file at once."""
    chains = _chains(path) if path.exists() else {}
    chains[str(deployment.chain_id)] = to_json(deployment)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"v": 1, "chains": chains}, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def _chains(path: Path) -> dict[str, Any]:
    try:
        chains = json.loads(path.read_text("utf-8"))["chains"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path.name} is not a deployment file ({type(error).__name__}); name one, or run `pfl chain deploy`",
            f"{path.name} 不是部署文件,请指定正确文件或重新部署",
        ) from error
    if not isinstance(chains, dict):
        raise ConfigurationError(f"{path.name} is not a deployment file; run `pfl chain deploy`")
    return chains
