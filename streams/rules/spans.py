"""When meetings and inspections take place, and how long they last, as far as an event says; recurring ones by their occurrences.

Pure. Flows in: demands. Flows out: instants and minutes. An all-day entry of a calendar names a day and no hours: it has no known length.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Final

from streams.calendars.periods import DAY_MINUTES, DAY_US, MINUTE_US, OFFSET_US, whole_days
from streams.events import Effort, recurrence
from streams.ledger.lifecycle import Demand, occurrences
from streams.rules.facts import Issuance

_NONE: Final = Effort(0, 0, 0)
LISTED_OCCURRENCES: Final = 64
"""No series is looked at further than this."""
_ALL_DAY: Final = re.compile(
    rb'"(all_?day|is_?all_?day|\xe5\x85\xa8\xe5\xa4\xa9)"\s*:\s*(true|1|"true")', re.IGNORECASE
)


def span_us(data: Any) -> tuple[int | None, int | None]:
    """Planned beginning and end of a meeting or inspection; None where not said."""
    meeting = hasattr(data, "planned_start_us")
    start = data.planned_start_us if meeting else data.start_us
    end = data.planned_end_us if meeting else data.end_us
    return start or None, end if start else None


def is_all_day(view: Issuance) -> bool:
    """Whether it is an all-day entry: a day or more that says so, runs from midnight to midnight, or is just so many whole days long."""
    start, end = span_us(view.data)
    minutes = _minutes(view.data)
    if minutes is None or minutes < DAY_MINUTES - 1:
        return False
    if _ALL_DAY.search(view.event.body):
        return True
    return whole_days(minutes if end is None or start is None else (end - start) // MINUTE_US, start) > 0


def _of_day(t_us: int) -> int:
    return (t_us + OFFSET_US) % DAY_US // MINUTE_US


def _minutes(data: Any) -> int | None:
    if data.duration_minutes is not None:
        return int(data.duration_minutes)
    start, end = span_us(data)
    return None if start is None or end is None or end < start else (end - start) // MINUTE_US


def duration_minutes(view: Issuance) -> int | None:
    """Length of a meeting or inspection, declared or from its planned beginning and end; None where it is not known."""
    return None if is_all_day(view) else _minutes(view.data)


def hours_us(view: Issuance) -> tuple[int, int] | None:
    """Beginning and end by the clock, of the first occurrence of a series; None where they are not known."""
    start, end = span_us(view.data)
    if start is None or end is None or end <= start or is_all_day(view):
        return None
    return start, end


def starts_between(view: Issuance, from_us: int, until_us: int) -> list[int]:
    """Beginnings of the occurrences of a series in a span of time, ascending, at most LISTED_OCCURRENCES; [] where it tells no beginning."""
    start, _ = span_us(view.data)
    if start is None or until_us < from_us:
        return []
    demand = Demand(
        key=0, kind=0, issuer=view.data.issuer, ranges=view.ranges, starts_us=start, recurrence=view.data.recurrence,
        cutoff_us=view.ended_us, effort=_NONE,
    )  # fmt: skip
    found = (at for at in occurrences(demand, until_us) if from_us <= at <= until_us)
    return list(islice(found, LISTED_OCCURRENCES))


def night_times(view: Issuance) -> int | None:
    """How many times a day a series falls between 21:00 and 6:00; None for what does not recur or tells no hour."""
    text = view.data.recurrence
    if not text:
        return None
    named = [part[len("BYHOUR=") :] for part in recurrence.parse(text).text.split(";") if part.startswith("BYHOUR=")]
    if named:
        hours = [int(hour) for hour in named[0].split(",")]
    elif view.data.starts_us is not None and _of_day(view.data.starts_us):
        hours = [_of_day(view.data.starts_us) // 60]
    else:
        return None
    return sum(hour >= 21 or hour < 6 for hour in hours)
