"""Bounds of periods against the time-zone database."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calendars import PERIODS, day_number, period_bounds

SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def naive_bounds(window: str, t_us: int) -> tuple[int, int]:
    """The same by the standard library's dates and zones."""
    day = (EPOCH + timedelta(microseconds=t_us)).astimezone(SHANGHAI).date()
    first = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "year": day.replace(month=1, day=1),
    }[window]
    steps = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
    after = first + timedelta(days=steps[window])
    if window in ("month", "quarter", "year"):
        after = after.replace(day=1) if window != "year" else date(first.year + 1, 1, 1)
    return tuple(us(datetime(one.year, one.month, one.day, tzinfo=SHANGHAI)) for one in (first, after))  # type: ignore[return-value]


@pytest.mark.parametrize("window", PERIODS)
@given(t_us=st.integers(us(datetime(1902, 1, 1, tzinfo=UTC)), us(datetime(9998, 12, 1, tzinfo=UTC))))
def test_bounds_agree_with_the_time_zone_database(window: str, t_us: int) -> None:
    start, end = period_bounds(window, t_us)
    assert start <= t_us < end
    assert (start, end) == naive_bounds(window, t_us)


@pytest.mark.parametrize("window", PERIODS)
@given(t_us=st.integers(us(datetime(1985, 1, 1, tzinfo=UTC)), us(datetime(1993, 1, 1, tzinfo=UTC))))
def test_bounds_hold_through_summer_time(window: str, t_us: int) -> None:
    assert period_bounds(window, t_us) == naive_bounds(window, t_us)


@pytest.mark.parametrize("window", PERIODS)
@given(t_us=st.integers(0, 2**62))
def test_periods_join_without_gaps(window: str, t_us: int) -> None:
    start, end = period_bounds(window, t_us)
    assert period_bounds(window, end)[0] == end
    assert period_bounds(window, start) == (start, end)
    assert period_bounds(window, end - 1) == (start, end)


def test_weeks_begin_on_monday_in_shanghai() -> None:
    sunday_evening = us(datetime(2026, 3, 1, 15, 59, tzinfo=UTC))
    start, end = period_bounds("week", sunday_evening)
    assert (EPOCH + timedelta(microseconds=end)).astimezone(SHANGHAI).isoformat() == "2026-03-02T00:00:00+08:00"
    assert (end - start) // 86_400_000_000 == 7


def test_last_instants_of_the_calendar() -> None:
    last = us(datetime(9999, 12, 31, 15, 59, 59, tzinfo=UTC))
    assert all(period_bounds(window, last)[1] > last for window in PERIODS)


@pytest.mark.parametrize("year", [2000, 2024, 2026, 2096, 2100, 2200, 2300, 2400, 2800, 9600, 9900])
def test_months_around_the_leap_days_of_centuries(year: int) -> None:
    for day in (date(year, 2, 27) + timedelta(days=n) for n in range(5)):
        for window in PERIODS:
            t_us = us(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI))
            assert period_bounds(window, t_us) == naive_bounds(window, t_us)


def test_day_numbers() -> None:
    assert (
        day_number(us(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)))
        == date(2026, 3, 1).toordinal() - date(1970, 1, 1).toordinal()
    )
    assert (
        day_number(us(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)))
        == date(2026, 3, 2).toordinal() - date(1970, 1, 1).toordinal()
    )


def test_faults_are_named() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        period_bounds("fortnight", 0)
    with pytest.raises(ValueError, match="before the calendar begins"):
        period_bounds("year", -(10**17))


def test_bounds_are_cheap() -> None:
    begun = time.perf_counter()
    for step in range(20_000):
        period_bounds("quarter", 1_772_000_000_000_000 + step * 1_000_000_000)
    assert (time.perf_counter() - begun) / 20_000 < 20e-6
