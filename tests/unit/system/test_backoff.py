"""A part that keeps dying rests longer each time, and is not forgiven because it lived for a minute."""

from __future__ import annotations

from pathlib import Path

from streams.system.backoff import LONGEST_S, WINDOW_S, Backoff
from streams.system.logs import last_error


def test_pauses_double_up_to_a_minute() -> None:
    backoff = Backoff()
    assert [backoff.died(50.0 * number) for number in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, LONGEST_S, LONGEST_S]
    assert backoff.count(400) == 9


def test_deaths_are_forgotten_after_ten_minutes() -> None:
    backoff = Backoff()
    backoff.died(0)
    assert backoff.count(WINDOW_S - 1) == 1
    assert backoff.died(WINDOW_S) == 0.5


def test_the_last_error_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "judge.log"
    assert last_error(log) == ""
    log.write_text("starting\nKeyError: 'a'\nTraceback\n  x\npolars.exceptions.ComputeError: division by zero\nended\n")
    assert last_error(log) == "polars.exceptions.ComputeError: division by zero"
