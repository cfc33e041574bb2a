"""The simulated clock: forward only, and not back after a restart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.clocks import SimulatedClock, SystemClock, begin_behind
from ledger.errors import CallerError

DAY, CENTURY = 86_400, 36_525 * 86_400


def test_it_says_what_it_is(tmp_path: Path) -> None:
    assert SimulatedClock(tmp_path / "clock.json").simulated
    assert not SystemClock().simulated


def test_an_advance_survives_a_restart(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock.json")
    before = SystemClock().now()
    clock.advance(DAY)
    clock.advance(1)
    again = SimulatedClock(tmp_path / "clock.json")
    assert again.now() >= before + timedelta(seconds=DAY + 1)
    assert SystemClock().now() < before + timedelta(seconds=DAY)


@pytest.mark.parametrize("seconds", [0, -1, CENTURY + 1])
def test_it_never_runs_back_nor_away(tmp_path: Path, seconds: int) -> None:
    clock = SimulatedClock(tmp_path / "clock.json")
    with pytest.raises(CallerError, match="never runs back"):
        clock.advance(seconds)
    assert not (tmp_path / "clock.json").exists()


def test_a_century_is_the_most(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock.json")
    clock.advance(CENTURY)
    with pytest.raises(CallerError):
        clock.advance(1)


def test_a_simulated_clock_may_begin_in_the_past_but_only_once(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    begin_behind(path, 28)
    clock = SimulatedClock(path)
    behind = datetime.now(UTC) - clock.now()
    assert timedelta(hours=27, minutes=59) < behind < timedelta(hours=28, minutes=1)
    clock.advance(3600)
    assert datetime.now(UTC) - SimulatedClock(path).now() < timedelta(hours=27, minutes=1)
    with pytest.raises(FileExistsError):
        begin_behind(path, 1)
