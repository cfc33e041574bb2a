"""The embedded chain: py-evm (London rules) through eth-tester on one SQLite file.

A real EVM in one process, and one party's word: whoever holds the file can make another. Every report says so.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import IO, Any, Final

import rlp
from eth import EVM_RECURSION_LIMIT
from eth.abc import BlockAPI, BlockHeaderAPI, DatabaseAPI, SignedTransactionAPI, TransactionBuilderAPI
from eth.chains.base import MiningChain
from eth.consensus import ConsensusApplier, NoProofConsensus
from eth.constants import BLANK_ROOT_HASH, ZERO_ADDRESS, ZERO_HASH32
from eth.db.atomic import AtomicDB
from eth.db.schema import SchemaV1
from eth.exceptions import Revert
from eth.exceptions import TransactionNotFound as EvmTransactionNotFound
from eth.typing import AccountState, HeaderParams
from eth.vm.forks import LondonVM
from eth.vm.spoof import SpoofTransaction
from eth_bloom.bloom import BloomFilter
from eth_tester import EthereumTester
from eth_tester.backends.pyevm import PyEVMBackend
from eth_tester.backends.pyevm.main import _get_vm_for_block_number
from eth_tester.backends.pyevm.serializers import serialize_transaction, serialize_transaction_receipt
from eth_tester.exceptions import TransactionFailed
from eth_tester.exceptions import TransactionNotFound as TesterTransactionNotFound
from eth_typing import Address, BlockNumber, ChecksumAddress, Hash32, HexStr
from eth_utils import ValidationError
from web3 import Web3
from web3.contract.contract import ContractEvent
from web3.exceptions import ContractCustomError
from web3.providers.eth_tester import EthereumTesterProvider
from web3.providers.eth_tester.defaults import API_ENDPOINTS
from web3.types import EventData, TxParams

from ledger.chain.node import BlockProof
from ledger.chain.sqlite_db import SqliteDB
from ledger.chain.units import seconds, seconds_up
from ledger.errors import ChainError

# py_ecc asks for 100,000, at which 65 kB of "[" overflow the C stack of a JSON parser anywhere in this process.
sys.setrecursionlimit(EVM_RECURSION_LIMIT)

CHAIN_ID: Final = 7_366_252  # the letters "pfl"
GAS_LIMIT: Final = 60_000_000  # a block holds two thousand certifications
SETUP_BLOCKS: Final = 3  # `deploy.deploy` sends as many transactions
_BALANCE: Final = 10**30  # wei; gas is accounting without value here
_GENESIS_DIFFICULTY: Final = 131_072


class EmbeddedChain(MiningChain):
    """London rules without proof of work or clock: constant gas limit, a second a block unless told otherwise."""

    chain_id = CHAIN_ID
    vm_configuration = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((0, LondonVM),))

    def create_header_from_parent(self, parent_header: BlockHeaderAPI, **header_params: Any) -> BlockHeaderAPI:
        """Return the next header; the base would ask the machine's clock for its time."""
        defaults = {"gas_limit": parent_header.gas_limit, "timestamp": parent_header.timestamp + 1}
        return super().create_header_from_parent(parent_header, **{**defaults, **header_params})

    def get_transaction_builder(self) -> type[TransactionBuilderAPI]:
        """Give eth-tester the builder of the present rules."""
        return self.get_vm().get_transaction_builder()


class EmbeddedBackend(PyEVMBackend):  # type: ignore[misc]  # eth-tester ships no types
    """eth-tester's backend on a database that stays, with look-ups by hash that do not walk the whole chain."""

    def __init__(self, database: DatabaseAPI, genesis: tuple[bytes, int] | None) -> None:
        """Reopen the chain in ``database``, or begin it with (funded address, block time)."""
        self._database = AtomicDB(database)
        self.account_keys = ()
        if genesis is not None:
            self.chain = _genesis(self._database, *genesis)
        else:
            self.reopen()

    def reopen(self) -> None:
        """Continue from the canonical head that the database holds."""
        self.chain = EmbeddedChain(self._database)

    def call(self, transaction: dict[str, Any], block_number: Any = "latest") -> bytes:
        """As the base, but whoever asks need not have money, and a revert keeps its data."""
        asked = {"gas": self._max_available_gas(), **transaction}
        unsigned = self._get_normalized_and_unsigned_evm_transaction(asked, block_number)
        sender = Address(transaction["from"])
        state = _get_vm_for_block_number(self.chain, block_number).state
        snapshot = state.snapshot()
        state.set_balance(sender, _BALANCE)
        computation = state.apply_transaction(SpoofTransaction(unsigned, from_=sender))
        state.revert(snapshot)
        if not computation.is_error:
            return bytes(computation.output)
        if isinstance(computation.error, Revert):
            data = "0x" + bytes(computation.output).hex()
            raise ContractCustomError(data, data=data)
        raise TransactionFailed(str(computation.error))

    def get_transaction_by_hash(self, transaction_hash: bytes) -> dict[str, Any]:
        """Look a transaction up by the chain's own index."""
        block, transaction, index = self._located(transaction_hash)
        found: dict[str, Any] = serialize_transaction(block, transaction, index, is_pending=False)
        return found

    def get_transaction_receipt(self, transaction_hash: bytes) -> dict[str, Any]:
        """Look a receipt up by the chain's own index."""
        block, transaction, index = self._located(transaction_hash)
        receipts = block.get_receipts(self.chain.chaindb)
        found: dict[str, Any] = serialize_transaction_receipt(
            block, receipts, transaction, index, is_pending=False, vm=self.chain.get_vm()
        )
        return found

    def _located(self, transaction_hash: bytes) -> tuple[BlockAPI, SignedTransactionAPI, int]:
        try:
            number, index = self.chain.chaindb.get_transaction_index(Hash32(transaction_hash))
        except EvmTransactionNotFound as error:
            raise TesterTransactionNotFound(f"no transaction 0x{transaction_hash.hex()}") from error
        block = self.chain.get_canonical_block_by_number(number)
        return block, block.transactions[index], index


class EmbeddedNode:
    """`Node` in this process. One process writes; others may read."""

    kind = "embedded"

    def __init__(self, path: Path, *, funded: ChecksumAddress, now: datetime, read_only: bool = False) -> None:
        """Open the chain at ``path``, or begin it with all money at the account ``funded``.

        It begins a few seconds before ``now``: deployment takes a block and so a second for each transaction, and the
        operator has to be a member by ``now``.
        """
        self._lock = RLock()
        self._read_only = read_only
        self._file = None if read_only else _own(path)
        try:
            began = seconds(now) - SETUP_BLOCKS - 1
            self.database = SqliteDB(path, read_only=read_only)
        except BaseException:
            self._release()
            raise
        genesis = None
        if not self.database.exists(SchemaV1.make_canonical_head_hash_lookup_key()):
            genesis = (Web3.to_bytes(hexstr=funded), began)
        self._backend = EmbeddedBackend(self.database, genesis)
        if genesis is not None:
            self.database.flush()
        endpoints = {
            **API_ENDPOINTS,
            "eth": {**API_ENDPOINTS["eth"], "chainId": _chain_id},
        }  # eth-tester has a fixed one
        self.web3 = Web3(EthereumTesterProvider(EthereumTester(self._backend), endpoints))
        self.web3.eth.default_account = funded  # eth-tester has none of its own to call from

    @contextmanager
    def using(self) -> Iterator[None]:
        """Hold the chain; what a failed use left half done is forgotten."""
        with self._lock:
            if self._read_only:
                self._backend.reopen()
            try:
                yield
            except BaseException:
                self.database.discard()
                self._backend.reopen()
                raise

    def advance(self, at: datetime) -> None:
        """Let the next block be at ``at``, or one second after the last one if that is later (never backwards)."""
        chain = self._backend.chain
        earliest = chain.get_canonical_head().timestamp + 1
        chain.set_header_timestamp(max(earliest, seconds_up(at)))

    def gas_for(self, transaction: TxParams) -> int:
        """Run it without keeping anything, to raise its refusal; gas has no price here, so the limit is the block's."""
        self.web3.eth.call({**transaction, "gas": GAS_LIMIT}, "pending")  # with the time of the block to come
        return GAS_LIMIT

    def send(self, raw: bytes) -> HexStr:
        """Run the transaction in a block of its own and make that block durable."""
        if self._read_only:
            raise ChainError("this chain was opened for reading only", "链以只读方式打开")
        try:
            sent = self.web3.eth.send_raw_transaction(raw)
        except ValidationError as error:
            raise ChainError(
                f"the embedded chain does not take the transaction ({error}); only the account that began it has money",
                "内置链拒绝该交易：仅创建该链的账户持有余额",
            ) from error
        self.database.flush()
        return HexStr(sent.to_0x_hex())

    def events(self, event: ContractEvent, begin: int) -> Iterator[EventData]:
        """Read the blocks whose bloom filter may hold it, and no others: there is a block for every checkpoint."""
        chain = self._backend.chain
        address, topic = Web3.to_bytes(hexstr=HexStr(event.address)), Web3.to_bytes(hexstr=event.topic)
        for number in range(begin, chain.get_canonical_head().block_number + 1):
            bloom = BloomFilter(chain.get_canonical_block_header_by_number(BlockNumber(number)).bloom)
            if address in bloom and topic in bloom:
                yield from event.get_logs(from_block=number, to_block=number)

    def block_proof(self, number: int) -> BlockProof:
        """Return header and receipts of a block."""
        chain = self._backend.chain
        block = chain.get_canonical_block_by_number(BlockNumber(number))
        receipts = block.get_receipts(chain.chaindb)
        return BlockProof(rlp.encode(block.header), tuple(receipt.encode() for receipt in receipts))

    def is_final(self, number: int) -> bool:
        """Every block is."""
        return number >= 0

    def final_block(self) -> BlockNumber:
        """Return the newest."""
        return BlockNumber(self._backend.chain.get_canonical_head().block_number)

    def close(self) -> None:
        """Close the file and let another process have it."""
        with self._lock:
            self.database.close()
            self._release()

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()


def _genesis(database: AtomicDB, funded: bytes, time: int) -> EmbeddedChain:
    parameters: dict[str, HeaderParams] = {
        "coinbase": ZERO_ADDRESS,
        "difficulty": _GENESIS_DIFFICULTY,
        "extra_data": b"",
        "gas_limit": GAS_LIMIT,
        "mix_hash": ZERO_HASH32,
        "nonce": bytes(8),
        "receipt_root": BLANK_ROOT_HASH,
        "timestamp": time,
        "transaction_root": BLANK_ROOT_HASH,
    }
    state: AccountState = {Address(funded): {"balance": _BALANCE, "nonce": 0, "code": b"", "storage": {}}}
    chain = EmbeddedChain.from_genesis(database, parameters, state)
    if not isinstance(chain, EmbeddedChain):
        raise TypeError("py-evm made another chain class")
    return chain


def _chain_id(_tester: EthereumTester, _parameters: object) -> str:
    return hex(CHAIN_ID)


def _own(path: Path) -> IO[str]:
    """Lock the chain for this process until the file closes, also by ``kill -9``."""
    lock = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except OSError as error:
        raise ChainError(
            f"the folder of the chain file {path.name} cannot be written ({os.strerror(error.errno or 0)}); make it"
            " writable or configure another one",
            "链数据目录不可写,请检查权限或更换目录",
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ChainError(
            f"another process uses the chain file {path.name}; stop it, or open the chain for reading only",
            "链数据文件正被另一进程使用",
        ) from error
    return file
