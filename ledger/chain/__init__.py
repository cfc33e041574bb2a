"""The EVM: bindings per contract, the embedded chain, JSON-RPC, deployment, and the `Anchor` on top of them."""

from ledger.chain.anchor import EvmAnchor
from ledger.chain.opening import deploy_rpc, open_embedded, open_rpc

__all__ = ["EvmAnchor", "deploy_rpc", "open_embedded", "open_rpc"]
