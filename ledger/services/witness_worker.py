"""A thread that has sealed checkpoints cosigned, beside anchoring and never in its way."""

import logging
import threading
import time
from typing import Final

from ledger.errors import IntegrityError, LedgerError
from ledger.services import threads
from ledger.services.witnessing import Witnessed, gather, require_newest

PAUSE_SECONDS: Final = 0.2
AWAY_SECONDS: Final = 10.0
"""How long one that gave nothing is left alone."""

STOP_SECONDS: Final = 30.0

_log = logging.getLogger(__name__)


class WitnessWorker:
    """Runs `gather` until stopped. `require_sound` is for whoever seals."""

    def __init__(self, ledger: Witnessed, *, pause: float = PAUSE_SECONDS, away: float = AWAY_SECONDS) -> None:
        """``pause`` in seconds between looks, ``away`` until one that gave nothing is asked again."""
        self._ledger = ledger
        self._pause = pause
        self._away = away
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._alone: dict[str, float] = {}
        self._broken: IntegrityError | None = None

    def start(self) -> None:
        """Start the thread, if there is anybody to ask."""
        if self._ledger.witnessing is not None and self._ledger.witnessing.ask.all:
            self._thread = threading.Thread(target=self.run, name="witnesses", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End after the present look; ``TimeoutError`` if that takes longer."""
        self._stopped.set()
        threads.join(self._thread, seconds, "witness worker")

    def require_sound(self) -> None:
        """Raise the `IntegrityError` that a witness proved, so that nothing is sealed upon a forked log."""
        if self._broken is not None:
            raise self._broken

    def run(self) -> None:
        """Loop in this thread until `stop` is called from another."""
        while not self._stopped.wait(self._pause):
            try:
                self.look()
                if self._broken is not None:
                    self._stopped.wait(self._away)
            except LedgerError as error:
                _log.warning("witnesses wait: %s", error.message)
                self._stopped.wait(self._away)
            except Exception:  # noqa: BLE001 - the thread must outlive what nobody foresaw
                _log.exception("asking witnesses failed")
                self._stopped.wait(self._away)

    def look(self) -> None:
        """Ask those who have not cosigned the newest checkpoint and are not left alone."""
        witnessing = self._ledger.witnessing
        assert witnessing is not None  # noqa: S101 - narrows for mypy: the thread is not started without
        try:
            if self._broken is not None:  # has the operator restored the right copy, or the witness erred?
                require_newest(self._ledger)
                self._broken = None
            now = time.monotonic()
            self._alone = {vkey: until for vkey, until in self._alone.items() if until > now}
            gather(self._ledger, leave_out=list(self._alone))
        except IntegrityError as error:
            if self._broken is None:
                _log.error("NOTHING IS SEALED: %s", error.message)
            self._broken = error
        troubled = {trouble.vkey: trouble.problem for trouble in witnessing.book.troubles()}
        for vkey in troubled.keys() & set(witnessing.vkeys) - self._alone.keys():
            _log.info("%s", troubled[vkey])
            self._alone[vkey] = time.monotonic() + self._away
