"""`Anchor` on the EVM, embedded or behind JSON-RPC."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from eth_typing import HexStr
from eth_utils import to_checksum_address
from web3.exceptions import TransactionNotFound

from ledger.chain import comparing, splitting, tending
from ledger.chain.artifacts import CONTRACTS
from ledger.chain.contract_wallets import ChainWallets
from ledger.chain.deploy import Deployment, receipt_of, require_chain
from ledger.chain.errors import ChainContradictsError, ContractRefusedError, NotAllowedOnChainError, translated
from ledger.chain.evidence import receipt_object
from ledger.chain.evidence_log import Anchored, ChainCosignature, EvidenceLog, commitment
from ledger.chain.institutions import Institutions
from ledger.chain.investor_registry import InvestorRegistry
from ledger.chain.node import Node
from ledger.chain.rpc import BFT_MIX_HASH
from ledger.chain.sale_procedure import SaleProcedure
from ledger.chain.sender import Sender
from ledger.chain.signature_registry import SignatureRegistry
from ledger.chain.units import instant
from ledger.chain.wallet_registry import WalletRegistry
from ledger.domain.events import Value
from ledger.errors import NotFoundError
from ledger.ports.anchor import ChainStatus, ChainWrites, CosignatureRefusedError, Standing, WitnessSignature
from ledger.ports.log import Block
from verifier.checkpoint import Checkpoint

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
        self.wallets = WalletRegistry(node, deployment.address("WalletRegistry"), sender)
        self.sales = SaleProcedure(node, deployment.address("SaleProcedure"), sender)
        self.contract_wallets = ChainWallets(node, deployment, self.signatures)

    def status(self) -> ChainStatus:
        """Ask the chain who and where it is."""
        with self._node.using(), translated("ask for the newest block"):
            require_chain(self._node, self._deployment)
            block = self._node.web3.eth.get_block("latest")
            return ChainStatus(
                kind=self._node.kind,
                chain_id=self._deployment.chain_id,
                block=block["number"],
                block_time=instant(block["timestamp"]),
                contracts={name: self._deployment.address(name) for name in CONTRACTS},
                trust="validators" if bytes(block.get("mixHash", b"")) == BFT_MIX_HASH else "self-asserted",
            )

    def anchored_size(self) -> int:
        """Return the size of the newest checkpoint on the chain, 0 if there is none."""
        with self._node.using():
            with translated("ask for the chain's number"):
                require_chain(self._node, self._deployment)
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
            try:
                self.contract_wallets.send(writes.approvals, at)
                last = self._send_ahead(replace(writes, approvals=()), at)
                self._node.advance(at)
                return self.log.anchor(checkpoint, last).removeprefix("0x")
            except (ContractRefusedError, ChainContradictsError):
                held = self._find(checkpoint.size)  # what we sent before may have been mined since we asked
                if held is None or held.roots != checkpoint.roots:
                    raise
                return held.transaction

    def tend(self, transaction: str) -> Standing:
        """Say where a transaction is; send it again if the node forgot it, dearer if it is stuck."""
        with self._node.using(), translated("look after a transaction"):
            return tending.tend(self._node, self._sender, transaction)

    def holds(self, block: Block) -> bool:
        """Compare the hash of the block at this height; `ChainError` while the node has not come so far."""
        with self._node.using(), translated("read a block"):
            return tending.holds(self._node, block)

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

    def differing(self, writes: ChainWrites) -> Iterator[tuple[str, str]]:
        """Yield (leaf, what differs) of each write that the contracts do not hold as it says."""
        with self._node.using():
            yield from tuple(comparing.differing(writes, self.investors, self.signatures, self.sales))

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
            return {"size": size} | receipt_object(
                self._node.block_proof(held.block),
                chain_id=self._deployment.chain_id,
                contract=self.log.address,
                transaction=held.transaction,
                transaction_index=receipt["transactionIndex"],
            )

    def cosign(self, checkpoint: Checkpoint, signed: WitnessSignature, at: datetime) -> str:
        """Send one cosignature (`cosignBySig`); `CosignatureRefusedError` if it, or its account, never will do."""
        item = ChainCosignature(to_checksum_address(signed.witness), checkpoint, signed.deadline, signed.signature)
        with self._node.using():
            self._node.advance(at)
            try:
                return self.log.cosign_by_sig([item]).removeprefix("0x")
            except (ContractRefusedError, NotAllowedOnChainError) as error:
                if error.evidence.get("name") == "UnknownCheckpoint":
                    raise  # the chain went back: anchoring will tell, and the cosignature stays good
                raise CosignatureRefusedError(error.message, error.zh, **error.evidence) from error

    def cosignature(self, transaction: str, size: int, witness: str) -> dict[str, Value] | None:
        """Read the receipt of the transaction that brought it."""
        with self._node.using(), translated("read the receipt of a cosignature"):
            try:
                receipt = self._node.web3.eth.get_transaction_receipt(HexStr(f"0x{transaction}"))
            except TransactionNotFound:
                return None
            if receipt["status"] != 1 or not self._node.is_final(receipt["blockNumber"]):
                return None
            about: dict[str, Value] = {"size": size, "witness": witness.removeprefix("0x").lower()}
            return about | receipt_object(
                self._node.block_proof(receipt["blockNumber"]),
                chain_id=self._deployment.chain_id,
                contract=self.log.address,
                transaction=transaction,
                transaction_index=receipt["transactionIndex"],
            )

    def has_cosigned(self, size: int, witness: str) -> bool:
        """Ask the contract for one account."""
        with self._node.using():
            return self.log.has_cosigned(size, to_checksum_address(witness))

    def witness_count(self, size: int) -> int:
        """Ask the contract how many there are."""
        with self._node.using():
            return self.log.witness_count(size)

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
            self._send_part(part, at)
        return ChainWrites()

    def _send_part(self, part: splitting.Part, at: datetime) -> None:
        fresh = splitting.missing(part, self.investors, self.signatures, self.sales)
        while fresh.items:
            self._node.advance(at)
            try:
                receipt_of(self._node, self.log.record_ahead(fresh.writes()))
            except ContractRefusedError as refused:
                left = splitting.missing(part, self.investors, self.signatures, self.sales)
                if len(left.items) == len(fresh.items):
                    raise splitting.renumbered(refused, fresh) from refused
                fresh = left  # what we sent before was mined since we asked
            else:
                return

    def _find(self, size: int) -> Anchored | None:
        kept = self.log.checkpoint(size)
        if kept is None:
            return None
        held = self.log.anchored(kept)
        if commitment(held.roots) != kept.roots:
            raise ChainContradictsError("the chain's event and state differ; ask another node", "链上事件与状态不符")
        return held
