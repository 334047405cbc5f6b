"""The questions that may be asked of the store; each takes a Scope and refuses what lies outside (OutOfScope).

Flows in: a client, a Scope, a Registry, codes and days. Flows out: the values of ``answers``. Reads ClickHouse only,
with bound parameters; no SQL comes from a caller.

Days are Asia/Shanghai days, ranges of days are inclusive. ``at_us`` is the instant t of the contract. ``tiers`` empty
means every tier. ``kind`` 0 means all kinds, else a number of events.model.KIND_IDS. Areas are code prefixes ('' is the
whole country), units are codes; where an area is asked for, a unit's code is one too.
"""

from streams.store.areas import area_between, area_load, area_series, area_totals, coverage, kind_shares, top_issuers
from streams.store.demands import recent_demands, upcoming_demands
from streams.store.health import stream_health
from streams.store.units import hotspots, hotspots_at, tier_days, tier_load, unit_load, unit_series

__all__ = [
    "area_between",
    "area_load",
    "area_series",
    "area_totals",
    "coverage",
    "hotspots",
    "hotspots_at",
    "kind_shares",
    "recent_demands",
    "stream_health",
    "tier_days",
    "tier_load",
    "top_issuers",
    "unit_load",
    "unit_series",
    "upcoming_demands",
]
