"""The two clocks: the machine's, and a simulated one for demonstrations that says what it is."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.errors import CallerError

MAX_ADVANCE = timedelta(days=36525)


class SystemClock:
    """The machine's clock in UTC."""

    simulated = False

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)


def begin_behind(path: Path, hours: int) -> None:
    """Let a simulated clock that is not begun yet begin so many hours ago.

    A chain of others has real time, and no record may be dated after a block that holds it: a demonstration that skips
    a day there has to begin the day before.
    """
    with path.open("x") as file:
        json.dump({"seconds": -hours * 3600}, file)


class SimulatedClock:
    """The machine's clock plus an offset that survives a restart. A development stand-in: reports name it."""

    simulated = True

    def __init__(self, path: Path) -> None:
        """``path`` keeps the offset, so that time does not run back after a restart."""
        self._path = path
        self._lock = threading.Lock()
        self._offset = timedelta(seconds=json.loads(path.read_text())["seconds"]) if path.exists() else timedelta()

    def now(self) -> datetime:
        """Return the simulated present."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: int) -> None:
        """Move the present forward; `CallerError` for a step back or beyond a century."""
        with self._lock:
            moved = self._offset + timedelta(seconds=seconds)
            if seconds <= 0 or moved > MAX_ADVANCE:
                raise CallerError(
                    "seconds must be positive and stay within a century: a simulated clock never runs back",
                    "seconds 须为正数且累计不超过一百年：模拟时钟不会倒退",
                )
            partial = self._path.with_suffix(".partial")
            partial.write_text(json.dumps({"seconds": int(moved.total_seconds())}))
            partial.replace(self._path)
            self._offset = moved
