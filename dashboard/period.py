"""Periods as the address has them: 7d, 30d, 90d, year, 2026-01-01_2026-03-31; with -1y the same days of the year before.

Pure. Flows in: text, which anyone may type, and today. Flows out: first and last day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

LAST_DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}
PERIOD: Final = re.compile(
    r"((?:7|30|90)d|year|20[0-9]{2}-[0-9]{2}-[0-9]{2}_20[0-9]{2}-[0-9]{2}-[0-9]{2})(-1y)?", re.ASCII
)
LONGEST: Final = 800
"""Days; a longer period falls back to the default."""
DEFAULT: Final = "30d"


def year_before(day: date) -> date:
    """The same day a year before; 28 February for the 29th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def custom(first: date, last: date) -> str:
    """The text of a period from one day to another."""
    return f"{first.isoformat()}_{last.isoformat()}"


def days_of(text: str, today: date) -> tuple[date, date]:
    """First and last day; the last 30 days for what means nothing."""
    found = PERIOD.fullmatch(text)
    first, last = _plain(found[1] if found else DEFAULT, today)
    return (year_before(first), year_before(last)) if found and found[2] else (first, last)


def chosen_days(text: str) -> tuple[date, date] | None:
    """First and last day of FIRST_LAST; None for anything else."""
    try:
        first, last = (date.fromisoformat(one) for one in text.split("_"))
    except ValueError:
        return None
    return (first, last) if PERIOD.fullmatch(text) and 0 <= (last - first).days < LONGEST else None


def _plain(text: str, today: date) -> tuple[date, date]:
    if text in LAST_DAYS:
        return today - timedelta(days=LAST_DAYS[text] - 1), today
    if text == "year":
        return date(today.year, 1, 1), today
    return chosen_days(text) or _plain(DEFAULT, today)
