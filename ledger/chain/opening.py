"""How the rest of the ledger gets an anchor."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger.chain import deploy
from ledger.chain.anchor import EvmAnchor
from ledger.chain.embedded import CHAIN_ID, EmbeddedNode
from ledger.chain.errors import translated
from ledger.chain.fees import DEFAULT_FEES, FeePolicy
from ledger.chain.institutions import Admission
from ledger.chain.rpc import TIMEOUT_SECONDS, RpcNode
from ledger.chain.sender import Sender, account_of
from ledger.ports.journal import Journal

_DEPLOYMENT_KEY: Final = b"pfl:deployment"  # no key of py-evm begins like this


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
        deployment = deploy.from_json(CHAIN_ID, json.loads(node.database[_DEPLOYMENT_KEY]))
        deploy.check(node, deployment)
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
