"""Logs that continue, stand still or fork, as a witness sees them."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import uvicorn

from ledger.witness.book import Book
from ledger.witness.directory import STATE, WatchedLog, create
from ledger.witness.judging import Witness
from ledger.witness.server import create as serve
from ledger.witness.wire import Submission
from tests.vector_source import forks, keys
from tests.vector_source.world import ORIGIN, Log
from verifier import checkpoint, merkle

VKEY = checkpoint.vkey(ORIGIN, keys.LOG.public_key())
WATCHED = WatchedLog(ORIGIN, VKEY)
NOW = 1_772_415_000


@dataclass(frozen=True)
class History:
    """A log of this many records that differs from its sisters from one index on."""

    log: Log
    notes: dict[int, str] = field(default_factory=dict)

    def note(self, size: int) -> str:
        if size not in self.notes:
            self.notes[size] = checkpoint.sign(self.log.head(size), ORIGIN, keys.LOG)
        return self.notes[size]

    def submission(self, old: int, new: int) -> Submission:
        """Return what an honest client sends."""
        if not 0 < old < new:
            return Submission(old, (), self.note(new), ())
        paths = []
        for i, suite in enumerate(merkle.SUITES):
            hashes = [leaf[i] for leaf in self.log.leaves]
            paths.append(tuple(merkle.consistency_path(suite, hashes, old, new)))
        before = self.log.head(old)
        return Submission(old, paths[0], self.note(new), paths[1], (before.sha256_root, before.sm3_root))


@cache
def history(other_from: int = 100, size: int = 100) -> History:
    return History(forks.history(other_from, size))


def witness(root: Path, name: str = "custodian.example/witness") -> Witness:
    made = create(root, name, [WATCHED])
    return Witness(made, Book(root / STATE))


@contextmanager
def serving(of: Witness, follow: Callable[[], None] | None = None) -> Iterator[httpx.Client]:
    """Serve a witness on a loopback port; yield a client that knows its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(serve(of, follow, 60.0), log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)
