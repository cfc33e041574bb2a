"""The worker: anchors in the background, survives what goes wrong, stops when told."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.errors import IntegrityError
from ledger.services.anchoring import SealPolicy
from ledger.services.worker import AnchorWorker
from tests.ledgers import Parts, open_parts

AT_ONCE = SealPolicy(records=1)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


def until(condition: Callable[[], object], worker: AnchorWorker) -> None:
    for _ in range(1000):
        if condition():
            return
        worker.wake()
        time.sleep(0.01)
    raise AssertionError("it did not come")


def test_it_anchors_what_is_appended_and_stops(parts: Parts) -> None:
    worker = AnchorWorker(parts, policy=AT_ONCE, pause=0.01)
    worker.start()
    stream = parts.investor()
    until(lambda: parts.log.covering(0, final=True), worker)
    parts.append(stream)
    until(lambda: parts.log.covering(1, final=True), worker)
    working = worker.state
    assert (working.running, working.problem) == (True, None)
    worker.stop()
    stopped = worker.state
    assert not stopped.running
    parts.append(stream)
    assert parts.log.covering(2) is None


def test_it_starts_once_and_may_start_again(parts: Parts) -> None:
    worker = AnchorWorker(parts, pause=0.01)
    worker.stop()
    worker.start()
    with pytest.raises(RuntimeError, match="runs already"):
        worker.start()
    worker.stop()
    worker.start()
    worker.stop()


def test_a_chain_that_is_away_is_told_once_and_waited_for(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    parts.anchor.away = True
    worker = AnchorWorker(parts, policy=AT_ONCE, pause=0.01)
    with caplog.at_level(logging.INFO):
        worker.start()
        parts.investor()
        until(lambda: worker.state.problem is not None, worker)
        passes = worker.state.passes
        until(lambda: worker.state.passes > passes + 2, worker)
        parts.anchor.away = False
        until(lambda: parts.log.covering(0, final=True), worker)
        until(lambda: worker.state.problem is None, worker)
        worker.stop()
    said = [record.getMessage() for record in caplog.records if record.name == "ledger.services.worker"]
    assert said == ["anchoring waits: the chain does not answer: is its node running?", "anchoring goes on"]


@pytest.mark.parametrize("error", [IntegrityError("the log has forked"), ZeroDivisionError("unforeseen")])
def test_no_error_ends_the_thread(parts: Parts, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    parts.investor()

    def fail() -> int:
        raise error

    worker = AnchorWorker(parts, policy=AT_ONCE, pause=0.01)
    with monkeypatch.context() as patched:
        patched.setattr(parts.anchor, "anchored_size", fail)
        worker.start()
        until(lambda: worker.state.problem is not None, worker)
        assert worker.state.problem in {"the log has forked", "ZeroDivisionError"}
    until(lambda: parts.log.covering(0, final=True), worker)
    worker.stop()
