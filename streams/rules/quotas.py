"""Issuers against their plans, caps and last year: the table ``quotas`` (R02, R06, R12, R15).

Pure. Flows in: facts and ``now_us``. Flows out: a polars frame, a row for each issuer and sort of demand of the running year.
Counting leaves out grounded emergencies and upward documents. The projection follows last year's season where at least 20 demands of last
year are known, else the workdays; its interval is that of a Poisson count (95 %).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt
from typing import Final, NamedTuple

import polars as pl

from streams.calendars import Calendar, period_bounds
from streams.calendars.periods import DAY_US
from streams.rules.columns import Row, common, frame
from streams.rules.exemptions import exempting
from streams.rules.facts import Facts, Issuance, day_of

COMPREHENSIVE: Final = ("综合", "综合性", "comprehensive")
GRASSROOTS: Final = frozenset(("county", "township", "village"))
SEASON_FROM: Final = 20
Z95: Final = 1.96
WATCHED_US: Final = 21 * DAY_US
"""Last year was watched from its beginning when anything is known of its first three weeks, which New Year's holiday shortens."""


def sorts(one: Issuance) -> Iterable[str]:
    """The sorts of demand that an issuance counts as."""
    kind = one.event.kind
    yield kind
    said = getattr(one.data, f"{kind}_class", None)
    if said in COMPREHENSIVE:
        yield f"{kind}:综合"
    if kind == "app" and one.levels & GRASSROOTS:
        yield "app:grassroots"


def quotas_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``quotas`` of the Shanghai year that holds ``now_us``."""
    start, end = period_bounds("year", now_us)
    before = period_bounds("year", start - 1)[0]
    years: dict[tuple[str, str], tuple[list[Issuance], list[int]]] = {}
    for one in facts.issued:
        if not before <= one.at_us <= now_us or {"emergency", "upward"} & set(exempting(one)):
            continue
        for what in sorts(one):
            this, last = years.setdefault((one.data.issuer, what), ([], []))
            if one.at_us >= start:
                this.append(one)
            else:
                last.append(one.at_us)
    watched = any(before <= one.at_us < before + WATCHED_US for one in facts.issued)
    year = Year(facts.calendar, start, end, now_us, watched)
    return frame(
        "quotas",
        [_row(who, what, this, last, year, facts) for (who, what), (this, last) in sorted(years.items()) if this],
    )


class Season(NamedTuple):
    """The share of a year's demands that has come by the end of each of its days, from 0 to 1."""

    shares: tuple[float, ...]

    def at(self, day: int) -> float:
        """The share by the end of a day of the year, counted from 0."""
        return self.shares[min(day, len(self.shares) - 1)]

    def day_of(self, share: float) -> int | None:
        """The first day by whose end more than a share has come; None when that is not this year."""
        day = bisect_right(self.shares, share)
        return day if day < len(self.shares) else None


class Year:
    """A Shanghai year with its workdays, at one moment."""

    def __init__(self, calendar: Calendar, start_us: int, end_us: int, now_us: int, last_watched: bool) -> None:
        self.start_us, self.now_us, self.last_watched = start_us, now_us, last_watched
        self.first = day_of(start_us)
        self.days = (end_us - start_us) // DAY_US
        self.number = self.first.year
        self.today = (now_us - start_us) // DAY_US
        worked = [calendar.is_workday(self.first + timedelta(days=n)) for n in range(self.days)]
        self.workdays = Season(tuple(done / sum(worked) for done in accumulate(worked)))
        last = date(self.number - 1, 1, 1)
        earlier = (
            [calendar.is_workday(last + timedelta(days=n)) for n in range(366)] if last.year in calendar.years else []
        )
        self.last_start = last
        self.last_workdays = list(accumulate(earlier[: (self.first - last).days]))
        self.done = sum(worked[: self.today + 1])

    def same_day_last_year(self) -> int:
        """How many days of last year held as many workdays as have passed of this one."""
        return bisect_right(self.last_workdays, self.done)


def _season(last: Sequence[int], year: Year) -> Season:
    """Last year's course where enough is known, else that of the workdays."""
    if len(last) < SEASON_FROM:
        return year.workdays
    days = [0] * year.days
    for at_us in last:
        days[min((day_of(at_us) - year.last_start).days, year.days - 1)] += 1
    return Season(tuple(done / len(last) for done in accumulate(days)))


def _row(who: str, what: str, this: list[Issuance], last: list[int], year: Year, facts: Facts) -> Row:
    used = len(this)
    key = (who, what, year.number)
    plan, cap = facts.lists.plans.get(key), facts.lists.caps.get(key)
    bound = cap if cap is not None else plan
    season = _season(last, year)
    recent = sum(one.at_us > year.now_us - 30 * DAY_US for one in this)
    elapsed = year.workdays.at(year.today)
    lately = elapsed - (year.workdays.at(year.today - 30) if year.today >= 30 else 0.0)
    upto = year.same_day_last_year()
    counted = sum((day_of(at_us) - year.last_start).days < upto for at_us in last)
    return common(this[-1], str(year.number), others=this[:-1], subject=f"issuer:{who}") | {
        "kind": this[-1].event.kind,
        "exempting": [],
        "what": what,
        "used": used,
        "plan": plan,
        "cap": cap,
        "last_year": counted if year.last_watched else None,
        "elapsed": elapsed,
        "burn": used / bound / elapsed if bound and elapsed else None,
        "burn_30d": recent / bound / lately if bound and lately else None,
        "busy_weeks": len({period_bounds("week", one.at_us)[0] for one in this}),
        **_projection(this, bound, season, year),
    }


def _projection(this: list[Issuance], bound: int | None, season: Season, year: Year) -> Row:
    """How many it will be by the end of the year, and when the bound is passed; each with its interval."""
    used, share = len(this), season.at(year.today)
    if share <= 0:
        return {}
    spread = Z95 * sqrt(used)
    rates = {"": used / share, "_low": max(used - spread, 0.0) / share, "_high": (used + spread) / share}
    row: Row = {f"projected{end}": max(used, round(rate)) for end, rate in rates.items()}
    if bound is None:
        return row
    if used > bound:
        passed = this[bound].at_us
        return row | {"breach_us": passed, "breach_early_us": passed, "breach_late_us": passed}
    for name, rate in (
        ("breach_us", rates[""]),
        ("breach_early_us", rates["_high"]),
        ("breach_late_us", rates["_low"]),
    ):
        day = season.day_of(bound / rate) if rate > 0 else None
        row[name] = None if day is None else year.start_us + max(day, year.today) * DAY_US
    return row
