"""`Anchor` on the EVM, embedded or behind JSON-RPC."""

from datetime import datetime
from typing import Final

from eth_typing import HexStr
from web3.exceptions import TransactionNotFound

from ledger.chain import splitting
from ledger.chain.deploy import Deployment, receipt_of
from ledger.chain.errors import ChainContradictsError, ContractRefusedError, translated
from ledger.chain.evidence import anchor_object
from ledger.chain.evidence_log import Anchored, EvidenceLog, commitment
from ledger.chain.institutions import Institutions
from ledger.chain.investor_registry import InvestorRegistry
from ledger.chain.node import Node
from ledger.chain.sender import Sender
from ledger.chain.signature_registry import SignatureRegistry
from ledger.chain.units import instant
from ledger.domain.events import Value
from ledger.errors import ChainError, NotFoundError
from ledger.ports.anchor import ChainStatus, ChainWrites
from verifier.checkpoint import Checkpoint

_NAMES: Final = ("Institutions", "EvidenceLog", "InvestorRegistry", "SignatureRegistry")
_ALWAYS_FITS: Final = 100  # writes; no chain that can hold our contracts has smaller blocks


class EvmAnchor:
    """Checkpoints and typed writes on one chain. Thread-safe; see `ledger.ports.anchor.Anchor`."""

    def __init__(self, node: Node, deployment: Deployment, sender: Sender) -> None:
        """Bind to contracts that `deploy.check` has found to be ours."""
        self._node = node
        self._deployment = deployment
        self._sender = sender
        self.log = EvidenceLog(node, deployment.address("EvidenceLog"), sender)
        self.institutions = Institutions(node, deployment.address("Institutions"), sender)
        self.investors = InvestorRegistry(node, deployment.address("InvestorRegistry"), sender)
        self.signatures = SignatureRegistry(node, deployment.address("SignatureRegistry"), sender)

    def status(self) -> ChainStatus:
        """Ask the chain who and where it is."""
        with self._node.using(), translated("ask for the newest block"):
            block = self._node.web3.eth.get_block("latest")
            return ChainStatus(
                kind=self._node.kind,
                chain_id=self._deployment.chain_id,
                block=block["number"],
                block_time=instant(block["timestamp"]),
                contracts={name: self._deployment.address(name) for name in _NAMES},
            )

    def anchored_size(self) -> int:
        """Return the size of the newest checkpoint on the chain, 0 if there is none."""
        with self._node.using():
            return self.log.head()[0]

    def submit(self, checkpoint: Checkpoint, writes: ChainWrites, at: datetime) -> str:
        """Send one transaction, unless the chain holds this checkpoint; returns its hash.

        `ChainContradictsError` if the chain holds another root or a larger checkpoint instead.
        """
        with self._node.using():
            if (held := self._find(checkpoint.size)) is not None:
                if held.roots != checkpoint.roots:
                    raise ChainContradictsError(
                        f"the chain holds other roots for size {checkpoint.size}; stop, and run `pfl fsck`",
                        f"链上检查点 {checkpoint.size} 的根与本地不符，请停止并核查",
                        size=checkpoint.size,
                    )
                return held.transaction
            last = self._send_ahead(writes, at)
            self._node.advance(at)
            return self.log.anchor(checkpoint, last).removeprefix("0x")

    def state_of(self, transaction: str) -> str:
        """Return ``submitted``, ``mined`` or ``final``; `ChainError` if it is unknown or was reverted."""
        name = HexStr(f"0x{transaction}")
        with self._node.using(), translated("ask for a transaction"):
            try:
                receipt = self._node.web3.eth.get_transaction_receipt(name)
            except TransactionNotFound:
                return self._pending(name)
            if receipt["status"] != 1:
                raise ChainError(
                    f"transaction {transaction} was reverted; it anchored nothing and will be sent again",
                    "交易已回滚，将重新提交",
                    transaction=transaction,
                )
            return "final" if self._node.is_final(receipt["blockNumber"]) else "mined"

    def find(self, size: int) -> str | None:
        """Return the transaction that anchored the checkpoint of this size, if any."""
        with self._node.using():
            held = self._find(size)
            return None if held is None else held.transaction

    def root_at(self, size: int) -> tuple[bytes, bytes, bytes] | None:
        """Return `Checkpoint.roots` as the chain holds them for this size, ``None`` if it has none."""
        with self._node.using():
            held = self._find(size)
            return None if held is None else held.roots

    def evidence(self, size: int) -> dict[str, Value]:
        """Return the anchor object of `docs/format.md` §6; `NotFoundError` if the chain lacks this checkpoint."""
        with self._node.using():
            held = self._find(size)
            if held is None:
                raise NotFoundError(
                    f"the chain holds no checkpoint of size {size} yet; wait until it is anchored",
                    f"链上尚无检查点 {size}，请等待上链",
                )
            with translated("read the receipt of an anchor"):
                receipt = self._node.web3.eth.get_transaction_receipt(HexStr(f"0x{held.transaction}"))
            return anchor_object(
                self._node.block_proof(held.block),
                size=size,
                chain_id=self._deployment.chain_id,
                contract=self.log.address,
                transaction=held.transaction,
                transaction_index=receipt["transactionIndex"],
            )

    def close(self) -> None:
        """Give files and connections back."""
        self._node.close()

    def _send_ahead(self, writes: ChainWrites, at: datetime) -> ChainWrites:
        """Send what one block cannot hold together with its head; returns the rest, which goes with the head."""
        if splitting.count(writes) <= _ALWAYS_FITS:
            return writes
        with translated("ask for the block's gas limit"):
            most = splitting.room(self._node.web3.eth.get_block("latest")["gasLimit"])
        if splitting.count(writes) <= most:
            return writes
        for part in splitting.parts(writes, most):
            fresh = splitting.missing(part, self.investors, self.signatures)
            if not fresh.items:
                continue
            self._node.advance(at)
            try:
                receipt_of(self._node, self.log.record_ahead(fresh.writes()))
            except ContractRefusedError as refused:
                raise splitting.renumbered(refused, fresh) from refused
        return ChainWrites()

    def _find(self, size: int) -> Anchored | None:
        kept = self.log.checkpoint(size)
        if kept is None:
            return None
        held = self.log.anchored(kept)
        if commitment(held.sha256_root, held.sm3_root) != kept.roots:
            raise ChainContradictsError("the chain's event and state differ; ask another node", "链上事件与状态不符")
        return held

    def _pending(self, name: HexStr) -> str:
        try:
            self._node.web3.eth.get_transaction(name)
        except TransactionNotFound as error:
            raise ChainError(
                f"the chain does not know transaction {name}; it will be sent again", "链上查无此交易，将重新提交"
            ) from error
        return "submitted"
