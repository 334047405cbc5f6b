"""The workday calendar: which days are worked, and how many working minutes lie between two instants.

Flows in: the packaged ``workdays.yml`` (read once), days and instants. Flows out: truths and counts. No clock, nothing else is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from streams.calendars.periods import DAY_US, EPOCH_ORDINAL, OFFSET_US

MINUTE_US: Final = 60_000_000
Hours = tuple[tuple[int, int], ...]
"""Working spans of a day, in minutes since midnight, ascending and disjoint."""


class CalendarError(ValueError):
    """A calendar file or a question to it is wrong."""


class UnknownYear(CalendarError):
    """The calendar says nothing about this year."""


@dataclass(frozen=True)
class Year:
    """One year of the file: days off and weekend days worked, with where it is from."""

    off: frozenset[date]
    work: frozenset[date]
    estimated: bool
    source: str
    published: str


class Calendar:
    """Workdays of consecutive years. ``horizon`` is the last year that was published; later ones are estimated."""

    def __init__(self, years: dict[int, Year], horizon: int, hours: Hours) -> None:
        if not years or sorted(years) != list(range(min(years), max(years) + 1)):
            raise CalendarError("calendar: years must follow one another without a gap; add the missing year")
        self.years = years
        self.horizon = horizon
        self.hours = hours
        self.first_year, self.last_year = min(years), max(years)
        self._first = date(self.first_year, 1, 1).toordinal()
        last = date(self.last_year, 12, 31).toordinal()
        self._worked = [self._works(date.fromordinal(n)) for n in range(self._first, last + 1)]
        self._before = list(accumulate(self._worked, initial=0))
        self.day_minutes = sum(end - start for start, end in hours)
        """Working minutes of one workday."""

    @staticmethod
    def load(hours: Hours | None = None) -> Calendar:
        """The packaged calendar; ``hours`` replaces the usual 08:30-12:00 and 14:00-17:30 (minutes since midnight)."""
        shipped = _shipped()
        return shipped if hours is None else Calendar(shipped.years, shipped.horizon, checked_hours(hours))

    def _works(self, day: date) -> bool:
        year = self.years[day.year]
        return day in year.work or (day.weekday() < 5 and day not in year.off)

    def _place(self, day: date) -> int:
        place = day.toordinal() - self._first
        if not 0 <= place < len(self._worked):
            raise self._unknown(day.year)
        return place

    def _unknown(self, year: int) -> UnknownYear:
        return UnknownYear(
            f"year: {year}: the workday calendar covers {self.first_year} to {self.last_year}; "
            "add the year to the calendar file or ask within it"
        )

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked. Raises UnknownYear outside the calendar."""
        return self._worked[self._place(day)]

    def is_estimated(self, year: int) -> bool:
        """Whether a year's days are an estimate (no notice published yet). Raises UnknownYear."""
        if year not in self.years:
            raise self._unknown(year)
        return self.years[year].estimated

    def workdays_between(self, start: date, end: date) -> int:
        """Workdays d with start <= d < end; 0 when end is not after start. Raises UnknownYear."""
        if end <= start:
            return 0
        return self._before[self._place(end - timedelta(days=1)) + 1] - self._before[self._place(start)]

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th workday after ``day`` (before it for a negative n); n = 0: the day itself if worked, else the next workday."""
        place = self._place(day)
        if n == 0 and self._worked[place]:
            return day
        done, step, left = place, 1 if n >= 0 else -1, max(abs(n), 1)
        while left:
            done += step
            if not 0 <= done < len(self._worked):
                raise self._unknown(self.last_year + 1 if step > 0 else self.first_year - 1)
            left -= self._worked[done]
        return date.fromordinal(self._first + done)

    def working_minutes_between(self, a_us: int, b_us: int) -> int:
        """Whole working minutes between two instants (microseconds UTC); 0 when b is not after a. Raises UnknownYear."""
        return max(0, self._worked_us(b_us) - self._worked_us(a_us)) // MINUTE_US if b_us > a_us else 0

    def _worked_us(self, t_us: int) -> int:
        """Working time from the start of the calendar until an instant; constant time."""
        day, of_day = divmod(t_us + OFFSET_US, DAY_US)
        place = day + EPOCH_ORDINAL - self._first
        if not 0 <= place < len(self._worked):
            raise self._unknown(1970 + int(day / 365.2425))
        whole = self._before[place] * self.day_minutes * MINUTE_US
        if not self._worked[place]:
            return whole
        return whole + sum(min(max(of_day - lo * MINUTE_US, 0), (hi - lo) * MINUTE_US) for lo, hi in self.hours)


def checked_hours(hours: Hours) -> Hours:
    """``hours`` when they are ascending, disjoint and within a day; raises CalendarError."""
    edges = [edge for span in hours for edge in span]
    if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > 1_440:
        raise CalendarError(
            f"hours: {hours}: must be ascending, disjoint spans in minutes of a day; such as ((510, 720), (840, 1050))"
        )
    return hours


def parsed(text: dict[str, Any]) -> Calendar:
    """A calendar from the file's content. Raises CalendarError naming year and field."""
    years: dict[int, Year] = {}
    for year, row in text["years"].items():
        try:
            off, work = (frozenset(_days(int(year), str(row.get(side, "")))) for side in ("off", "work"))
        except ValueError as error:
            raise CalendarError(f"workdays.yml: {year}: {error}; write month-day or a..b") from error
        if any(day.weekday() < 5 for day in work) or off & work:
            raise CalendarError(f"workdays.yml: {year}.work: must be weekend days that are not off; correct the list")
        years[int(year)] = Year(off, work, bool(row["estimated"]), str(row["source"]), str(row.get("published", "")))
    spans = [span.split("-") for span in str(text["hours"]).split()]
    hours = tuple((_minute(start), _minute(end)) for start, end in spans)
    return Calendar(years, int(text["horizon"]), checked_hours(hours))


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _days(year: int, text: str) -> list[date]:
    """Days of ``MM-DD`` and ``MM-DD..MM-DD``, separated by blanks."""
    out: list[date] = []
    for part in text.split():
        edges = [date.fromisoformat(f"{year}-{edge}") for edge in part.split("..")]
        out.extend(date.fromordinal(n) for n in range(edges[0].toordinal(), edges[-1].toordinal() + 1))
    return out


@lru_cache(maxsize=1)
def _shipped() -> Calendar:
    path = Path(str(files("infra").joinpath("data", "calendars", "workdays.yml")))
    return parsed(YAML(typ="safe", pure=True).load(path))
