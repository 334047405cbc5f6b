"""What the page shows, as values; and the source that reads them from the store.

Flows in: a Scope, a Place, an instant. Flows out: ``Pulse`` (moves with every event) and ``Survey`` (rankings and series, read less often).
Reads the store through ``streams.store.reads`` only, always with the Scope.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Protocol

from clickhouse_connect.driver.client import Client

from dashboard.place import UNIT_DIGITS, Place
from dashboard.words import moment
from streams.calendars import Calendar
from streams.registry import Registry
from streams.store import Scope, reads
from streams.store.answers import AreaLoad, Coverage, DemandRow, Health, Hotspot, IssuerLoad, Series
from streams.store.health import demand_rows

GRASSROOTS: Final = ("township", "village")
"""Whose load the situation page adds up: townships and villages, not the bureaus above them."""
WINDOWS: Final = ("24h", "7d", "30d")
WINDOW_US: Final = {"24h": 86_400_000_000, "7d": 7 * 86_400_000_000, "30d": 30 * 86_400_000_000}
UNIT_METRICS: Final = tuple(f"all.minutes.{window}" for window in (*WINDOWS, "ahead7d")) + (
    "all.count.24h",
    "all.count.30d",
)
RECENT: Final = 8
UPCOMING: Final = 6
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


class Source(Protocol):
    """Where pulses and surveys come from."""

    def mark(self) -> int:
        """Another number than before means that loads may have moved; cheap enough to ask several times a second."""

    def pulse(self, scope: Scope, place: Place, at_us: int) -> Pulse:
        """What moves."""

    def survey(self, scope: Scope, place: Place, at_us: int) -> Survey:
        """What is ranked and drawn."""


def _state(health: Health) -> tuple[object, ...]:
    lags = tuple((one.component, one.partition, one.lag) for one in health.lags)
    return health.events_last_minute, health.newest_admitted_us, lags, health.refused


class StoreSource:
    """Reads both from the store. Safe for several threads, as the client is."""

    def __init__(self, client: Client, registry: Registry, calendar: Calendar) -> None:
        self._client = client
        self._registry = registry
        self._calendar = calendar

    def mark(self) -> int:
        """Rows of the store's demands: every change of a load is a row more."""
        return demand_rows(self._client)

    def _window(self, scope: Scope, area: str, measure: str, window: str, at_us: int) -> int:
        total = 0
        for tier in GRASSROOTS:
            number = self._registry.tier_id(tier)
            lo, hi = self._registry.range_of(area, number)
            if lo < hi:
                metric = f"all.{measure}.{window}"
                found = reads.tier_load(self._client, scope, self._registry, tier, metric, at_us, area=area)
                total += int(found.values.sum())
        return total

    def pulse(self, scope: Scope, place: Place, at_us: int) -> Pulse:
        """Loads of the sliding windows to the microsecond, the newest demands, the state of the stream."""
        unit, alone = place.unit, len(place.area) >= UNIT_DIGITS
        return Pulse(
            at_us=at_us,
            load=0 if alone else self._window(scope, place.area, "minutes", "24h", at_us),
            receipts=0 if alone else self._window(scope, place.area, "count", "24h", at_us),
            health=reads.stream_health(self._client, scope, at_us),
            recent=tuple(
                reads.recent_demands(
                    self._client, scope, self._registry, unit or place.area, at_us, n=RECENT, unit=bool(unit)
                )
            ),
            unit=reads.unit_load(self._client, scope, self._registry, unit, UNIT_METRICS, at_us) if unit else {},
            upcoming=tuple(
                reads.upcoming_demands(
                    self._client, scope, self._registry, unit, at_us, at_us + WINDOW_US["7d"], n=UPCOMING, unit=True
                )
            )
            if unit
            else (),
        )

    def _series(self, scope: Scope, place: Place, first: date, last: date) -> Series:
        """Of the unit itself where one is asked for, else of the area's townships and villages together."""
        if place.unit:
            return reads.unit_series(self._client, scope, self._registry, place.unit, first, last)
        return reads.area_series(self._client, scope, self._registry, place.area, first, last, tiers=GRASSROOTS)

    def survey(self, scope: Scope, place: Place, at_us: int) -> Survey:
        """Series, children, hottest units and issuers, coverage: by Shanghai days, today included."""
        client, registry, area = self._client, self._registry, place.area
        last = moment(at_us).date()
        first = last - timedelta(days=place.days - 1)
        start = min(first, last - timedelta(days=SHOWN_DAYS - 1))
        before = first - timedelta(days=place.days), first - timedelta(days=1)
        days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
        return Survey(
            at_us=at_us,
            first=first,
            last=last,
            load={window: self._window(scope, area, "minutes", window, at_us) for window in WINDOWS[1:]},
            load_before={
                window: self._window(scope, area, "minutes", window, at_us - WINDOW_US[window]) for window in WINDOWS
            },
            series=self._series(scope, place, start, last),
            places=tuple(reads.area_totals(client, scope, registry, area, first, last, tiers=GRASSROOTS)),
            places_before=tuple(reads.area_totals(client, scope, registry, area, *before, tiers=GRASSROOTS)),
            hotspots=()
            if len(area) >= UNIT_DIGITS
            else tuple(reads.hotspots(client, scope, registry, place.tier, first, last, area=area, n=10)),
            issuers=tuple(reads.top_issuers(client, scope, registry, area, first, last, n=10)),
            coverage=reads.coverage(client, scope, registry, at_us, tier="township", area=area),
            workdays=frozenset(day for day in days if self._calendar.is_workday(day)),
        )
