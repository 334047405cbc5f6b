"""What units usually bear at this time of the year: their loads of the same days of last year, for rules with a band.

Flows in: a client, a rulebook, ``now_us``. Flows out: loads by metric and tier; nothing of a year of which nothing is known. Reads the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.calendars.periods import DAY_US
from streams.ledger.ledger import I64
from streams.ledger.metrics import Metric
from streams.registry import Registry
from streams.rules import Rulebook
from streams.store import Scope, reads

YEAR_US: Final = 364 * DAY_US
"""Whole weeks, so that the same weekdays are compared."""
SYSTEM: Final = Scope("judge", "operator", ("",))


def seasons_of(client: Client, registry: Registry, book: Rulebook, now_us: int) -> Mapping[tuple[Metric, int], I64]:
    """Loads of last year, by metric and tier."""
    found: dict[tuple[Metric, int], I64] = {}
    for standing in book.variants("units"):
        load = standing.rule.load
        if load is None or load.band is None:
            continue
        for level in standing.rule.scope.tiers or ("township", "village"):
            key = Metric.parse(load.metric), registry.tier_id(level)
            if key not in found:
                told = reads.tier_load(client, SYSTEM, registry, level, load.metric, now_us - YEAR_US)
                found[key] = np.asarray(told.values, np.int64)
    return {key: values for key, values in found.items() if values.any()}
