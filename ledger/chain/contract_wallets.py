"""Contract wallets on the chain: asking them (ERC-1271), and having `SignatureRegistry` take what they signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from eth_abi import encode
from eth_typing import ChecksumAddress
from eth_utils import to_checksum_address
from hexbytes import HexBytes
from web3.types import TxParams

from ledger.chain.deploy import Deployment, receipt_of
from ledger.chain.errors import ContractRefusedError, translated
from ledger.chain.evidence import receipt_object
from ledger.chain.node import Node
from ledger.chain.signature_registry import SignatureRegistry, TypedSignature, account_key
from ledger.chain.units import instant, seconds
from ledger.domain.events import Value
from ledger.ports.wallets import ApprovalWrite, Question, Says
from verifier.approvals.eip1271 import Asked

MAGIC: Final = bytes.fromhex("1626ba7e")  # the selector of isValidSignature(bytes32,bytes), which is also its yes
MOST_GAS: Final = 1_000_000
"""What a wallet may use to answer: several owners take a tenth of it."""
_TOGETHER: Final = 20
_WORD: Final = 32


class ChainWallets:
    """`ContractWallets` port."""

    def __init__(self, node: Node, deployment: Deployment, signatures: SignatureRegistry) -> None:
        """``signatures`` can send."""
        self._node = node
        self._deployment = deployment
        self._signatures = signatures

    def registry(self) -> tuple[int, str]:
        """Read it from the deployment."""
        return self._deployment.chain_id, self._signatures.address.removeprefix("0x").lower()

    def ask(self, question: Question) -> Says:
        """Call the wallet at the newest final block."""
        wallet = to_checksum_address("0x" + question.address)
        with self._node.using():
            if question.document is not None and self._held(question.document, wallet):
                return Says.SIGNED_BEFORE
            with translated("ask a contract wallet"):
                block = self._node.final_block()
                if not self._node.web3.eth.get_code(wallet, block):
                    return Says.NOT_A_CONTRACT
            data = MAGIC + encode(["bytes32", "bytes"], [question.digest, question.signature])
            call: TxParams = {"to": wallet, "data": HexBytes(data), "gas": MOST_GAS}
            try:
                with translated("ask a contract wallet"):
                    answer = bytes(self._node.web3.eth.call(call, block))
            except ContractRefusedError:
                return Says.NO  # many revert where they could say no
        return Says.YES if answer[:_WORD] == MAGIC.ljust(_WORD, b"\0") else Says.NO

    def send(self, approvals: tuple[ApprovalWrite, ...], at: datetime) -> None:
        """Send many at once; where one is refused each by itself, for it may have used up the gas of the others."""
        waiting = [(i, a.asked) for i, a in enumerate(approvals) if not self._held(a.asked.document, _wallet(a.asked))]
        for start in range(0, len(waiting), _TOGETHER):
            together = waiting[start : start + _TOGETHER]
            try:
                self._sign([asked for _, asked in together], at)
            except ContractRefusedError:
                for index, asked in together:
                    self._sign_alone(index, asked, at)

    def evidence(self, asked: Asked) -> dict[str, Value] | None:
        """Find the event by the time that the registry keeps."""
        wallet = _wallet(asked)
        with self._node.using():
            kept = self._signatures.signature(asked.document, account_key(wallet))
            if kept is None or not kept.checked_on_chain:
                return None
            first, last = self._blocks_at(seconds(kept.recorded_at))
            signed = self._signatures.wallet_signed(asked.document, wallet, first, last)
            if signed is None or signed.digest != asked.digest() or not self._node.is_final(signed.block):
                return None
            about = {"document": asked.document, "wallet": asked.address}
            return about | receipt_object(
                self._node.block_proof(signed.block),
                chain_id=self._deployment.chain_id,
                contract=self._signatures.address,
                transaction=signed.transaction,
                transaction_index=signed.index,
            )

    def _held(self, document: str, wallet: ChecksumAddress) -> bool:
        return self._signatures.signature(document, account_key(wallet)) is not None

    def _sign(self, asked: Sequence[Asked], at: datetime) -> None:
        self._node.advance(at)
        receipt_of(self._node, self._signatures.sign(map(_typed, asked)))

    def _sign_alone(self, index: int, asked: Asked, at: datetime) -> None:
        try:
            self._sign([asked], at)
        except ContractRefusedError as refused:
            evidence = {name: value for name, value in refused.evidence.items() if name not in {"name", "index"}}
            raise ContractRefusedError(
                refused.message, refused.zh, name=refused.name, index=index, **evidence
            ) from refused

    def _blocks_at(self, time: int) -> tuple[int, int]:
        """Return the first and last block of this second; blocks are never dated before their parents."""
        with translated("find a block by its time"):
            newest = self._node.web3.eth.block_number
            return self._first_from(time, newest), self._first_from(time + 1, newest) - 1

    def _first_from(self, time: int, newest: int) -> int:
        low, high = 0, newest + 1
        while low < high:
            middle = (low + high) // 2
            if self._node.web3.eth.get_block(middle)["timestamp"] < time:
                low = middle + 1
            else:
                high = middle
        return low


def _wallet(asked: Asked) -> ChecksumAddress:
    return to_checksum_address("0x" + asked.address)


def _typed(asked: Asked) -> TypedSignature:
    return TypedSignature(
        signer=_wallet(asked),
        document_sha256=asked.document,
        document_sm3=asked.document_sm3,
        statement_sha256=asked.statement,
        signed_at=instant(asked.signed_at),
        deadline=instant(asked.deadline),
        signature=asked.signature,
    )
