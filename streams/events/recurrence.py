"""Recurrence of standing demands: a strict subset of RFC 5545 RRULE, bounded so that no rule can explode.

Pure. Flows in: the text of a rule. Flows out: ``Rule``, or a ValueError that says what is wrong. Expansion is the ledger's.
FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; BYHOUR and BYMINUTE together name at most 24 times a day; COUNT is at most 10,000. Rules run on
the wall clock of Asia/Shanghai; UNTIL is UTC (20261231T160000Z) or a local day (20261231, inclusive).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

import msgspec

FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
COUNT_BOUND: Final = 10_000
INTERVAL_BOUND: Final = 1_000
TIMES_A_DAY_BOUND: Final = 24
_LOCAL: Final = timezone(timedelta(hours=8))
_DAY: Final = re.compile(r"^[+-]?(?:[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)$")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
_PERIOD_DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
PAST_BOUND: Final = 10_000
"""Occurrences that a demand may have before the event that says so, and again as many in the quarter after it: daily for 27 years."""
AHEAD: Final = timedelta(days=92)
"""Standing demands are posted so far ahead at most."""
_BOUNDS: Final = {
    "BYMONTHDAY": (-31, 31),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
}


class Rule(msgspec.Struct, frozen=True):
    """A checked rule. ``text`` is normalised; ``until`` is an aware instant or None."""

    text: str
    frequency: str
    interval: int
    count: int | None
    until: datetime | None
    most: int = 1
    """Occurrences in one period of the frequency at most."""

    def most_between(self, start: datetime, end: datetime) -> int:
        """A bound for the occurrences from ``start`` to ``end``, cheap to have; there may be fewer."""
        last = end if self.until is None else min(end, self.until)
        if last < start:
            return 0
        periods = int((last - start).days // (_PERIOD_DAYS[self.frequency] * self.interval)) + 1
        return min(periods * self.most, self.count or periods * self.most)

    @property
    def every_us(self) -> int | None:
        """Microseconds from each occurrence to the next where these are all alike: days or weeks without any BY; else None."""
        days = {"DAILY": 1, "WEEKLY": 7}.get(self.frequency)
        return (
            None
            if days is None or "BY" in self.text
            else timedelta(days=days * self.interval) // timedelta(microseconds=1)
        )


def parse(text: str) -> Rule:
    """A checked rule from its text (with or without ``RRULE:``). Raises ValueError with the reason."""
    found = _known(text)
    if isinstance(found, str):
        raise ValueError(found)
    return found


@lru_cache(maxsize=4_096)
def _known(text: str) -> Rule | str:
    """The rule, or why it is none: whoever decodes an event and whoever says what is wrong with it ask both."""
    try:
        return _parsed(text)
    except ValueError as error:
        return str(error)


def _parsed(text: str) -> Rule:
    if len(text) > 500:
        raise ValueError("is longer than 500 characters")
    parts: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value:
            raise ValueError(f"{piece!r} is not NAME=VALUE")
        if name in parts:
            raise ValueError(f"{name} stands twice")
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency not in FREQUENCIES:
        raise ValueError(f"FREQ must be one of {', '.join(FREQUENCIES)}")
    interval = _number("INTERVAL", parts.pop("INTERVAL", "1"), 1, INTERVAL_BOUND)
    count = _number("COUNT", parts.pop("COUNT"), 1, COUNT_BOUND) if "COUNT" in parts else None
    until = _until(parts.pop("UNTIL")) if "UNTIL" in parts else None
    if count is not None and until is not None:
        raise ValueError("has both COUNT and UNTIL")
    times = _check_parts(parts, frequency)
    _check_matches(parts, frequency)
    normal = ";".join(f"{name}={value}" for name, value in _pairs(text))
    return Rule(normal, frequency, interval, count, until, times * _days_named(parts, frequency))


def _days_named(parts: dict[str, str], frequency: str) -> int:
    """Days in one period of the frequency that a rule names at most."""
    if frequency == "DAILY":
        return 1
    days = len(parts["BYDAY"].split(",")) if "BYDAY" in parts else 0
    if frequency == "WEEKLY":
        return days or 1
    months = len(parts["BYMONTH"].split(",")) if "BYMONTH" in parts and frequency == "YEARLY" else 1
    if "BYMONTHDAY" in parts:
        return len(parts["BYMONTHDAY"].split(",")) * (
            12 if frequency == "YEARLY" and "BYMONTH" not in parts else months
        )
    return _DAYS[frequency] if days else months


def most_occurrences(text: str, start: datetime, said: datetime) -> int:
    """A bound for the occurrences that a rule has as far as it is posted: from ``start`` to a quarter after that, or after it was said."""
    return parse(text).most_between(start, max(start, said) + AHEAD)


def too_many(text: str, start: datetime, said: datetime) -> str:
    """Why a rule that begins at ``start`` and was said at ``said`` has more occurrences than a demand may have; '' where it has not."""
    most = most_occurrences(text, start, said)
    if most <= PAST_BOUND:
        return ""
    return f"has up to {most} occurrences until three months from now, more than {PAST_BOUND}"


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [piece.partition("=")[::2] for piece in text.upper().removeprefix("RRULE:").split(";")]
    return sorted(found, key=lambda pair: (pair[0] != "FREQ", pair[0]))


def _check_parts(parts: dict[str, str], frequency: str) -> int:
    """How often a day the rule names at most. Raises ValueError."""
    times = 1
    for name, value in parts.items():
        if name == "BYDAY":
            for day in value.split(","):
                if not _DAY.match(day):
                    raise ValueError(f"BYDAY has {day!r}")
                if len(day) > 2 and frequency in ("DAILY", "WEEKLY"):
                    raise ValueError(f"BYDAY={day} needs FREQ=MONTHLY or YEARLY")
        elif name == "WKST":
            if value not in ("MO", "SU"):
                raise ValueError("WKST must be MO or SU")
        elif name in _BOUNDS:
            low, high = _BOUNDS[name]
            numbers = [_number(name, item, low, high) for item in value.split(",")]
            if low < 0 and 0 in numbers:
                raise ValueError(f"{name} must not be 0")
            if name in ("BYHOUR", "BYMINUTE"):
                times *= len(set(numbers))
        else:
            raise ValueError(f"{name} is not supported")
    if times > TIMES_A_DAY_BOUND:
        raise ValueError(f"names {times} times a day, more than {TIMES_A_DAY_BOUND}")
    return times


def _check_matches(parts: dict[str, str], frequency: str) -> None:
    """Refuse rules that no day ever matches: they would be sought for without end."""
    months = [int(item) for item in parts.get("BYMONTH", "1").split(",")]
    days = [abs(int(item)) for item in parts.get("BYMONTHDAY", "1").split(",")]
    if min(days) > max(_LENGTHS[month - 1] for month in months):
        raise ValueError("matches no day: no such month has so many days")
    weeks = [abs(int(day[:-2])) for day in parts.get("BYDAY", "").split(",") if len(day) > 2]
    if frequency == "MONTHLY" and weeks and min(weeks) > 5:
        raise ValueError("matches no day: no month has so many of that weekday")
    places = [abs(int(item)) for item in parts.get("BYSETPOS", "1").split(",")]
    if min(places) > _DAYS[frequency] * TIMES_A_DAY_BOUND:
        raise ValueError(f"matches no day: BYSETPOS lies beyond what FREQ={frequency} can name")


def _number(name: str, text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise ValueError(f"{name} must be between {low} and {high}")
    return int(text)


def _until(text: str) -> datetime:
    try:
        if re.fullmatch(r"\d{8}T\d{6}Z", text):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if re.fullmatch(r"\d{8}", text):
            day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=_LOCAL)
            return day + timedelta(days=1) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        pass
    raise ValueError("UNTIL must be UTC (20261231T160000Z) or a day (20261231)")
