"""The anchoring worker: a thread inside the API process, or the whole of ``pfl worker``."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger.errors import IntegrityError, LedgerError
from ledger.services import threads
from ledger.services.anchoring import DEFAULT_POLICY, Anchoring, Pass, SealPolicy, anchor_once
from ledger.services.stamping import Tries

PAUSE_SECONDS = 0.2
BACKOFF_SECONDS = 5.0
STOP_SECONDS = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What health may tell: whether the thread lives, and what stands in the way of anchoring (``None``: nothing)."""

    running: bool
    passes: int
    problem: str | None
    code: str = ""
    zh: str = ""
    authorities: Mapping[str, str] = field(default_factory=dict)
    """What stands in the way of timestamps, by authority."""
    broken: bool = False
    """Chain and log contradict each other; a person must look."""
    since: datetime | None = None
    """When anchoring last began to stand still."""


class AnchorWorker:
    """Runs `anchor_once` until stopped. A problem is logged once, told in `state`, and tried again later."""

    def __init__(
        self,
        ledger: Anchoring,
        *,
        policy: SealPolicy = DEFAULT_POLICY,
        pause: float = PAUSE_SECONDS,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        """``pause`` in seconds between passes; ``guard`` raises when nothing may be sealed now."""
        self._ledger = ledger
        self._guard = guard
        self._policy = policy
        self._pause = pause
        self._holder = secrets.token_hex(16)
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._passes = 0
        self._tries = Tries()
        self._problem: BaseException | None = None
        self._since: datetime | None = None

    def start(self) -> None:
        """Start the thread; ``RuntimeError`` when it runs already."""
        if self._thread is not None:
            raise RuntimeError("the worker runs already")
        self._stopped.clear()
        self._thread = threading.Thread(target=self.run, name="anchoring", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Ask for a pass now."""
        self._wanted.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End after the present pass; ``TimeoutError`` if that takes longer."""
        self._stopped.set()
        self._wanted.set()
        threads.join(self._thread, seconds, "anchoring worker")
        self._thread = None

    @property
    def state(self) -> WorkerState:
        """How it goes."""
        thread, problem = self._thread, self._problem
        return WorkerState(
            thread is not None and thread.is_alive(),
            self._passes,
            None if problem is None else _said(problem),
            getattr(problem, "code", "internal"),
            getattr(problem, "zh", ""),
            {name: failure.problem.message for name, failure in self._tries.failures.items()},
            isinstance(problem, IntegrityError),
            self._since,
        )

    def run(self) -> None:
        """Loop in this thread until `stop` is called from another."""
        while not self._stopped.is_set():
            problem = self._pass()
            self._tell(problem)
            self._passes += 1
            self._wanted.wait(self._pause if problem is None else max(self._pause, BACKOFF_SECONDS))
            self._wanted.clear()

    def _pass(self) -> BaseException | None:
        try:
            self._guard()
            done: Pass = anchor_once(
                self._ledger,
                self._ledger.clock.now(),
                policy=self._policy,
                holder=self._holder,
                tries=self._tries,
            )
        except LedgerError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the thread must outlive what nobody foresaw; it is logged and told
            _log.exception("anchoring failed")
            return error
        for leaf in done.left_out:
            _log.error("a contract refuses what record %s says: the record is anchored without it", leaf)
        for size in done.lost:
            _log.warning("the transaction of checkpoint %d is off the chain: it is sent again", size)
        for size in done.replaced:
            _log.warning("the transaction of checkpoint %d was stuck: it is replaced by a dearer one", size)
        return done.problem

    def _tell(self, problem: BaseException | None) -> None:
        said, before = (None if each is None else _said(each) for each in (problem, self._problem))
        if problem is not None and said != before:
            level = logging.ERROR if isinstance(problem, IntegrityError) else logging.WARNING
            _log.log(level, "anchoring waits: %s", said)
        if said is None and before is not None:
            _log.info("anchoring goes on")
        if problem is None:
            self._since = None
        elif self._since is None:
            self._since = self._ledger.clock.now()
        self._problem = problem


def _said(problem: BaseException) -> str:
    return str(getattr(problem, "message", type(problem).__name__))
