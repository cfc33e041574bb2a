"""kill -9 of a witness while it is asked by many: what it said stands, and it never says another thing."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from ledger.witness import wire
from ledger.witness.book import Book
from ledger.witness.directory import STATE, open_directory
from ledger.witness.judging import Witness
from tests.histories import VKEY, WATCHED, history, witness
from tests.vector_source.world import ORIGIN
from verifier import checkpoint, cosignature

COMMAND = (sys.executable, "-m", "ledger.cli", "witness", "run", "--port", "0", "--dir")


def start(root: Path) -> tuple[subprocess.Popen[bytes], str]:
    log = root.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen([*COMMAND, str(root)], stdout=out, stderr=out, env={**os.environ, "COLUMNS": "200"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = re.search(r"listening on (http://\S+)", log.read_text(errors="replace"))
        if found:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{found[1]}/health", timeout=5).raise_for_status()
                return process, found[1]
        assert process.poll() is None, log.read_text(errors="replace")
        time.sleep(0.05)
    raise TimeoutError(log.read_text(errors="replace"))


def ask(url: str, number: int, said: list[tuple[int, int, str]]) -> None:
    """Submit one history, size after size, from whatever size the witness says it is at, until it is dead."""
    of, old, new = history(number, 40), 0, 1
    with httpx.Client(timeout=10) as client:
        while new <= 40:
            submission = of.submission(min(old, new), new)
            try:
                answer = client.post(
                    f"{url}/add-checkpoint", content=wire.body(submission), headers=wire.headers(submission)
                )
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                said.append((number, new, answer.text))
                old, new = new, new + 1
            elif answer.status_code == 409:
                old = int(answer.text)
                new = max(new, old + 1)
            else:
                assert answer.status_code == 422
                new += 1


@pytest.mark.slow
def test_it_never_says_two_things(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    made.book.close()
    said: list[tuple[int, int, str]] = []
    for pause in (0.4, 0.9):
        process, url = start(tmp_path / "w")
        askers = [threading.Thread(target=ask, args=(url, number, said)) for number in (2, 9, 30)]
        for asker in askers:
            asker.start()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        for asker in askers:
            asker.join(30)
    assert said
    bodies: dict[int, str] = {}
    for number, size, line in said:
        note = history(number, 40).note(size)
        assert len(cosignature.read(cosignature.add(note, [line]), {made.directory.vkey})) == 1
        assert bodies.setdefault(size, checkpoint.split(note)[0]) == checkpoint.split(note)[0]  # one head of a size
    again = Witness(open_directory(tmp_path / "w"), Book(tmp_path / "w" / STATE))
    kept = again.latest(WATCHED)
    assert kept is not None
    head = checkpoint.open_note(kept, {VKEY})
    assert head.origin == ORIGIN
    assert head.size >= max(bodies)  # what was said was on the disk
    assert head.size not in bodies or head.body() == bodies[head.size]
    again.book.close()
