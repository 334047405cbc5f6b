"""How one unit stands among its peers: quartiles of many, never one of them.

Flows in: a client, a Scope, a Registry, a unit, a metric. Flows out: ``Peers``. Reads only. A unit may know how it stands without seeing
others, so this reads beyond the asker's areas; what leaves it are four figures of ``LEAST`` units or more.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.ledger.metrics import Metric
from streams.registry import Registry
from streams.store.deltas import profile, units
from streams.store.ground import of_area
from streams.store.scope import Scope
from streams.store.span import metric_span

LEAST: Final = 5
"""Fewer others than this are no band: somebody could be told apart."""


class Peers(NamedTuple):
    """Likely person-minutes: the unit's own, and quartiles of ``n`` others of its tier inside ``area``."""

    area: str
    n: int
    own: int
    low: float
    median: float
    high: float


def peers_of(client: Client, scope: Scope, registry: Registry, unit: str, metric: str, at_us: int) -> Peers | None:
    """Quartiles of the other units of the same tier: in the county, else the prefecture, else the province. None: fewer than ``LEAST``.

    Raises OutOfScope, UnknownUnit.
    """
    scope.require_area(unit)
    tier, rank = registry.rank_of(unit)
    around = [one.code for one in registry.path_of(unit)][:-1]
    for area in reversed([code for code in around if code]):
        ground = of_area(registry, area, (registry.tier_name(tier),))
        if not ground.ranges or ground.units <= LEAST:
            continue
        _, lo, hi = ground.ranges[0]
        loads = units(profile(client, ground, 0, "likely", metric_span(Metric.parse(metric), at_us)), lo, hi)
        others = np.delete(loads, rank - lo)
        low, median, high = (float(one) for one in np.quantile(others, (0.25, 0.5, 0.75)))
        return Peers(area, len(others), int(loads[rank - lo]), low, median, high)
    return None
