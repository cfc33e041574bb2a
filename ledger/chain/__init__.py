"""The EVM: bindings per contract, the embedded chain, JSON-RPC, deployment, and the `Anchor` on top of them."""

from ledger.chain.anchor import EvmAnchor
from ledger.chain.governing import EvmGovernance
from ledger.chain.opening import deploy_rpc, govern_embedded, govern_rpc, open_embedded, open_rpc

__all__ = ["EvmAnchor", "EvmGovernance", "deploy_rpc", "govern_embedded", "govern_rpc", "open_embedded", "open_rpc"]
