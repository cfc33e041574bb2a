"""One service for all end-to-end tests of a run: opening a ledger with its chain takes seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import walking
from tests.e2e.serving import Service, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with one key for each duty."""
    data: Path = tmp_path_factory.mktemp("ledger") / "data"
    with serving(data) as running:
        yield running


@pytest.fixture(scope="module")
def fund(service: Service) -> str:
    """An R4 securities fund on sale: the newest, whatever other modules introduced, as stand-ins offer that one."""
    return walking.product(service)
