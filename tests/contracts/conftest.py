"""One world per test, or per module where a test only adds to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.node.close()


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = new_world(tmp_path_factory.mktemp("chain"))
    yield made
    made.node.close()
