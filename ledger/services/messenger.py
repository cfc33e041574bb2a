"""A thread that delivers messages and, every so often, looks for what investors have left unfinished."""

import logging
import threading
import time
from typing import Final

from ledger.errors import LedgerError
from ledger.services import delivery, reminders, threads
from ledger.services.ledger import Ledger

PAUSE_SECONDS: Final = 1.0
SWEEP_SECONDS: Final = 60.0
SWEEP_SALES: Final = 100
BATCH: Final = 50
STOP_SECONDS: Final = 30.0

_log = logging.getLogger(__name__)


class Messenger:
    """Runs until stopped. Any number of processes may run one: a message is taken and a reminder queued once."""

    def __init__(self, ledger: Ledger, *, pause: float = PAUSE_SECONDS, sweep: float = SWEEP_SECONDS) -> None:
        """``pause`` and ``sweep`` in seconds: between deliveries, and between looks at a page of sales."""
        self._ledger = ledger
        self._pause = pause
        self._sweep = sweep
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._after: str | None = None
        self._next = 0.0

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self.run, name="messages", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End after the present message; ``TimeoutError`` if that takes longer."""
        self._stopped.set()
        threads.join(self._thread, seconds, "messenger")

    def run(self) -> None:
        """Loop in this thread until `stop` is called from another."""
        while not self._stopped.wait(self._pause):
            try:
                self.work()
            except LedgerError as error:
                _log.warning("messages wait: %s", error.message)
            except Exception:  # noqa: BLE001 - the thread must outlive what nobody foresaw
                _log.exception("delivering messages failed")

    def work(self) -> int:
        """Deliver what is due; look at a page of sales when it is time. Returns how many messages it dealt with."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._sweep
            self._after, _ = reminders.sweep(self._ledger, after=self._after, limit=SWEEP_SALES)
        dealt = 0
        while dealt < BATCH and not self._stopped.is_set() and delivery.deliver_next(self._ledger) is not None:
            dealt += 1
        return dealt
