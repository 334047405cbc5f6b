"""Days and times as Chinese offices write them.

Pure. Flows in: values of cells. Flows out: days, and instants in Asia/Shanghai; or ``SheetFault``. Nothing is guessed:
a day without a year needs the year, a time without a day needs the day, both given by the caller.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.sheets.characters import plain
from streams.sheets.model import SheetFault, Value

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
YEARS: Final = range(1949, 2101)
SERIALS: Final = range(20_000, 80_000)
"""Days since the epoch that are taken for days: 1954 to 2119 (with the epoch of 1904, four years later)."""
_EPOCHS: Final = {False: datetime(1899, 12, 30, tzinfo=SHANGHAI), True: datetime(1904, 1, 1, tzinfo=SHANGHAI)}

_DIGITS: Final = {
    char: number
    for number, chars in enumerate(("〇零○Oo0", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_NUMERAL: Final = re.compile(r"[〇零○Oo0一二两三四五六七八九十廿卅]+(?=[年月日号时点分秒刻])")
_TENS: Final = re.compile(r"([一二两三四五六七八九]?)十|(廿)|(卅)")
_WEEKDAY: Final = re.compile(r"[(\[]?(?:星期|周|礼拜)[一二三四五六日天1-6][)\]]?")
_LOOSE: Final = re.compile(r"(?<=[年月日号时点分上下午间晨])\s+|\s+(?=[年月日号时点分])")
_BEFORE: Final = re.compile(r"(?:之前|以前|前|止|整)$")
_SPAN: Final = re.compile(r"\s*(?:--?|–|—+|~|至|到)\s*")
_DAY: Final = re.compile(
    r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?"
    r"|(?P<y2>\d{4})(?P<s>[-/.])(?P<m2>\d{1,2})(?P=s)(?P<d2>\d{1,2})(?!\d)"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})(?!\d)"
    r"|(?P<m4>\d{1,2})月(?P<d4>\d{1,2})[日号]?"
    r"|(?P<d5>\d{1,2})[日号]"
    r"|(?P<next>次日|第二天)"
)
_COARSE: Final = re.compile(
    r"(?:\d{4}年?)?(?:\d{1,2}月份?|[一二三四1-4第]+季度|[上下]半年|[上中下]旬|全年|年[初中底])+.*|\d{4}年?"
)
_PERIODS: Final = "上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|晚间|晚|AM|PM"
_CLOCK: Final = re.compile(
    rf"(?P<period>{_PERIODS})?\s*(?P<h>\d{{1,2}})"
    r"(?::(?P<min>\d{2})(?::(?P<sec>\d{2})(?:\.\d+)?)?|[时点](?:(?P<part>半|[一1]刻|[三3]刻|\d{1,2}分?)(?:(?P<sec2>\d{1,2})秒)?)?)"
    r"整?\s*(?P<after>AM|PM)?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})?")
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上", "晚间", "晚", "PM"})
_FIX: Final = "write 2026-03-03 15:00"


class Moment(NamedTuple):
    """What a cell says of time: a day, and a clock where there is one (minutes of the day, 24:00 is 1440)."""

    day: date
    seconds: int | None

    @property
    def instant(self) -> datetime:
        return datetime.combine(self.day, time(), SHANGHAI) + timedelta(seconds=self.seconds or 0)


class _Unread(Exception):
    """The rule that a text breaks."""


def day_of(value: Value, field: str, *, year: int | None = None, epoch_1904: bool = False) -> date:
    """The day of a cell. ``year``: for a day written without one. Raises SheetFault."""
    begin, _ = _moments(value, field, year, None, epoch_1904=epoch_1904)
    return begin.day


def instant_of(
    value: Value,
    field: str,
    *,
    last: bool = False,
    year: int | None = None,
    day: date | None = None,
    epoch_1904: bool = False,
) -> datetime:
    """The instant of a cell; of a span its begin. A day alone is its first minute.

    ``last``: of a span its end, of a day alone its last minute, as a deadline means it. ``year``, ``day``: for what is
    written without one. Raises SheetFault.
    """
    begin, end = _moments(value, field, year, day, epoch_1904=epoch_1904)
    moment = (end or begin) if last else begin
    return moment.instant + timedelta(hours=23, minutes=59) if last and moment.seconds is None else moment.instant


def span_of(
    value: Value, field: str, *, year: int | None = None, day: date | None = None, epoch_1904: bool = False
) -> tuple[datetime, datetime | None]:
    """Begin and end of a cell such as 2026年3月3日15:00-17:00; the end is None where none is said. Raises SheetFault."""
    begin, end = _moments(value, field, year, day, epoch_1904=epoch_1904)
    if end is None:
        return begin.instant, None
    return begin.instant, end.instant + timedelta(hours=23, minutes=59) if end.seconds is None else end.instant


def _moments(
    value: Value, field: str, year: int | None, day: date | None, *, epoch_1904: bool
) -> tuple[Moment, Moment | None]:
    try:
        begin, end = _read(value, year or (day.year if day else None), day, epoch_1904=epoch_1904)
        if any(moment.day.year not in YEARS for moment in (begin, end) if moment):
            raise _Unread(f"is no day between {YEARS[0]} and {YEARS[-1]}")
    except _Unread as unread:
        raise SheetFault(field, value, str(unread), _FIX) from None
    except (ValueError, OverflowError):
        raise SheetFault(field, value, "is no day that the calendar has", _FIX) from None
    return begin, end


def _read(value: Value, year: int | None, day: date | None, *, epoch_1904: bool) -> tuple[Moment, Moment | None]:
    if isinstance(value, datetime):
        return _moment(value), None
    if isinstance(value, date):
        return Moment(value, None), None
    if value is None or isinstance(value, bool):
        raise _Unread("is empty" if value is None else "is no time")
    text = str(value) if not isinstance(value, float) or not value.is_integer() else str(int(value))
    text = plain(text)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _serial(float(text), epoch_1904=epoch_1904), None
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return _moment(datetime.fromisoformat(text)), None
    return _written(_tidy(text), year, day)


def _moment(moment: datetime) -> Moment:
    if moment.tzinfo is not None:
        moment = moment.astimezone(SHANGHAI)
    return Moment(moment.date(), moment.hour * 3600 + moment.minute * 60 + moment.second)


def _serial(days: float, *, epoch_1904: bool) -> Moment:
    if int(days) not in SERIALS:
        raise _Unread("is a number, no time")
    # A serial is a binary fraction of a day: the second is as fine as it is meant.
    found = _EPOCHS[epoch_1904] + timedelta(seconds=round(days * 86_400))
    return Moment(found.date(), None) if days == int(days) else _moment(found)


def _tidy(text: str) -> str:
    text = _WEEKDAY.sub(" ", text)
    text = _NUMERAL.sub(lambda found: _arabic(found[0]), text)
    text = _LOOSE.sub("", re.sub(r"\s+", " ", text).replace("()", "").strip())
    return _BEFORE.sub("", text).strip()


def _arabic(numeral: str) -> str:
    """二〇二六 -> 2026, 十五 -> 15, 廿三 -> 23."""
    tens = _TENS.search(numeral)
    if tens is None:
        return "".join(str(_DIGITS[char]) for char in numeral)
    before = 2 if tens[2] else 3 if tens[3] else _DIGITS.get(tens[1], 1)
    rest = numeral[tens.end() :]
    if tens.start() or len(rest) > 1 or rest in {"十", "廿", "卅"}:
        return numeral
    return str(before * 10 + _DIGITS.get(rest, 0))


def _written(text: str, year: int | None, day: date | None) -> tuple[Moment, Moment | None]:
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4] or '00'}"
    begin, rest, period = _one(text, year, day, "")
    if not rest:
        return begin, None
    between = _SPAN.match(rest)
    if between is None or not rest[between.end() :]:
        raise _Unread("is no time")
    end, rest, _ = _one(rest[between.end() :], begin.day.year, begin.day, period)
    if rest:
        raise _Unread("is no time")
    if begin.seconds is not None and end.seconds is None:
        raise _Unread("begins with a time and ends with a day alone")
    if end.instant < begin.instant:
        raise _Unread("ends before it begins")
    return begin, end


def _one(text: str, year: int | None, day: date | None, period: str) -> tuple[Moment, str, str]:
    """The moment that a text begins with, what follows it, and the part of the day that it named."""
    found = _DAY.match(text)
    if found is not None:
        day, rest = _day(found, year, day), text[found.end() :].lstrip(" ,T")
    else:
        rest = text
    clock = _CLOCK.match(rest)
    if day is None:
        raise _Unread("names a time without a day" if clock and not _COARSE.fullmatch(text) else _rule(text))
    if clock is None:
        if found is None:
            raise _Unread(_rule(text))
        return Moment(day, None), rest, ""
    period = (clock["period"] or clock["after"] or period).upper()
    return Moment(day, _seconds(clock, period)), rest[clock.end() :].strip(), period


def _rule(text: str) -> str:
    return "names a month or a longer time, no day" if _COARSE.fullmatch(text) else "is no time"


def _day(found: re.Match[str], year: int | None, day: date | None) -> date:
    if found["next"] or found["d5"]:
        if day is None:
            raise _Unread("names a day without its month")
        return day + timedelta(days=1) if found["next"] else day.replace(day=int(found["d5"]))
    if found["m4"]:
        if year is None:
            raise _Unread("names no year")
        return date(year, int(found["m4"]), int(found["d4"]))
    years, months, days = (found[f"{part}"] or found[f"{part}2"] or found[f"{part}3"] for part in "ymd")
    return date(int(years), int(months), int(days))


def _seconds(clock: re.Match[str], period: str) -> int:
    hour, part = int(clock["h"]), clock["part"] or ""
    quarters = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
    minute = (
        int(clock["min"] or quarters.get(part, 0) or part.removesuffix("分") or 0)
        if part not in quarters
        else quarters[part]
    )
    second = int(clock["sec"] or clock["sec2"] or 0)
    if period in _AFTERNOON and 1 <= hour <= 11:
        hour += 12
    elif period in {"晚上", "晚间", "晚"} and hour == 12:
        hour = 24
    elif period == "中午" and 1 <= hour <= 2:
        hour += 12
    elif period in {"凌晨", "AM"} and hour == 12:
        hour = 0
    elif period in {"上午", "早上", "早晨", "凌晨"} and hour > 12:
        raise _Unread(f"says {period} and {hour} o'clock")
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise _Unread("names a time that no clock shows")
    return hour * 3600 + minute * 60 + second


__all__ = ["SHANGHAI", "Moment", "day_of", "instant_of", "span_of"]
