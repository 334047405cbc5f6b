"""Reads about single units and about units side by side: load by metric, hotspots, series.

Flows in: a client, a Scope, a Registry, codes, metrics, days. Flows out: ``answers``. Reads only. See ``reads``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.registry.model import Range
from streams.registry.registry import Registry
from streams.store.answers import Hotspot, Series, TierLoad
from streams.store.deltas import COLUMNS, Profile, Question, profile, top, unit_sums, units
from streams.store.scope import Scope
from streams.store.span import MEASURES, Span, date_of, day_number, days_span, parse_metric, window_span


def unit_load(
    client: Client, scope: Scope, registry: Registry, code: str, metrics: Sequence[str], at_us: int
) -> dict[str, int]:
    """Load of one unit for contract metrics at an instant, exact to the microsecond.

    Bureaus are named CODE-LINE. Raises OutOfScope, UnknownMetric, UnknownUnit.
    """
    scope.require_area(code)
    wanted = {name: parse_metric(name) for name in metrics}
    tier, rank = registry.rank_of(code)
    spans: dict[Span, dict[int, tuple[int, int, int, int]]] = {}
    out: dict[str, int] = {}
    for name, metric in wanted.items():
        span = window_span(metric.window, at_us)
        if span not in spans:
            spans[span] = unit_sums(client, tier, rank, span)
        place = COLUMNS.index(metric.column)
        out[name] = sum(sums[place] for kind, sums in spans[span].items() if metric.kind in (0, kind))
    return out


def tier_load(
    client: Client, scope: Scope, registry: Registry, tier: str, metric: str, at_us: int, *, area: str = ""
) -> TierLoad:
    """Load of every unit of a tier in an area at an instant, exact to the microsecond."""
    scope.require_comparison(area)
    asked = parse_metric(metric)
    within = _within(registry, tier, area)
    found = profile(client, within, asked.kind, asked.column, window_span(asked.window, at_us))
    return TierLoad(within.tier, within.lo, within.hi, units(found, within.lo, within.hi))


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
    within = _within(registry, tier, area)
    return _hottest(registry, within, profile(client, within, kind, MEASURES[measure], days_span(first, last)), n)


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
    asked = parse_metric(metric)
    within = _within(registry, tier, area)
    found = profile(client, within, asked.kind, asked.column, window_span(asked.window, at_us))
    return _hottest(registry, within, found, n)


def unit_series(client: Client, scope: Scope, registry: Registry, code: str, first: date, last: date) -> Series:
    """Load of one unit by Shanghai day and kind; kinds that never occur are left out."""
    scope.require_area(code)
    tier, rank = registry.rank_of(code)
    ask = Question(0)
    where = (
        f"tier = {ask.bind('UInt8', tier)} AND pos <= {ask.bind('UInt32', rank)} "
        f"AND day BETWEEN {ask.bind('Date', first)} AND {ask.bind('Date', last)}"
    )
    sql = f"SELECT toUInt16(day), kind, sum(likely), sum(low), sum(high), sum(n) FROM load_day WHERE {where} GROUP BY day, kind"
    return series(client.query(sql, parameters=ask.parameters).result_rows, first, last)


def series(rows: Sequence[Sequence[int]], first: date, last: date) -> Series:
    """Rows (day number, kind, likely, low, high, count) as arrays of shape (kinds, days), zero where there is no row."""
    begin, days = day_number(first), max(0, day_number(last) - day_number(first) + 1)
    kinds = tuple(sorted({int(row[1]) for row in rows if any(row[2:])}))
    values = np.zeros((4, len(kinds), days), np.int64)
    for day, kind, *sums in rows:
        if any(sums):
            values[:, kinds.index(kind), day - begin] += np.array(sums, np.int64)
    return Series(tuple(date_of(begin + place) for place in range(days)), kinds, *values)


def _within(registry: Registry, tier: str, area: str) -> Range:
    number = registry.tier_id(tier)
    return Range(number, *registry.range_of(area, number))


def _hottest(registry: Registry, within: Range, found: Profile, n: int) -> list[Hotspot]:
    ranks, loads = top(found, within.hi, n)
    return [
        Hotspot(registry.code_of(within.tier, int(rank)), int(rank), int(load))
        for rank, load in zip(ranks, loads, strict=True)
    ]
