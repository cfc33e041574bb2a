"""Several authorities: each is asked for itself, none waits for another, one that is away is asked less and less."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ledger.services.anchoring import SealPolicy, anchor_once
from ledger.services.stamping import Tries
from ledger.services.worker import AnchorWorker
from tests.fakes import START, FakeTimestampAuthority
from tests.ledgers import Parts, open_parts

EACH = SealPolicy(records=1)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    opened.authorities = (FakeTimestampAuthority("second"),)
    yield opened
    opened.store.close()


def by(parts: Parts, size: int) -> set[str]:
    return {stamp.authority for stamp in parts.log.stamps(size)}


def test_every_checkpoint_gets_a_token_of_every_authority(parts: Parts) -> None:
    parts.investor(3)
    anchor_once(parts, START, policy=EACH)
    assert [by(parts, size) for size in (1, 2, 3)] == [{"fake-tsa", "second"}] * 3
    assert parts.log.stampers() == ("fake-tsa", "second")


def test_one_that_is_away_delays_no_other_and_catches_up(parts: Parts) -> None:
    assert parts.tsa is not None
    parts.tsa.away = True
    parts.investor(2)
    tries = Tries()
    anchor_once(parts, START, policy=EACH, tries=tries)
    assert [by(parts, size) for size in (1, 2)] == [{"second"}] * 2
    assert list(tries.failures) == ["fake-tsa"]
    parts.tsa.away = False
    anchor_once(parts, START + timedelta(seconds=5), policy=EACH, tries=tries)
    assert [by(parts, size) for size in (1, 2)] == [{"fake-tsa", "second"}] * 2
    assert tries.failures == {}


def test_one_that_stays_away_is_asked_less_and_less_up_to_a_quarter_hour(parts: Parts) -> None:
    assert parts.tsa is not None
    parts.tsa.away = True
    parts.investor()
    tries = Tries()
    for second in range(0, 3600, 5):
        anchor_once(parts, START + timedelta(seconds=second), seal_now=True, tries=tries)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(parts.tsa.asked)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_an_interval_stamps_the_newest_checkpoint_only(parts: Parts) -> None:
    parts.authorities = (FakeTimestampAuthority("hourly", timedelta(hours=1)),)
    parts.investor(3)
    anchor_once(parts, START, policy=EACH)
    assert [by(parts, size) - {"fake-tsa"} for size in (1, 2, 3)] == [set(), set(), {"hourly"}]
    parts.investor(2)
    anchor_once(parts, START + timedelta(minutes=59), policy=EACH)
    assert by(parts, 5) == {"fake-tsa"}
    anchor_once(parts, START + timedelta(hours=1), policy=EACH)
    assert [by(parts, size) - {"fake-tsa"} for size in (4, 5)] == [set(), {"hourly"}]
    assert parts.log.stamped_from("hourly", 1) == 3
    assert parts.log.stamped_from("hourly", 4) == 5
    assert parts.log.stamped_from("hourly", 6) is None


def test_a_new_authority_begins_with_the_newest_and_not_with_the_first(parts: Parts) -> None:
    parts.authorities = ()
    parts.investor(105)
    anchor_once(parts, START, policy=EACH)
    anchor_once(parts, START, policy=EACH)
    parts.authorities = (FakeTimestampAuthority("late"),)
    anchor_once(parts, START, policy=EACH)
    assert [by(parts, size) for size in (5, 6, 105)] == [{"fake-tsa"}, {"fake-tsa", "late"}, {"fake-tsa", "late"}]


def test_a_power_cut_between_two_authorities_repeats_neither(parts: Parts) -> None:
    assert parts.tsa is not None
    parts.investor()
    anchor_once(parts, START, seal_now=True)
    anchor_once(parts, START, seal_now=True)
    assert len(parts.tsa.asked) == 1


def test_the_worker_tells_of_each_authority(parts: Parts) -> None:
    parts.authorities[0].away = True
    parts.investor()
    worker = AnchorWorker(parts, policy=EACH)
    assert worker._pass() is None
    assert worker.state.authorities == {"second": "the timestamp authority second does not answer"}
    assert worker.state.problem is None


def test_roots_outlive_the_configuration(parts: Parts) -> None:
    parts.log.keep_roots([b"one", b"two"])
    parts.log.keep_roots([b"two", b"three", b"three"])
    assert parts.log.kept_roots() == (b"one", b"two", b"three")
