"""Calendar periods in Asia/Shanghai: the day, week, month, quarter or year that holds an instant.

Pure. Flows in: a period's name and an instant in microseconds UTC. Flows out: its half-open bounds in microseconds UTC.
Shanghai has kept UTC+8 without summer time since September 1991, so from 1992 on this is integer arithmetic, which holds far beyond the
year 9999; earlier instants go through the time-zone database.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PERIODS: Final = ("day", "week", "month", "quarter", "year")
DAY_US: Final = 86_400_000_000
MINUTE_US: Final = 60_000_000
DAY_MINUTES: Final = 1_440
OFFSET_US: Final = 8 * 3_600_000_000
FIXED_FROM_US: Final = 8_035 * DAY_US - OFFSET_US
"""1992-01-01 00:00 in Shanghai; from here on the offset is a constant."""
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def day_number(t_us: int) -> int:
    """Days since 1970-01-01 of the Shanghai day that holds an instant of 1992 or later."""
    return (t_us + OFFSET_US) // DAY_US


def whole_days(minutes: float, start_us: int | None) -> int:
    """How many days a span names that names no hours: midnight to midnight, or just so many days long; 0 for any other span."""
    if minutes < DAY_MINUTES - 1:
        return 0
    if start_us is None:
        return int(minutes // DAY_MINUTES) if minutes % DAY_MINUTES == 0 else 0
    begin = (start_us + OFFSET_US) // MINUTE_US % DAY_MINUTES
    if begin or (begin + minutes) % DAY_MINUTES not in (0, DAY_MINUTES - 1):
        return 0
    return round(minutes / DAY_MINUTES)


def period_bounds(window: str, t_us: int) -> tuple[int, int]:
    """``(start_us, end_us)`` of the period that holds ``t_us``: start <= t < end. Weeks begin on Monday.

    Raises ValueError for another window, or for an instant before the year 1.
    """
    if window not in PERIODS:
        raise ValueError(f"window: {window!r}: no such period; use one of {', '.join(PERIODS)}")
    if t_us < FIXED_FROM_US:
        return _historic(window, t_us)
    day = (t_us + OFFSET_US) // DAY_US
    if window == "day":
        start, end = day, day + 1
    elif window == "week":
        start = day - (day + 3) % 7  # day 0 was a Thursday
        end = start + 7
    else:
        year, month = _civil(day)
        if window == "month":
            start, end = _days(year, month), _days(year, month + 1)
        elif window == "quarter":
            first = month - (month - 1) % 3
            start, end = _days(year, first), _days(year, first + 3)
        else:
            start, end = _days(year, 1), _days(year + 1, 1)
    return start * DAY_US - OFFSET_US, end * DAY_US - OFFSET_US


def _civil(day: int) -> tuple[int, int]:
    """Year and month of a day number, proleptic Gregorian: eras of 400 years that begin in March."""
    shifted = day + 719_468
    era, of_era = divmod(shifted, 146_097)
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return year_of_era + era * 400 + (month <= 2), month


def _days(year: int, month: int) -> int:
    """Day number of the first day of a month; month 13 to 15 mean the next year."""
    if month > 12:
        year, month = year + 1, month - 12
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year - 719_468


def _historic(window: str, t_us: int) -> tuple[int, int]:
    """Bounds through the time-zone database, for the years of summer time and of local mean time."""
    try:
        day = (datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=t_us)).astimezone(SHANGHAI).date()
        if window == "day":
            start, end = day, day + timedelta(days=1)
        elif window == "week":
            start = day - timedelta(days=day.weekday())
            end = start + timedelta(days=7)
        else:
            first, months = {
                "month": (day.month, 1),
                "quarter": (day.month - (day.month - 1) % 3, 3),
                "year": (1, 12),
            }[window]
            start = date(day.year, first, 1)
            end = date.fromordinal(EPOCH_ORDINAL + _days(day.year, first + months))
        return _instant(start), _instant(end)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"instant: {t_us} us: before the calendar begins; check the event's time") from error


def _instant(day: date) -> int:
    """First instant of a Shanghai day, in microseconds UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return (at - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(microseconds=1)
