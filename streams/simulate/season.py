"""When demands are made: how much of a year falls on a day, and at what time of the day.

Pure. Flows in: days. Flows out: shares of a year and seconds of a day. Mondays, Fridays and the ends of months, quarters and years are busier,
assessments gather from November to January, plans from January to March; days off are nearly quiet (domain: simulator calibration).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.calendars import Calendar

SHAPES: Final = ("plain", "assessing", "planning")
WEEKDAYS: Final = (1.25, 1.0, 0.95, 0.95, 1.2, 1.0, 1.0)
DAY_OFF: Final = 0.03
MONTH_END, QUARTER_END, YEAR_END = 1.5, 2.0, 2.5
LAST_WORKDAYS: Final = 3


def is_workday(day: date) -> bool:
    """Whether a day is worked; beyond the published calendar Monday to Friday."""
    calendar = Calendar.load()
    if calendar.first_year <= day.year <= calendar.last_year:
        return calendar.is_workday(day)
    return day.weekday() < 5


@lru_cache(maxsize=65_536)
def workday_after(day: date, n: int) -> date:
    """The n-th workday after a day (n >= 0; 0 is the day itself)."""
    while n > 0:
        day += timedelta(days=1)
        n -= is_workday(day)
    return day


@lru_cache(maxsize=1_024)
def _year(year: int, shape: str) -> tuple[float, ...]:
    first = date(year, 1, 1)
    count = date(year, 12, 31).timetuple().tm_yday
    weights = [_weight(first + timedelta(days=n), shape) for n in range(count)]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _weight(day: date, shape: str) -> float:
    season = 1.0
    if shape == "assessing" and day.month in (11, 12, 1):
        season = 2.0
    elif shape == "planning" and day.month <= 3:
        season = 3.0
    if not is_workday(day):
        return DAY_OFF * season
    weight = WEEKDAYS[day.weekday()] * season
    if workday_after(day, LAST_WORKDAYS).month != day.month:
        weight *= YEAR_END if day.month == 12 else QUARTER_END if day.month % 3 == 0 else MONTH_END
    return weight


def share(day: date, shape: str) -> float:
    """The share of a year's demands of a shape that is made on a day; a year sums to 1."""
    return _year(day.year, shape)[day.timetuple().tm_yday - 1]


def _moments() -> npt.NDArray[np.int64]:
    """Seconds of a day as they are likely: mornings, afternoons, one in sixteen after hours."""
    spans = ((510, 720, 30), (840, 1_050, 30), (1_050, 1_260, 4))
    parts = [np.linspace(lo * 60, hi * 60 - 1, num=weight * 64, dtype=np.int64) for lo, hi, weight in spans]
    return np.concatenate(parts)


MOMENTS: Final = _moments()
