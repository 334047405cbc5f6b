"""Metrics and days as spans of starts, and spans as pieces of the roll-ups.

Pure. Flows in: a contract metric and an instant, or Shanghai days. Flows out: which rows of which table add up to it,
exact to the microsecond: whole months, weeks and days from the roll-ups, the rest from the postings themselves.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from streams.calendars.periods import DAY_US, OFFSET_US
from streams.ledger.metrics import Metric, interval

EPOCH: Final = date(1970, 1, 1)
HOUR_US: Final = 3_600_000_000
LAST_US: Final = (1 << 32) * 1_000_000 - 1

Level = Literal["day", "week", "month", "posting"]
"""Levels of the roll-ups by period, and the postings themselves."""


class Span(NamedTuple):
    """Starts ``first_us <= s <= last_us``; empty when last < first."""

    first_us: int
    last_us: int


class Piece(NamedTuple):
    """Rows of one level: of a roll-up the periods that begin on the days first..last, of postings the starts."""

    level: Level
    first: int
    last: int
    """Day numbers for roll-ups, microseconds UTC for postings; inclusive."""


def metric_span(metric: Metric, at_us: int) -> Span:
    """The starts that a metric counts at an instant."""
    after, until = interval(metric.window, at_us)
    return Span(after + 1, until)


def days_span(first: date, last: date) -> Span:
    """All starts on the Shanghai days first..last."""
    return Span(day_number(first) * DAY_US - OFFSET_US, (day_number(last) + 1) * DAY_US - OFFSET_US - 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01, as the store keeps dates."""
    return (day - EPOCH).days


def date_of(number: int) -> date:
    """The day of a day number."""
    return EPOCH + timedelta(days=number)


def pieces(span: Span) -> list[Piece]:
    """Disjoint pieces that together are the span."""
    first_us, last_us = max(0, span.first_us), min(LAST_US, span.last_us)
    if last_us < first_us:
        return []
    first = -(-(first_us + OFFSET_US) // DAY_US)  # first whole day
    last = (last_us + 1 + OFFSET_US) // DAY_US - 1  # last whole day
    if last < first:
        return [Piece("posting", first_us, last_us)]
    out = _whole(first, last)
    if (head := first * DAY_US - OFFSET_US) > first_us:
        out.append(Piece("posting", first_us, head - 1))
    if (tail := (last + 1) * DAY_US - OFFSET_US) <= last_us:
        out.append(Piece("posting", tail, last_us))
    return out


def _whole(first: int, last: int) -> list[Piece]:
    """Whole days as the largest periods that fit: months, then weeks before and after them, then days."""
    month = _first_of_month(first, up=True)
    end = _first_of_month(last + 1, up=False)  # the month that begins here is not whole any more
    if month < end:
        out = [Piece("month", month, end - 1)]
        return out + _weeks(first, month - 1) + _weeks(end, last)
    return _weeks(first, last)


def _weeks(first: int, last: int) -> list[Piece]:
    monday = first + (-(first + 3)) % 7  # day 0 was a Thursday
    end = last + 1 - (last + 1 + 3) % 7
    if monday >= end:
        return [Piece("day", first, last)] if first <= last else []
    out = [Piece("week", monday, end - 1)]
    if first < monday:
        out.append(Piece("day", first, monday - 1))
    if end <= last:
        out.append(Piece("day", end, last))
    return out


def _first_of_month(number: int, *, up: bool) -> int:
    day = date_of(number)
    if day.day == 1:
        return number
    begin = day.replace(day=1)
    if up:
        begin = (begin + timedelta(days=32)).replace(day=1)
    return day_number(begin)


def grained(first: date, last: date, grain: str) -> list[Piece]:
    """The days first..last as periods of the roll-ups none of which reaches beyond one ``grain`` (month, week, day; '' for no grain)."""
    begin, end = day_number(first), day_number(last)
    if end < begin:
        return []
    if grain == "week":
        return _weeks(begin, end)
    if grain == "day":
        return [Piece("day", begin, end)]
    if grain != "month":
        return _whole(begin, end)
    month, over = _first_of_month(begin, up=True), _first_of_month(end + 1, up=False)
    if month >= over:
        return [Piece("day", begin, end)]
    parts = [Piece("day", begin, month - 1), Piece("month", month, over - 1), Piece("day", over, end)]
    return [one for one in parts if one.first <= one.last]
