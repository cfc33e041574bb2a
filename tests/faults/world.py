"""A ledger that anchors on a real node (anvil) through a wire that can be cut, and opens again after a crash."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from ledger.chain import EvmAnchor, open_rpc
from ledger.chain.fees import FeePolicy
from ledger.services.anchoring import Pass, anchor_once
from ledger.storage.journal import SqlJournal
from tests.fakes import FakeClock
from tests.faults.proxy import Wire
from tests.ledgers import Parts, open_parts
from tests.nodes import DEVELOPMENT_KEY

TIMEOUT_SECONDS = 2.0


@dataclass
class World:
    """One ledger in ``folder``, one deployment, one node."""

    node: str
    wire: Wire
    folder: Path
    deployment: Path
    confirmations: int = 0
    fees: FeePolicy = field(default_factory=FeePolicy)
    clock: FakeClock = field(default_factory=FakeClock)
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        self.parts = self.open()

    def open(self) -> Parts:
        """Open the ledger, as a process does when it starts."""
        parts = open_parts(self.folder, clock=self.clock)
        parts.anchor = open_rpc(
            self.wire.address,
            operator_key=DEVELOPMENT_KEY,
            deployment=self.deployment,
            confirmations=self.confirmations,
            journal=SqlJournal(parts.store),
            fees=self.fees,
            timeout=TIMEOUT_SECONDS,
        )
        return parts

    def restart(self) -> None:
        """Begin again after a crash, later than the lease of the crashed worker."""
        self.close()
        self.clock.advance(minutes=2)
        self.parts = self.open()

    def close(self) -> None:
        self.parts.anchor.close()
        self.parts.store.close()

    @property
    def chain(self) -> EvmAnchor:
        anchor: EvmAnchor = self.parts.anchor
        return anchor

    def records(self, count: int = 1) -> None:
        self.parts.investor(count)

    def anchor(self, **options: Any) -> Pass:
        """One pass, now."""
        return anchor_once(self.parts, self.clock.now(), seal_now=True, **options)

    def settle(self) -> Pass:
        """Passes until nothing waits."""
        for _ in range(200):
            done = self.anchor()
            if not self.parts.log.waiting():
                return done
            time.sleep(0.02)
        raise AssertionError(f"not anchored: {self.states()}, {done.problem}")

    def states(self) -> list[tuple[int, str]]:
        return [(c.checkpoint.size, c.state) for c in self.parts.log.checkpoints()]

    def ask(self, method: str, *parameters: object) -> Any:
        """Ask the node itself, not through the wire."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = requests.post(self.node, json=body, timeout=10).json()
        assert "error" not in answer, f"{method}: {json.dumps(answer['error'])}"
        return answer["result"]

    def hold(self) -> None:
        """Let transactions wait in the pool until `mine`."""
        self.ask("evm_setAutomine", False)  # noqa: FBT003 - a parameter of the method

    def release(self) -> None:
        """Mine every transaction as it comes."""
        self.ask("evm_setAutomine", True)  # noqa: FBT003 - a parameter of the method

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            self.ask("evm_mine")

    def full_blocks(self, count: int) -> None:
        """Mine blocks that have no room for what waits."""
        self.ask("evm_setBlockGasLimit", hex(30_000))
        self.mine(count)
        self.ask("evm_setBlockGasLimit", hex(30_000_000))

    def sent(self) -> int:
        """How many transactions of ours are in blocks, reverted ones too."""
        return int(self.ask("eth_getTransactionCount", self.chain._sender.address, "latest"), 16)

    def waiting(self) -> int:
        """How many of ours wait in the node's pool."""
        return int(self.ask("eth_getTransactionCount", self.chain._sender.address, "pending"), 16) - self.sent()

    def held(self) -> tuple[int, int]:
        """Size of the newest checkpoint on the chain, and how many there are."""
        return self.chain.log.head()
