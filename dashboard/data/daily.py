"""What is drawn over the load by day: the limit that applies and where it is passed, the same days a year before, what happened.

Flows in: an Engine, a Scope, a Place, days. Flows out: ``Overlay``. Reads the store with the Scope; limits and editions are the packs'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.period import year_before
from dashboard.place import Place
from dashboard.words import moment
from streams.desk.findings import rulebook
from streams.registry import Registry, RegistryError
from streams.rules.book import Standing
from streams.store import Scope, reads
from streams.store.answers import Series
from streams.store.comparing import alike
from streams.store.ground import of_area
from streams.store.lists import annotated
from streams.store.span import days_span

WEEK: Final = 7
METRIC: Final = "all.minutes.7d"
HOTSPOT: Final = "R20"
COUNTY_DIGITS: Final = 6
MarkSort = Literal["campaign", "flood", "holiday", "edition"]


@dataclass(frozen=True)
class Mark:
    """Something that happened, from ``first`` to ``last``; ``title`` by language; ``source``: the document that says so."""

    sort: MarkSort
    first: date
    last: date
    title: Mapping[str, str]
    source: str
    area: str = ""


@dataclass(frozen=True)
class Limit:
    """The limit of a load rule. ``weekly``: person-minutes a week of what is shown (``units`` times the rule's own); ``weeks``: each day with
    the load of the seven days to it that the rule looks at."""

    rule: str
    title: Mapping[str, str]
    edition: str
    own: float
    units: int
    tier: str
    weekly: float
    weeks: tuple[tuple[date, int], ...]

    @property
    def passed(self) -> tuple[date, ...]:
        """Days to which the week stands above the limit."""
        return tuple(day for day, load in self.weeks if load > self.weekly)


@dataclass(frozen=True)
class Overlay:
    """``year_ago``: person-minutes of the same days a year before, by day; None where those days are not equally covered."""

    limit: Limit | None = None
    year_ago: tuple[int, ...] | None = None
    marks: tuple[Mark, ...] = ()


def overlay(engine: Engine, scope: Scope, place: Place, days: Sequence[date], at_us: int) -> Overlay:
    """Over these days, in order. Raises OutOfScope."""
    first, last, today = days[0], days[-1], moment(at_us).date()
    past = [day for day in days if day <= today]
    then = [year_before(day) for day in past]
    ago: Future[Series] | None = None
    if then:
        ago = (
            engine.kept(reads.unit_series, scope, place.unit, then[0], then[-1])
            if place.unit
            else engine.kept(reads.area_series, scope, place.area, then[0], then[-1], tiers=GRASSROOTS)
        )
    ends = [days_span(one, one).last_us for one in (then[-1], past[-1])] if then else []
    shares = [engine.kept(reads.coverage, scope, end, tier="township", area=place.area) for end in ends]
    limit = _limit(engine, scope, place, first, min(last, today))
    happened = annotated(engine.client, scope, place.area, first, last, until_us=place.until_us)
    marks = [
        Mark(
            one.sort,
            max(one.first, first),
            min(one.last, last),
            {"zh": one.title, "en": one.title},
            one.source,
            one.area,
        )
        for one in happened
    ]
    known = ago is not None and alike(engine.since(), then[0], (shares[0].result().share, shares[1].result().share))
    return Overlay(
        limit,
        _by_day(ago.result(), then) if ago is not None and known else None,
        (*marks, *editions(place.area, first, last)),
    )


def editions(area: str, first: date, last: date) -> tuple[Mark, ...]:
    """Packs that came into force for an area in these days."""
    return tuple(
        Mark(
            "edition", one.from_day, one.from_day, {"zh": one.title.zh, "en": one.title.en},
            one.source.doc_no or one.source.title, one.area,
        )
        for one in rulebook().packs
        if area.startswith(one.area) and first <= one.from_day <= last
    )  # fmt: skip


def _loads(engine: Engine, scope: Scope, place: Place, first: date, last: date, tiers: tuple[str, ...]) -> Series:
    here = engine.client, scope, engine.registry
    if place.unit:
        return reads.unit_series(*here, place.unit, first, last)
    return reads.area_series(*here, place.area, first, last, tiers=tiers)


def _by_day(series: Series, days: Sequence[date]) -> tuple[int, ...]:
    sums = series.likely.sum(axis=0) if len(series.likely) else np.zeros(len(series.days), np.int64)
    loads = dict(zip(series.days, sums, strict=True))
    return tuple(int(loads.get(day, 0)) for day in days)


def _limit(engine: Engine, scope: Scope, place: Place, first: date, last: date) -> Limit | None:
    """The limit of R20 in force on the last day: of a township or village its own, of a county that of the mean of its townships."""
    tier = tier_of(engine.registry, place)
    standing = hotspot(place.unit.partition("-")[0] or place.area, tier, last)
    if standing is None or last < first:
        return None
    begin = first - timedelta(days=WEEK - 1)
    mean = standing.rule.load.mean_of if standing.rule.load else ""
    units = of_area(engine.registry, place.area, (mean,)).units if mean else 1
    series = _loads(engine, scope, place, begin, last, (mean,) if mean else GRASSROOTS)
    loads = np.array(_by_day(series, series.days), np.int64)
    weeks = np.convolve(loads, np.ones(WEEK, np.int64), "valid")
    rule = standing.rule
    return Limit(
        rule.id, {"zh": rule.title.zh, "en": rule.title.en}, standing.edition, rule.limit, units, mean or tier, rule.limit * units,
        tuple((first + timedelta(days=n), int(load)) for n, load in enumerate(weeks)),
    )  # fmt: skip


def tier_of(registry: Registry, place: Place) -> str:
    """'township', 'village', 'county', or '' for what no such limit is of."""
    if not place.unit:
        return "county" if len(place.area) == COUNTY_DIGITS else ""
    try:
        tier = registry.tier_name(registry.rank_of(place.unit)[0])
    except RegistryError:
        return ""
    return tier if tier in GRASSROOTS else ""


def hotspot(area: str, tier: str, day: date) -> Standing | None:
    """The rule R20 about all load of a week that is in force for a tier; None: there is none."""
    if not tier:
        return None
    return next(
        (
            one
            for one in rulebook().in_force(area, day)
            if one.rule.id.startswith(HOTSPOT)
            and one.rule.load is not None
            and one.rule.load.metric == METRIC
            and tier in one.rule.scope.tiers
        ),
        None,
    )
