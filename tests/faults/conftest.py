"""One node for all fault tests: contracts are deployed once, and every test begins at that block again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ledger.chain import deploy_rpc
from ledger.chain.fees import GWEI
from tests.fakes import START
from tests.faults.proxy import wire_to
from tests.faults.world import World
from tests.nodes import DEVELOPMENT_KEY, json_rpc_node

Make = Callable[..., World]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    deployment = tmp_path_factory.mktemp("chain") / "deployment.json"
    with json_rpc_node("--hardfork", "london", "--timestamp", str(int(START.timestamp()) - 60)) as url:
        deploy_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
        yield url, deployment


@pytest.fixture
def world(node: tuple[str, Path], tmp_path: Path) -> Iterator[Make]:
    """Make a ledger on the node; ``world(confirmations=2)`` and the like."""
    url, deployment = node
    snapshot = _ask(url, "evm_snapshot")
    _ask(url, "anvil_setNextBlockBaseFeePerGas", hex(GWEI))  # no part of a snapshot
    made: list[World] = []
    with wire_to(url) as wire:

        def make(**options: Any) -> World:
            made.append(World(url, wire, tmp_path / "data", deployment, **options))
            return made[-1]

        yield make
        wire.up()
        for each in made:
            each.close()
    _ask(url, "evm_setAutomine", True)  # noqa: FBT003 - a parameter of the method
    _ask(url, "anvil_dropAllTransactions")
    _ask(url, "evm_revert", snapshot)


def _ask(url: str, method: str, *parameters: object) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    return requests.post(url, json=body, timeout=10).json()["result"]
