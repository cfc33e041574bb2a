"""How the rest of the ledger gets an anchor."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from eth_typing import HexStr

from ledger.chain import deploy
from ledger.chain.anchor import EvmAnchor
from ledger.chain.deploy import receipt_of
from ledger.chain.embedded import CHAIN_ID, EmbeddedNode
from ledger.chain.errors import translated
from ledger.chain.fees import DEFAULT_FEES, FeePolicy
from ledger.chain.governing import EvmGovernance
from ledger.chain.institutions import Admission
from ledger.chain.rpc import TIMEOUT_SECONDS, RpcNode
from ledger.chain.sender import Sender, account_of
from ledger.errors import ConfigurationError
from ledger.ports.journal import Journal

_DEPLOYMENT_KEY: Final = b"pfl:deployment"  # no key of py-evm begins like this
_ROLES_MARGIN: Final = 2.0
"""A role that changes twice in one second costs one slot less, and an estimate may be of that second."""

_POCKET_MONEY: Final = 10**24  # wei


def open_embedded(
    path: Path,
    *,
    operator_key: bytes,
    now: datetime,
    operator_stream: str = deploy.NO_STREAM,
    read_only: bool = False,
) -> EvmAnchor:
    """Open the embedded chain at a SQLite file; on first use begin it at ``now`` and deploy.

    ``read_only`` opens an existing chain while another process writes it. `ChainError` if the file cannot be used.
    """
    node = EmbeddedNode(path, funded=account_of(operator_key).address, now=now, read_only=read_only)
    try:
        sender = Sender(node, operator_key)
        if _DEPLOYMENT_KEY not in node.database:
            with node.using():
                made = deploy.deploy(node, sender, operator_stream=operator_stream)
                node.database[_DEPLOYMENT_KEY] = json.dumps(deploy.to_json(made), sort_keys=True).encode()
                node.database.flush()
        deployment = _checked(node)
    except BaseException:
        node.close()
        raise
    return EvmAnchor(node, deployment, sender)


def open_rpc(
    url: str,
    *,
    operator_key: bytes,
    deployment: Path,
    confirmations: int = 0,
    journal: Journal | None = None,
    fees: FeePolicy = DEFAULT_FEES,
    timeout: float = TIMEOUT_SECONDS,
) -> EvmAnchor:
    """Open a chain behind JSON-RPC whose contracts a deployment file names.

    ``confirmations`` is how many blocks on top make a block final: 0 where consensus does at once (QBFT). ``journal``
    keeps what is signed; without one it is kept in memory. `ChainError` if the node is away, `ConfigurationError` or
    `ChainContradictsError` if the contracts are not ours.
    """
    node = RpcNode(url, confirmations=confirmations, timeout=timeout)
    with translated("ask for the chain's number"):
        found = deploy.read(deployment, node.web3.eth.chain_id)
    deploy.check(node, found)
    return EvmAnchor(node, found, Sender(node, operator_key, journal=journal, fees=fees))


def govern_embedded(
    path: Path, *, operator_key: bytes, key: bytes | None, now: Callable[[], datetime]
) -> EvmGovernance:
    """Open governance on an existing embedded chain with the account of ``key``; without one it is only read.

    Nobody but the operator has money there, and it is worth nothing: a member without any is given some.
    """
    operator = account_of(operator_key).address
    node = EmbeddedNode(path, funded=operator, now=now(), read_only=key is None)
    try:
        deployment = _checked(node)
        sender = None if key is None else Sender(node, key)
        if sender is not None and node.web3.eth.get_balance(sender.address) == 0:
            with node.using():
                node.advance(now())
                receipt_of(node, Sender(node, operator_key).send(HexStr("0x"), sender.address, wei=_POCKET_MONEY))
    except BaseException:
        node.close()
        raise
    return EvmGovernance(node, deployment, sender, now)


def govern_rpc(
    url: str,
    *,
    deployment: Path,
    key: bytes | None,
    now: Callable[[], datetime],
    journal: Journal | None = None,
    fees: FeePolicy = DEFAULT_FEES,
) -> EvmGovernance:
    """Open governance behind JSON-RPC with the account of ``key``; without one it is only read."""
    node = RpcNode(url, gas_margin=_ROLES_MARGIN)
    with translated("ask for the chain's number"):
        found = deploy.read(deployment, node.web3.eth.chain_id)
    deploy.check_code(node, found, ["Institutions"])  # whoever has to pause does not wait for the others
    sender = None if key is None else Sender(node, key, journal=journal, fees=fees)
    return EvmGovernance(node, found, sender, now)


def deploy_rpc(
    url: str,
    *,
    operator_key: bytes,
    deployment: Path,
    operator_stream: str = deploy.NO_STREAM,
    others: Iterable[Admission] = (),
    threshold: int = 1,
) -> deploy.Deployment:
    """Deploy on a chain behind JSON-RPC and write the deployment file; the key's account pays.

    ``others`` are members from the beginning, and ``threshold`` of all governors decide.
    """
    node = RpcNode(url)
    with translated("deploy"):
        made = deploy.deploy(
            node, Sender(node, operator_key), operator_stream=operator_stream, others=others, threshold=threshold
        )
    deploy.write(deployment, made)
    return made


def _checked(node: EmbeddedNode) -> deploy.Deployment:
    if _DEPLOYMENT_KEY not in node.database:
        raise ConfigurationError(
            "this chain has no contracts: start the service once", "该链尚未部署合约，请先启动服务"
        )
    deployment = deploy.from_json(CHAIN_ID, json.loads(node.database[_DEPLOYMENT_KEY]))
    deploy.check(node, deployment)
    return deployment
