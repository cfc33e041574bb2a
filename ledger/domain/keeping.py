"""Room in a frozen state for what follows from it, which is then computed once (`functools.cached_property`)."""

from functools import cached_property
from typing import Any


class Keeping:
    """The fields stay in slots; only what was asked for is kept beside them, and takes no part in equality."""

    __slots__ = ("__dict__",)

    @cached_property
    def judged(self) -> dict[object, Any]:
        """What rules found that look at this state alone (`ledger.rules.plan`)."""
        return {}
