"""Reads about single units and about units side by side: load by metric, hotspots, series.

Flows in: a client, a Scope, a Registry, codes, metrics, days. Flows out: ``answers``. Reads only. See ``reads``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.ledger.metrics import COLUMNS as MEASURES
from streams.ledger.metrics import Metric
from streams.registry.registry import Registry
from streams.store.answers import Hotspot, Series, TierLoad
from streams.store.deltas import COLUMNS, profile, series_rows, top, unit_sums, units
from streams.store.ground import Ground, of_area, of_unit
from streams.store.scope import Scope
from streams.store.span import Span, date_of, day_number, days_span, metric_span


def unit_load(
    client: Client, scope: Scope, registry: Registry, code: str, metrics: Sequence[str], at_us: int
) -> dict[str, int]:
    """Load of one unit for contract metrics at an instant, exact to the microsecond.

    Bureaus are named CODE-LINE. Raises OutOfScope, UnknownUnit, ValueError for another metric.
    """
    scope.require_area(code)
    wanted = {name: _metric(name) for name in metrics}
    ground = of_unit(registry, code)
    spans: dict[Span, dict[int, tuple[int, int, int, int]]] = {}
    out: dict[str, int] = {}
    for name, metric in wanted.items():
        span = metric_span(metric, at_us)
        if span not in spans:
            spans[span] = unit_sums(client, ground, span)
        place = COLUMNS.index(MEASURES[metric.measure])
        out[name] = sum(sums[place] for kind, sums in spans[span].items() if metric.kind in (0, kind))
    return out


def tier_load(
    client: Client, scope: Scope, registry: Registry, tier: str, metric: str, at_us: int, *, area: str = ""
) -> TierLoad:
    """Load of every unit of a tier in an area at an instant, exact to the microsecond."""
    scope.require_comparison(area)
    asked = _metric(metric)
    ground = of_area(registry, area, (tier,))
    if not ground.ranges:
        return TierLoad(registry.tier_id(tier), 0, 0, np.zeros(0, np.int64))
    number, lo, hi = ground.ranges[0]
    found = profile(client, ground, asked.kind, MEASURES[asked.measure], metric_span(asked, at_us))
    return TierLoad(number, lo, hi, units(found, lo, hi))


def tier_days(
    client: Client, scope: Scope, registry: Registry, tier: str, first: date, last: date, *, area: str = ""
) -> TierLoad:
    """Likely person-minutes of every unit of a tier in an area on these days."""
    scope.require_comparison(area)
    ground = of_area(registry, area, (tier,))
    if not ground.ranges:
        return TierLoad(registry.tier_id(tier), 0, 0, np.zeros(0, np.int64))
    number, lo, hi = ground.ranges[0]
    return TierLoad(number, lo, hi, units(profile(client, ground, 0, "likely", days_span(first, last)), lo, hi))


def hotspots(
    client: Client,
    scope: Scope,
    registry: Registry,
    tier: str,
    first: date,
    last: date,
    *,
    area: str = "",
    kind: int = 0,
    measure: str = "minutes",
    n: int = 100,
) -> list[Hotspot]:
    """The n units of a tier with the most load on these days, most first, equal loads by code; only loads above 0."""
    scope.require_comparison(area)
    if measure not in MEASURES:
        raise ValueError(f"measure: {measure!r}: unknown; use one of {', '.join(MEASURES)}")
    return _hottest(client, registry, of_area(registry, area, (tier,)), kind, measure, days_span(first, last), n)


def hotspots_at(
    client: Client,
    scope: Scope,
    registry: Registry,
    tier: str,
    metric: str,
    at_us: int,
    *,
    area: str = "",
    n: int = 100,
) -> list[Hotspot]:
    """The same for a contract metric at an instant, exact to the microsecond."""
    scope.require_comparison(area)
    asked = _metric(metric)
    ground = of_area(registry, area, (tier,))
    return _hottest(client, registry, ground, asked.kind, asked.measure, metric_span(asked, at_us), n)


def unit_series(client: Client, scope: Scope, registry: Registry, code: str, first: date, last: date) -> Series:
    """Load of one unit by Shanghai day and kind; kinds that never occur are left out."""
    scope.require_area(code)
    return series(series_rows(client, of_unit(registry, code), first, last), first, last)


def series(rows: Sequence[Sequence[int]], first: date, last: date) -> Series:
    """Rows (day number, kind, likely, low, high, count) as arrays of shape (kinds, days), zero where there is no row."""
    begin, days = day_number(first), max(0, day_number(last) - day_number(first) + 1)
    kinds = tuple(sorted({int(row[1]) for row in rows if any(row[2:])}))
    values = np.zeros((4, len(kinds), days), np.int64)
    for day, kind, *sums in rows:
        if any(sums):
            values[:, kinds.index(kind), day - begin] += np.array(sums, np.int64)
    return Series(tuple(date_of(begin + place) for place in range(days)), kinds, *values)


def _metric(name: str) -> Metric:
    try:
        return Metric.parse(name)
    except ValueError as error:
        raise ValueError(f"metric: {name!r}: {error}") from None


def _hottest(
    client: Client, registry: Registry, ground: Ground, kind: int, measure: str, span: Span, n: int
) -> list[Hotspot]:
    if not ground.ranges:
        return []
    tier, _, hi = ground.ranges[0]
    ranks, loads = top(profile(client, ground, kind, MEASURES[measure], span), hi, n)
    return [
        Hotspot(registry.code_of(tier, int(rank)), int(rank), int(load))
        for rank, load in zip(ranks, loads, strict=True)
    ]
