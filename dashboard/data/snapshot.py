"""What the page shows, as values; and the source that reads them from the store.

Flows in: a Scope, a Place, an instant. Flows out: ``Pulse`` (moves with every event) and ``Survey`` (rankings and series, read less often).
Reads the store through ``streams.store.reads`` only, always with the Scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Protocol, Self, TypeVar

from dashboard.data.daily import Overlay, overlay
from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.place import UNIT_DIGITS, Place
from dashboard.words import moment
from streams.store import Scope, reads
from streams.store.answers import AreaLoad, Coverage, DemandRow, Health, Hotspot, IssuerLoad, Series
from streams.store.comparing import alike
from streams.store.health import posting_count
from streams.store.span import days_span

WINDOWS: Final = ("24h", "7d", "30d")
WINDOW_US: Final = {"24h": 86_400_000_000, "7d": 7 * 86_400_000_000, "30d": 30 * 86_400_000_000}
UNIT_METRICS: Final = tuple(f"all.minutes.{window}" for window in (*WINDOWS, "ahead7d")) + (
    "all.count.24h",
    "all.count.30d",
)
MINUTE_US: Final = 60_000_000
RECENT: Final = 8
UPCOMING: Final = 6
AHEAD_DAYS: Final = 14
"""What is known of the days to come is shown with what was."""
SHOWN_DAYS: Final = 30
"""The trend shows at least this many days."""


@dataclass(frozen=True)
class Pulse:
    """What moves with every event. ``load``: person-minutes of the last 24 hours in an area above townships (below, the page shows the unit).
    ``unit``: load of the unit asked for, by metric."""

    at_us: int
    load: int
    receipts: int
    """Demands times units reached, last 24 hours."""
    health: Health
    recent: tuple[DemandRow, ...]
    unit: dict[str, int] = field(default_factory=dict)
    upcoming: tuple[DemandRow, ...] = ()

    def same_as(self, other: Pulse | None) -> bool:
        """Whether the page would look the same."""
        if other is None:
            return False
        mine, theirs = (
            (one.load, one.receipts, one.recent, one.unit, one.upcoming, _state(one.health)) for one in (self, other)
        )
        return mine == theirs


@dataclass(frozen=True)
class Survey:
    """Rankings and series of one area and period. ``before`` are the figures of as long a period before."""

    at_us: int
    first: date
    last: date
    load: dict[str, int]
    """Person-minutes of the longer sliding windows."""
    load_before: dict[str, int]
    """The same, and 24 hours, one window earlier."""
    series: Series
    """Of the unit that is shown, else of the area."""
    places: tuple[AreaLoad, ...]
    places_before: tuple[AreaLoad, ...]
    hotspots: tuple[Hotspot, ...]
    issuers: tuple[IssuerLoad, ...]
    coverage: Coverage
    workdays: frozenset[date]
    since: date | None = None
    """From this day on periods can be compared; None while nothing is known."""

    covered_before: Mapping[str, float] = field(default_factory=dict)
    """Share of townships reached in the 30 days up to 7 and 30 days ago, and (as '') up to the period where that is another."""
    overlay: Overlay = field(default_factory=Overlay)
    """What is drawn over the days of ``series``."""

    @property
    def alike(self) -> bool:
        """Whether the period can be compared with as long a one before."""
        return self.alike_from(
            self.first - (self.last - self.first) - timedelta(days=1), "" if "" in self.covered_before else "30d"
        )

    def alike_from(self, first: date, window: str) -> bool:
        """The same of a sliding window, the one before which begins with ``first``."""
        then = self.covered_before.get(window)
        return alike(self.since, first, None if then is None else (then, self.coverage.share))


class Sheet(Protocol):
    """What a page beyond the situation shows: a frozen value that equals another when the page would look the same."""

    @property
    def at_us(self) -> int:
        """Of when the figures are; not part of what equality asks."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Asks the store, within the scope. Raises OutOfScope."""


S = TypeVar("S", bound=Sheet)


class Source(Protocol):
    """Where pulses, surveys and sheets come from."""

    def mark(self) -> int:
        """Another number than before means that loads may have moved; cheap enough to ask several times a second."""

    def pulse(self, scope: Scope, place: Place, at_us: int) -> Pulse:
        """What moves."""

    def survey(self, scope: Scope, place: Place, at_us: int) -> Survey:
        """What is ranked and drawn."""

    def sheet(self, kind: type[S], scope: Scope, place: Place, at_us: int) -> S:
        """What a page beyond the situation shows."""


def _state(health: Health) -> tuple[object, ...]:
    lags = tuple((one.component, one.partition, one.lag) for one in health.lags)
    return health.events_last_minute, health.newest_admitted_us, lags, health.refused


class StoreSource:
    """Reads all of them from the store; the questions of one answer are asked side by side."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark(self) -> int:
        """Rows of the store's demands: every change of a load is a row more."""
        return posting_count(self._engine.client)

    def sheet(self, kind: type[S], scope: Scope, place: Place, at_us: int) -> S:
        """Each kind of sheet knows how it is read."""
        return kind.read(self._engine, scope, place, at_us)

    def pulse(self, scope: Scope, place: Place, at_us: int) -> Pulse:
        """Loads of the sliding windows to the microsecond, the newest demands, the state of the stream."""
        engine, unit, alone = self._engine, place.unit, len(place.area) >= UNIT_DIGITS
        here = engine.client, scope, engine.registry
        day = None if alone else engine.later(engine.window, scope, place.area, at_us - WINDOW_US["24h"], at_us)
        own = engine.later(reads.unit_load, *here, unit, UNIT_METRICS, at_us) if unit else None
        week = at_us + WINDOW_US["7d"]
        coming = engine.later(reads.upcoming_demands, *here, unit, at_us, week, n=UPCOMING, unit=True) if unit else None
        health = engine.later(reads.stream_health, engine.client, scope, at_us)
        recent = reads.recent_demands(*here, unit or place.area, at_us, n=RECENT, unit=bool(unit))
        return Pulse(
            at_us=at_us,
            load=day.result().likely if day else 0,
            receipts=day.result().receipts if day else 0,
            health=health.result(),
            recent=tuple(recent),
            unit=own.result() if own else {},
            upcoming=tuple(coming.result()) if coming else (),
        )

    def _series(self, scope: Scope, place: Place, first: date, last: date) -> Series:
        """Of the unit itself where one is asked for, else of the area's townships and villages together."""
        here = self._engine.client, scope, self._engine.registry
        if place.unit:
            return reads.unit_series(*here, place.unit, first, last)
        return reads.area_series(*here, place.area, first, last, tiers=GRASSROOTS)

    def survey(self, scope: Scope, place: Place, at_us: int) -> Survey:
        """Series, children, hottest units and issuers, coverage: by Shanghai days, today included."""
        engine, area = self._engine, place.area
        first, last = place.period(moment(at_us).date())
        length = (last - first).days + 1
        start = min(first, last - timedelta(days=SHOWN_DAYS - 1))
        end = last + timedelta(days=AHEAD_DAYS) if last == moment(at_us).date() else last
        before = first - timedelta(days=length), first - timedelta(days=1)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        here = engine.client, scope, engine.registry
        ask, tiers = engine.later, GRASSROOTS
        now = {one: ask(engine.window, scope, area, at_us - WINDOW_US[one], at_us) for one in WINDOWS[1:]}
        then = {
            one: ask(engine.window, scope, area, at_us - 2 * WINDOW_US[one], at_us - WINDOW_US[one]) for one in WINDOWS
        }
        series = ask(self._series, scope, place, start, end)
        places = [ask(reads.area_totals, *here, area, first, last, tiers=tiers)]
        places.append(engine.kept(reads.area_totals, scope, area, *before, tiers=tiers))
        alone = len(area) >= UNIT_DIGITS
        hottest = None if alone else ask(reads.hotspots, *here, place.tier, first, last, area=area, n=10)
        issuers = ask(reads.top_issuers, *here, area, first, last, n=10)
        since = ask(engine.since)
        minute = at_us - at_us % MINUTE_US
        ends = {one: minute - WINDOW_US[one] for one in WINDOWS[1:]} | {"": days_span(*before).last_us}
        reach = {
            one: engine.kept(reads.coverage, scope, end, tier="township", area=area)
            for one, end in ends.items()
            if one or length != SHOWN_DAYS
        }
        coverage = reads.coverage(*here, at_us, tier="township", area=area)
        return Survey(
            at_us=at_us,
            first=first,
            last=last,
            load={one: found.result().likely for one, found in now.items()},
            load_before={one: found.result().likely for one, found in then.items()},
            series=series.result(),
            places=tuple(places[0].result()),
            places_before=tuple(places[1].result()),
            hotspots=tuple(hottest.result()) if hottest else (),
            issuers=tuple(issuers.result()),
            coverage=coverage,
            workdays=frozenset(day for day in days if engine.calendar.is_workday(day)),
            since=since.result(),
            overlay=overlay(engine, scope, place, days, at_us),
            covered_before={one: found.result().share for one, found in reach.items()},
        )
