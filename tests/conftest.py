"""Shared by all tests: Hypothesis says the same on every machine; `HYPOTHESIS_PROFILE=nightly` searches longer."""

import os

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

LONG = frozenset({"e2e", "contracts", "crash"})
"""Folders of few but long tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: last, it would keep one core busy while the others have nothing left to do."""
    items.sort(key=lambda item: LONG.isdisjoint(item.path.parts))
