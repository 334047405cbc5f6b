"""The sheet of one unit: its load now and ahead, what is asked of it, the same thing asked twice, and a band of its peers.

Flows in: an engine, a Scope, a Place with a unit. Flows out: ``UnitSheet``. Peers appear as quartiles of five units or more, never one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, Self

from dashboard.data.engine import Engine
from dashboard.data.sheets.asks import Ask, Twice, asks, twice
from dashboard.place import Place
from dashboard.words import moment
from streams.store import Scope, reads
from streams.store.peers import peers_of

LOADS: Final = ("all.minutes.day", "all.minutes.week", "all.minutes.ahead7d", "all.minutes.ahead30d", "all.minutes.30d")
BAND: Final = "all.minutes.30d"
BACK: Final = 13
AHEAD: Final = 14
STEP: Final = 60
"""Quartiles are said to the hour."""


@dataclass(frozen=True)
class Band:
    """How the unit's last 30 days stand among ``n`` others of its kind inside ``area``; person-minutes, to the hour."""

    area: str
    n: int
    low: int
    median: int
    high: int
    own: int
    stands: Literal["lower", "middle", "upper"]


@dataclass(frozen=True)
class UnitSheet:
    """``days``: day, person-minutes, demands; 14 days up to today and the 14 after."""

    at_us: int = field(compare=False)
    load: tuple[tuple[str, int], ...]
    today: date
    days: tuple[tuple[date, int, int], ...]
    asks: tuple[Ask, ...]
    twice: tuple[Twice, ...]
    band: Band | None
    workdays: frozenset[date]

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope, UnknownUnit."""
        scope.require_area(place.unit)
        unit, today = place.unit, moment(at_us).date()
        here = engine.client, scope, engine.registry, unit
        load = engine.later(reads.unit_load, *here, LOADS, at_us)
        first, last = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
        series = engine.later(reads.unit_series, *here, first, last)
        among = engine.later(band, engine, scope, unit, at_us)
        found = asks(engine, scope, unit, at_us)
        lines = series.result()
        sums, counts = (
            values.sum(axis=0) if len(values) else [0] * len(lines.days) for values in (lines.likely, lines.count)
        )
        days = [(day, int(sums[n]), int(counts[n])) for n, day in enumerate(lines.days)]
        return cls(
            at_us=at_us,
            load=tuple(load.result().items()),
            today=today,
            days=tuple(days),
            asks=tuple(found),
            twice=tuple(twice(found, at_us)),
            band=among.result(),
            workdays=frozenset(day for day, *_ in days if engine.calendar.is_workday(day)),
        )


def band(engine: Engine, scope: Scope, unit: str, at_us: int) -> Band | None:
    """Quartiles of the other units of the same kind: in the county, else the prefecture, else the province. None: fewer than five."""
    found = peers_of(engine.client, scope, engine.registry, unit, BAND, at_us)
    if found is None:
        return None
    below, above = found.own < found.low, found.own > found.high
    stands: Literal["lower", "middle", "upper"] = "lower" if below else "upper" if above else "middle"
    return Band(found.area, found.n, _hour(found.low), _hour(found.median), _hour(found.high), found.own, stands)


def _hour(minutes: float) -> int:
    return round(minutes / STEP) * STEP
