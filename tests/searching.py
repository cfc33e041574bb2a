"""How long Hypothesis searches: enough to fail at once when something broke, ten times as long in the nightly run."""

import os

from hypothesis import settings

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def examples(number: int) -> settings:
    """Try so many examples, in the nightly run ten times as many."""
    return settings(max_examples=number * (10 if NIGHTLY else 1), deadline=None)
