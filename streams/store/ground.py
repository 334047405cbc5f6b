"""Codes as ranks: which units a read is about, and which shard holds all of them.

Pure. Flows in: a Registry, codes. Flows out: ``Ground``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams.registry.model import Range
from streams.registry.registry import Registry


class Ground(NamedTuple):
    """Ranges of ranks, at most one of a tier, none empty. ``shard`` is the one that holds them all, None for several."""

    ranges: tuple[Range, ...]
    shard: int | None
    whole: bool = False
    """Whether the ranges are whole tiers."""

    @property
    def units(self) -> int:
        """How many units that is."""
        return sum(one.hi - one.lo for one in self.ranges)


def of_unit(registry: Registry, code: str) -> Ground:
    """One unit; bureaus are named CODE-LINE. Raises UnknownUnit."""
    tier, rank = registry.rank_of(code)
    return Ground((Range(tier, rank, rank + 1),), registry.shards().shard_of(code))


def of_area(registry: Registry, area: str, tiers: Sequence[str] = ()) -> Ground:
    """The units of an area in some tiers (none named: in every tier, the division's own unit among them).

    A bureau's code stands for that bureau alone. Raises UnknownArea, UnknownTier, UnknownUnit.
    """
    if "-" in area:
        return of_unit(registry, area)
    numbers = [registry.tier_id(tier) for tier in tiers] or registry.tiers
    found = (Range(number, *registry.range_of(area, number)) for number in numbers)
    ranges = tuple(one for one in found if one.lo < one.hi)
    return Ground(ranges, registry.shards().shard_of(area) if area else None, area == "")
