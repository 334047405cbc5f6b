"""Where load gathers: townships by several measures, and counties whose neighbourhoods are high beyond chance (Getis-Ord Gi*).

Flows in: an engine, a Scope, a Place. Flows out: ``HotspotSheet``. Neighbours are counties whose outlines share a border.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Final, Self

import numpy as np

from dashboard.assets import STATIC
from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.place import Place
from dashboard.words import moment
from streams.analysis.neighbourhoods import Floats, discoveries, gi_star, upper_tail
from streams.store import Scope, reads
from streams.store.comparing import alike
from streams.store.span import days_span

ROWS: Final = 10
FLOOR: Final = 600
"""Growth is told for units that had at least this many person-minutes before: a small beginning grows without meaning."""
LEVEL: Final = 0.05
"""Share of false discoveries among the clusters that are shown (Benjamini-Hochberg)."""
FEWEST: Final = 20
COUNTY: Final = 3


@dataclass(frozen=True)
class Ranked:
    """A township, its measure, and its load in the period and in the one before (person-minutes)."""

    code: str
    measure: float
    load: int
    before: int


@dataclass(frozen=True)
class Cluster:
    """A county whose mean load a unit, taken with its neighbours', lies ``z`` standard deviations above what chance would give."""

    code: str
    z: float
    p: float
    mean: float
    neighbours: int


@dataclass(frozen=True)
class HotspotSheet:
    """``heads``: townships with a known number of staff, without which nothing is told per head."""

    at_us: int = field(compare=False)
    absolute: tuple[Ranked, ...]
    per_head: tuple[Ranked, ...]
    growth: tuple[Ranked, ...]
    heads: int
    clusters: tuple[Cluster, ...]
    compared: int
    """Counties that were compared; fewer than 20 are not."""
    alike: bool = True
    """Whether the period can be compared with the one before."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope: units side by side are for those who oversee them."""
        scope.require_comparison(place.area)
        today = moment(at_us).date()
        first, last = place.period(today)
        gone = first - timedelta(days=(last - first).days + 1)
        here = engine.client, scope, engine.registry
        means = engine.later(_county_means, engine, scope, place, at_us)
        spans = ((first, last), (gone, first - timedelta(days=1)))
        asked = [engine.later(reads.tier_days, *here, "township", *span, area=place.area) for span in spans]
        ends = (at_us, days_span(gone, first - timedelta(days=1)).last_us)
        reach = [engine.later(reads.coverage, *here, end, tier="township", area=place.area) for end in ends]
        now, old = (one.result() for one in asked)
        if now.lo == now.hi:
            return cls(at_us, (), (), (), 0, (), 0)
        tier, lo, hi, load, before = now.tier, now.lo, now.hi, now.values, old.values
        staff = engine.registry.staff(tier)[lo:hi].astype(np.float64)

        def best(measure: Floats) -> tuple[Ranked, ...]:
            order = [int(n) for n in np.argsort(-measure, kind="stable")[:ROWS] if measure[n] > 0]
            return tuple(
                Ranked(engine.registry.code_of(tier, lo + n), float(measure[n]), int(load[n]), int(before[n]))
                for n in order
            )

        known = staff > 0
        covered = [one.result() for one in reach]
        same = alike(engine.since(), gone, (covered[1].share, covered[0].share))
        found = means.result()
        return cls(
            at_us=at_us,
            absolute=best(load.astype(np.float64)),
            per_head=best(np.divide(load, staff, out=np.zeros(len(load)), where=known)),
            growth=best(np.divide(load - before, before, out=np.zeros(len(load)), where=before >= FLOOR))
            if same
            else (),
            heads=int(known.sum()),
            clusters=clusters(found, neighbours()) if len(found) >= FEWEST else (),
            compared=len(found),
            alike=same,
        )


def _county_means(engine: Engine, scope: Scope, place: Place, at_us: int) -> dict[str, float]:
    """Mean person-minutes of a township or village of each county of the area in the period."""
    scope.require_comparison(place.area)
    today = moment(at_us).date()
    registry = engine.registry
    sums: dict[str, float] = defaultdict(float)
    sizes: dict[str, int] = defaultdict(int)
    codes = [
        code for code in registry.codes(COUNTY).tolist() if code.startswith(place.area) and not registry.is_pseudo(code)
    ]
    span = place.period(today)
    for name in GRASSROOTS:
        found = reads.tier_days(engine.client, scope, registry, name, *span, area=place.area)
        if found.lo == found.hi:
            continue
        running = np.concatenate([[0], np.cumsum(found.values)])
        for code in codes:
            begin, end = registry.range_of(code, found.tier)
            sums[code] += float(running[end - found.lo] - running[begin - found.lo])
            sizes[code] += end - begin
    return {code: sums[code] / sizes[code] for code in codes if sizes[code]}


@lru_cache(maxsize=1)
def neighbours() -> Mapping[str, frozenset[str]]:
    """Counties by code, each with those that share a point of their outline; islands have none."""
    owners: dict[tuple[float, ...], set[str]] = defaultdict(set)
    for path in sorted((STATIC / "geo").glob("[0-9][0-9].json")):
        for one in json.loads(path.read_bytes())["features"]:
            code, shape = one["properties"].get("code", ""), one["geometry"]
            if len(code) == 6:
                parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
                for point in (point for part in parts for ring in part for point in ring):
                    owners[tuple(point)].add(code)
    out: dict[str, set[str]] = defaultdict(set)
    for codes in owners.values():
        for code in codes:
            out[code] |= codes - {code}
    return {code: frozenset(found) for code, found in out.items()}


def clusters(means: Mapping[str, float], borders: Mapping[str, frozenset[str]]) -> tuple[Cluster, ...]:
    """The counties whose Gi* stays above chance when all are tested at once, highest first."""
    codes = [code for code in means if code in borders]
    if len(codes) < FEWEST:
        return ()
    place = {code: n for n, code in enumerate(codes)}
    near = [[n, *(place[one] for one in sorted(borders[code]) if one in place)] for n, code in enumerate(codes)]
    values = np.array([means[code] for code in codes])
    z = gi_star(values, near)
    p = upper_tail(z)
    return tuple(
        Cluster(codes[n], round(float(z[n]), 2), float(p[n]), float(values[n]), len(near[n]) - 1)
        for n in discoveries(p, LEVEL)
    )
