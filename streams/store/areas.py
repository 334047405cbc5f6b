"""Reads about areas: totals, children, series, kinds, issuers, coverage.

Flows in: a client, a Scope, a Registry, area prefixes, days. Flows out: ``answers``. Reads only. See ``reads``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.calendars.periods import DAY_US
from streams.registry.registry import Registry
from streams.store.answers import AreaLoad, Coverage, IssuerLoad, KindShare, Series
from streams.store.deltas import (
    area_profiles,
    area_sums,
    blocks,
    issuer_sums,
    profile,
    series_rows,
    units,
)
from streams.store.ground import of_area
from streams.store.scope import Scope
from streams.store.span import Span, days_span
from streams.store.units import series


def area_load(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    first: date,
    last: date,
    *,
    kind: int = 0,
    tiers: Sequence[str] = (),
) -> AreaLoad:
    """What the units of one area received on these days."""
    scope.require_area(area)
    return _load_of(client, registry, area, days_span(first, last), kind, tiers)


def area_between(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    after_us: int,
    until_us: int,
    *,
    tiers: Sequence[str] = (),
) -> AreaLoad:
    """What the units of one area received with starts after_us < s <= until_us, exact to the microsecond."""
    scope.require_area(area)
    return _load_of(client, registry, area, Span(after_us + 1, until_us), 0, tiers)


def area_totals(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    first: date,
    last: date,
    *,
    kind: int = 0,
    tiers: Sequence[str] = (),
) -> list[AreaLoad]:
    """What each child division of an area received on these days, by code; children without load are there with zeros."""
    scope.require_area(area)
    children = registry.children(area)
    ground = of_area(registry, area, tiers)
    totals = np.zeros((4, len(children)), np.int64)
    sizes = np.zeros(len(children), np.int64)
    spans = {one.tier: np.array([registry.range_of(child, one.tier) for child in children]) for one in ground.ranges}
    for edges in spans.values():
        sizes += edges[:, 1] - edges[:, 0]
    for tier, (at, changes) in area_profiles(client, ground, kind, days_span(first, last)).items():
        edges = spans[tier]
        # Each child's two edges as blocks of their own: children need not cover the area without a gap.
        totals += blocks(at, changes, edges.ravel())[:, ::2]
    return [
        AreaLoad(
            child,
            low=int(totals[0, place]),
            likely=int(totals[1, place]),
            high=int(totals[2, place]),
            receipts=int(totals[3, place]),
            units=int(sizes[place]),
        )
        for place, child in enumerate(children)
    ]


def area_series(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    first: date,
    last: date,
    *,
    tiers: Sequence[str] = (),
) -> Series:
    """Load of an area by Shanghai day and kind: sums over its units."""
    scope.require_area(area)
    ground = of_area(registry, area, tiers)
    return series(series_rows(client, ground, first, last), first, last)


def _load_of(client: Client, registry: Registry, area: str, span: Span, kind: int, tiers: Sequence[str]) -> AreaLoad:
    ground = of_area(registry, area, tiers)
    sums = area_sums(client, ground, kind, span).values()
    low, likely, high, receipts = (sum(row[place] for row in sums) for place in range(4))
    return AreaLoad(area, low, likely, high, receipts, ground.units)


def kind_shares(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    first: date,
    last: date,
    *,
    tiers: Sequence[str] = (),
) -> list[KindShare]:
    """What each kind cost an area on these days, most first."""
    scope.require_area(area)
    sums = area_sums(client, of_area(registry, area, tiers), 0, days_span(first, last))
    shares = [KindShare(kind, row[1], row[3]) for kind, row in sums.items() if any(row)]
    return sorted(shares, key=lambda share: (-share.likely, share.kind))


def top_issuers(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    first: date,
    last: date,
    *,
    kind: int = 0,
    n: int = 20,
) -> list[IssuerLoad]:
    """Who caused the most load in an area on these days, most first, equal loads by code."""
    scope.require_area(area)
    rows = issuer_sums(client, of_area(registry, area), kind, days_span(first, last), n)
    return [IssuerLoad(issuer, likely, low, high, receipts) for issuer, low, likely, high, receipts in rows]


def coverage(
    client: Client,
    scope: Scope,
    registry: Registry,
    at_us: int,
    *,
    tier: str = "township",
    area: str = "",
    days: int = 30,
) -> Coverage:
    """How many units of a tier any demand reached in the last days."""
    scope.require_area(area)
    ground = of_area(registry, area, (tier,))
    if not ground.ranges:
        return Coverage(registry.tier_id(tier), 0, 0)
    number, lo, hi = ground.ranges[0]
    found = profile(client, ground, 0, "n", Span(at_us - days * DAY_US + 1, at_us))
    return Coverage(number, hi - lo, int(np.count_nonzero(units(found, lo, hi) > 0)))
