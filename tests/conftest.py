"""Shared by all tests: Hypothesis says the same on every machine; `HYPOTHESIS_PROFILE=nightly` searches longer."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
