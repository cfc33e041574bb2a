"""The sequencer and anchoring worker that runs beside the API in one process. Several processes share one lease."""

import threading
from datetime import timedelta

import structlog

from ledger.errors import IntegrityError
from ledger.services.anchoring import SealPolicy, anchor_once
from ledger.services.ledger import Ledger

MAX_PAUSE = 30.0
STOP_SECONDS = 15.0
_log = structlog.get_logger("worker")


class Worker:
    """Seals and anchors until told to stop. What it fails at, it tells and tries again; records never wait for it."""

    def __init__(self, ledger: Ledger, *, interval: timedelta) -> None:
        """``interval`` is that of checkpoints; the outbox is looked at three times as often."""
        self._ledger = ledger
        self._policy = SealPolicy(interval=interval)
        self._pause = interval.total_seconds() / 3
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anchoring", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the pass under way; the next start continues where it stood."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        pause = self._pause
        while not self._stopping.wait(pause):
            try:
                done = anchor_once(self._ledger, self._ledger.clock.now(), policy=self._policy)
            except IntegrityError as error:
                _log.critical("anchoring stopped", code=error.code, fix="run `pfl fsck`, then restart")
                return
            except Exception as error:  # noqa: BLE001 - one bad pass must not end anchoring; it is told and repeated
                _log.error("anchoring failed", kind=type(error).__qualname__, retry_seconds=pause)
                pause = min(pause * 2, MAX_PAUSE)
                continue
            if done.problem is not None:
                _log.warning("anchoring waits", code=done.problem.code, retry_seconds=pause)
                pause = min(pause * 2, MAX_PAUSE)
            else:
                pause = self._pause
