"""The workday calendar against the published facts and, day by day, against the library ``holidays``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from streams.calendars import Calendar, CalendarError, UnknownYear
from streams.calendars.workdays import parsed

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.load()


def at(text: str) -> int:
    """Microseconds UTC of a Shanghai wall time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()) * 1_000_000


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_2026_has_248_working_days(calendar: Calendar) -> None:
    assert calendar.workdays_between(date(2026, 1, 1), date(2027, 1, 1)) == 248
    assert sum(map(calendar.is_workday, days_of(2026))) == 248


def test_2026_is_as_published(calendar: Calendar) -> None:
    assert not any(calendar.is_workday(date(2026, 2, day)) for day in range(15, 24))
    assert not any(calendar.is_workday(date(2026, 10, day)) for day in range(1, 8))
    for month, day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)):
        assert date(2026, month, day).weekday() >= 5
        assert calendar.is_workday(date(2026, month, day))
    assert calendar.years[2026].published == "2025-11-04"
    assert "国务院办公厅" in calendar.years[2026].source


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025, 2026])
def test_published_years_agree_with_the_library(calendar: Calendar, year: int) -> None:
    listed = holidays.country_holidays("CN", years=year)
    differ = [day for day in days_of(year) if calendar.is_workday(day) != listed.is_working_day(day)]
    assert differ == []


def test_years_without_a_notice_are_marked(calendar: Calendar) -> None:
    assert calendar.horizon == 2026
    assert [year for year in calendar.years if calendar.is_estimated(year)] == [2027, 2028, 2029, 2030]
    assert not calendar.is_workday(date(2027, 10, 1))
    with pytest.raises(UnknownYear, match="2031"):
        calendar.is_estimated(2031)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("2025-03-03T15:00", "2025-03-04T16:00", 8.0), ("2025-03-06T10:00", "2025-03-06T15:00", 3.0)],
)
def test_the_published_short_notices(calendar: Calendar, start: str, end: str, hours: float) -> None:
    assert calendar.working_minutes_between(at(start), at(end)) == hours * 60


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-03T00:00", "2026-03-04T00:00", 420),
        ("2026-03-03T12:00", "2026-03-03T14:00", 0),
        ("2026-03-03T08:29", "2026-03-03T08:31", 1),
        ("2026-03-03T17:29", "2026-03-03T23:00", 1),
        ("2026-03-06T17:30", "2026-03-09T08:30", 0),
        ("2026-02-14T08:30", "2026-02-24T09:30", 420 + 60),
        ("2026-03-04T10:00", "2026-03-03T10:00", 0),
        ("2026-01-01T00:00", "2027-01-01T00:00", 248 * 420),
    ],
)
def test_working_minutes(calendar: Calendar, start: str, end: str, minutes: int) -> None:
    assert calendar.working_minutes_between(at(start), at(end)) == minutes


def test_working_minutes_add_up(calendar: Calendar) -> None:
    edges = [at("2026-09-18T07:00") + n * 3_700_000_000 for n in range(400)]
    whole = calendar.working_minutes_between(edges[0], edges[-1])
    ticks = [calendar.working_minutes_between(edges[0], edge) for edge in edges]
    assert ticks == sorted(ticks)
    assert ticks[-1] == whole


def test_own_hours(calendar: Calendar) -> None:
    summer = Calendar.load(hours=((540, 720), (900, 1_080)))
    assert summer.day_minutes == 360
    assert summer.working_minutes_between(at("2026-03-03T00:00"), at("2026-03-04T00:00")) == 360
    assert calendar.day_minutes == 420
    for hours in ((), ((600, 500),), ((500, 600), (550, 700)), ((0, 1_500),)):
        with pytest.raises(CalendarError, match="hours"):
            Calendar.load(hours=hours)


def test_adding_workdays(calendar: Calendar) -> None:
    assert calendar.add_workdays(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert calendar.add_workdays(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert calendar.add_workdays(date(2026, 2, 24), -2) == date(2026, 2, 13)
    assert calendar.add_workdays(date(2026, 2, 15), 0) == date(2026, 2, 24)
    assert calendar.add_workdays(date(2026, 3, 3), 0) == date(2026, 3, 3)
    assert calendar.add_workdays(date(2026, 1, 1), 248) == date(2026, 12, 31)
    with pytest.raises(UnknownYear):
        calendar.add_workdays(date(2030, 12, 30), 10)
    with pytest.raises(UnknownYear):
        calendar.add_workdays(date(2022, 1, 4), -10)


def test_counting_agrees_with_adding(calendar: Calendar) -> None:
    start = date(2026, 2, 10)
    for n in range(1, 120):
        assert (
            calendar.workdays_between(start + timedelta(days=1), calendar.add_workdays(start, n) + timedelta(days=1))
            == n
        )
    assert calendar.workdays_between(start, start) == 0


@pytest.mark.parametrize("year", [1, 2021, 2031, 9999])
def test_unknown_years_fail_loudly(calendar: Calendar, year: int) -> None:
    with pytest.raises(UnknownYear, match=f"year: {year}"):
        calendar.is_workday(date(year, 6, 1))
    with pytest.raises(UnknownYear, match="covers 2022 to 2030"):
        calendar.working_minutes_between(
            at("2026-01-01T00:00"), at(f"{year:04d}-06-01T00:00") if year > 2026 else at("2031-01-02T00:00")
        )


ROW = {"estimated": False, "source": "s", "off": "", "work": ""}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ({2026: ROW | {"off": "13-01"}}, "2026"),
        ({2026: ROW | {"work": "03-03"}}, "weekend"),
        ({2026: ROW | {"off": "03-01", "work": "03-01"}}, "weekend"),
        ({2024: ROW, 2026: ROW}, "without a gap"),
        ({}, "without a gap"),
    ],
)
def test_faulty_files_are_refused(rows: dict[int, dict[str, object]], fault: str) -> None:
    with pytest.raises(CalendarError, match=fault):
        parsed({"years": rows, "hours": "08:30-12:00", "horizon": 2026})
