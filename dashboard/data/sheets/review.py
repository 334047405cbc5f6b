"""The review of an area: its year day by day, the hours at which demands begin, what changed this week and why, who causes it, goals.

Flows in: an Engine, a Scope, a Place. Flows out: ``ReviewSheet``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Self

from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.goals import Goal, goals_in
from dashboard.period import year_before
from dashboard.place import Place
from dashboard.words import moment
from streams.analysis.decomposition import Change, Side, explained_change
from streams.events.model import KIND_IDS
from streams.store import Scope, reads
from streams.store.answers import IssuerLoad, Series
from streams.store.changing import Hour, Part, hours, two_weeks
from streams.store.comparing import alike
from streams.store.issuing import Makeup, makeups
from streams.store.span import days_span

WEEKS: Final = 53
ISSUERS: Final = 10
HOUR_DAYS: Final = 28


@dataclass(frozen=True)
class Progress:
    """A goal with receipts of its kinds, from 1 January to yesterday and on the same days of the year before."""

    goal: Goal
    now: int
    before: int


@dataclass(frozen=True)
class ReviewSheet:
    """``days``: day and person-minutes, the last 53 weeks. ``change``: the last seven whole days against the seven before.
    ``year``: person-minutes since 1 January and on the same days a year before."""

    at_us: int = field(compare=False)
    days: tuple[tuple[date, int], ...]
    workdays: frozenset[date]
    hours: tuple[Hour, ...]
    hour_days: tuple[date, date]
    change: Change
    week: tuple[date, date]
    by_kind: tuple[tuple[int, int, int], ...]
    """Kind, person-minutes of the week before and of the week."""
    issuers: tuple[tuple[IssuerLoad, Makeup | None], ...]
    year: tuple[int, int]
    progress: tuple[Progress, ...]
    alike: bool = True
    """Whether the week can be compared with the one before."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        area, today = place.area, moment(at_us).date()
        here = engine.client, scope, engine.registry, area
        last = today - timedelta(days=1)
        start = today - timedelta(days=WEEKS * 7 - 1)
        days = engine.later(reads.area_series, *here, start, today, tiers=GRASSROOTS)
        this = engine.later(reads.area_series, *here, date(last.year, 1, 1), last, tiers=GRASSROOTS)
        then = engine.later(reads.area_series, *here, date(last.year - 1, 1, 1), year_before(last), tiers=GRASSROOTS)
        parts = engine.later(two_weeks, *here, last)
        begun = (today - timedelta(days=HOUR_DAYS), last)
        when = engine.later(hours, *here, *begun)
        first, until = place.period(today)
        top = reads.top_issuers(*here, first, until, n=ISSUERS)
        span = days_span(first, until)
        made = makeups(engine.client, scope, area, [one.issuer for one in top], *span)
        found, now, old = parts.result(), this.result(), then.result()
        compared = year_alike(engine, scope, area, last)
        weeks = _alike(engine, scope, area, last - timedelta(days=13), last - timedelta(days=7), last)
        likely = days.result().likely
        sums = likely.sum(axis=0) if len(likely) else [0] * len(days.result().days)
        return cls(
            at_us=at_us,
            days=tuple((day, int(sums[n])) for n, day in enumerate(days.result().days)),
            workdays=frozenset(day for day in days.result().days if engine.calendar.is_workday(day)),
            hours=tuple(when.result()),
            hour_days=begun,
            change=change_of(found),
            week=(last - timedelta(days=6), last),
            by_kind=by_kind(found),
            issuers=tuple((one, made.get(one.issuer)) for one in top),
            year=(_total(now), _total(old) if compared else 0),
            progress=tuple(
                Progress(one, receipts_of(now, one.kinds), receipts_of(old, one.kinds) if compared else 0)
                for one in goals_in(area)
            ),
            alike=weeks,
        )


def year_alike(engine: Engine, scope: Scope, area: str, last: date) -> bool:
    """Whether 1 January up to a day can be compared with the same days a year before. Raises OutOfScope."""
    return _alike(engine, scope, area, date(last.year - 1, 1, 1), year_before(last), last)


def _alike(engine: Engine, scope: Scope, area: str, first: date, *ends: date) -> bool:
    """Whether two periods can be compared, of which the earlier begins with ``first``, by the townships reached up to the end of each."""
    here = engine.client, scope, engine.registry
    shares = [reads.coverage(*here, days_span(end, end).last_us, tier="township", area=area).share for end in ends]
    return alike(engine.since(), first, (shares[0], shares[1]))


def change_of(parts: Iterable[Part]) -> Change:
    """Why the week differs from the one before."""
    sides: dict[int, list[Side]] = {}
    new = [0, 0]
    for one in parts:
        if one.new:
            new[one.week] += one.likely
            continue
        sides.setdefault(one.kind, [Side(0, 0, 0), Side(0, 0, 0)])[one.week] = Side(
            one.demands, one.receipts, one.likely
        )
    return explained_change(((before, after) for before, after in sides.values()), (new[0], new[1]))


def by_kind(parts: Iterable[Part]) -> tuple[tuple[int, int, int], ...]:
    """Kinds by how much they moved, the largest move first."""
    sums: dict[int, list[int]] = {}
    for one in parts:
        sums.setdefault(one.kind, [0, 0])[one.week] += one.likely
    rows = [(kind, before, after) for kind, (before, after) in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-abs(row[2] - row[1]), row[0])))


def _total(series: Series) -> int:
    return int(series.likely.sum())


def receipts_of(series: Series, kinds: Iterable[str]) -> int:
    """Demands of some kinds times the units that they reached."""
    wanted = {KIND_IDS[kind] for kind in kinds}
    return sum(int(series.count[place].sum()) for place, kind in enumerate(series.kinds) if kind in wanted)
