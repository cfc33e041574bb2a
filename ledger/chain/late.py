"""A chain whose node was away when the service began: everything else works, and anchoring begins when it answers."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from threading import Lock

from ledger.domain.events import Value
from ledger.errors import ChainError
from ledger.ports.anchor import Anchor, ChainStatus, ChainWrites, Standing, WitnessSignature
from ledger.ports.log import Block
from ledger.ports.wallets import ContractWallets
from verifier.checkpoint import Checkpoint


class LateAnchor:
    """Opens the chain at the first use that reaches it; until then every use raises `ChainError`.

    What the node then says about chain and contracts is checked as at a start: `ConfigurationError`,
    `ChainContradictsError`.
    """

    def __init__(self, opener: Callable[[], Anchor]) -> None:
        """Try once; only an absent node is waited for, anything else is raised."""
        self._opener = opener
        self._lock = Lock()
        self._opened: Anchor | None = None
        with suppress(ChainError):
            self._opened = opener()

    @property
    def _anchor(self) -> Anchor:
        with self._lock:
            if self._opened is None:
                self._opened = self._opener()
            return self._opened

    def status(self) -> ChainStatus:
        """As `Anchor`."""
        return self._anchor.status()

    def anchored_size(self) -> int:
        """As `Anchor`."""
        return self._anchor.anchored_size()

    def submit(self, checkpoint: Checkpoint, writes: ChainWrites, at: datetime) -> str:
        """As `Anchor`."""
        return self._anchor.submit(checkpoint, writes, at)

    def tend(self, transaction: str) -> Standing:
        """As `Anchor`."""
        return self._anchor.tend(transaction)

    def holds(self, block: Block) -> bool:
        """As `Anchor`."""
        return self._anchor.holds(block)

    def find(self, size: int) -> str | None:
        """As `Anchor`."""
        return self._anchor.find(size)

    def differing(self, writes: ChainWrites) -> Iterator[tuple[str, str]]:
        """As `Anchor`."""
        return self._anchor.differing(writes)

    def evidence(self, size: int) -> dict[str, Value]:
        """As `Anchor`."""
        return self._anchor.evidence(size)

    def root_at(self, size: int) -> tuple[bytes, bytes, bytes] | None:
        """As `Anchor`."""
        return self._anchor.root_at(size)

    def cosign(self, checkpoint: Checkpoint, signed: WitnessSignature, at: datetime) -> str:
        """As `Anchor`."""
        return self._anchor.cosign(checkpoint, signed, at)

    def cosignature(self, transaction: str, size: int, witness: str) -> dict[str, Value] | None:
        """As `Anchor`."""
        return self._anchor.cosignature(transaction, size, witness)

    def has_cosigned(self, size: int, witness: str) -> bool:
        """As `Anchor`."""
        return self._anchor.has_cosigned(size, witness)

    def witness_count(self, size: int) -> int:
        """As `Anchor`."""
        return self._anchor.witness_count(size)

    @property
    def contract_wallets(self) -> ContractWallets:
        """As `Anchor`."""
        return self._anchor.contract_wallets

    def close(self) -> None:
        """Close what was opened."""
        close = getattr(self._opened, "close", None)
        if close is not None:
            close()
