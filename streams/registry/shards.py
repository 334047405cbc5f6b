"""Shards: fixed groups of neighbouring provinces, balanced by villages, so that workers can share the nation.

Pure. Flows in: the national village codes (own organisations never move a boundary) and a registry. Flows out: shard numbers, the ranks
that a shard holds in each tier, ranges clipped to a shard.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from streams.registry.errors import RegistryError, UnknownArea
from streams.registry.model import WIDTHS, Range, Ranges

if TYPE_CHECKING:
    from streams.registry.national import Codes
    from streams.registry.registry import Registry

PROVINCE_SPAN = 10**10
"""Village numbers that share a province prefix."""


class ShardMap:
    """``n`` shards. Shard ``i`` holds the province prefixes ``starts[i] <= prefix < starts[i + 1]``, and every code below them."""

    def __init__(self, registry: Registry, n: int, villages: Codes) -> None:
        prefixes, weights = np.unique(villages // PROVINCE_SPAN, return_counts=True)
        if not 1 <= n <= len(prefixes):
            raise RegistryError(
                "shards", str(n), f"must be 1 to {len(prefixes)}", "use as many shards as provinces at most"
            )
        cuts = balanced([int(weight) for weight in weights], n)
        self.n = n
        self._registry = registry
        self.starts: tuple[int, ...] = (0, *(int(prefixes[cut]) for cut in cuts))
        """First province prefix of each shard; the first is 0, so that every code has a shard."""
        self._edges: dict[int, tuple[int, ...]] = {}

    def shard_of(self, code: str) -> int:
        """Shard of a unit or area code. Raises UnknownArea for '' (the country lies in all shards) and for other texts."""
        prefix = code[:2]
        if len(prefix) < 2 or not (prefix.isascii() and prefix.isdigit()):
            raise UnknownArea("code", code, "lies in no single shard", "use a code that begins with a province")
        return bisect_right(self.starts, int(prefix)) - 1

    def _edges_of(self, tier: int) -> tuple[int, ...]:
        found = self._edges.get(tier)
        if found is None:
            numbers = self._registry.numbers(tier)
            factor = 10 ** (WIDTHS[self._registry.level_of_tier(tier) - 1] - 2)
            inner = numbers.searchsorted([start * factor for start in self.starts[1:]])
            found = self._edges[tier] = (0, *(int(edge) for edge in inner), len(numbers))
        return found

    def shard_ranges(self, shard: int, tier: int) -> tuple[int, int]:
        """Ranks ``(lo, hi)`` that a shard holds in a tier; the shards' ranges cover the tier without a gap or overlap."""
        if not 0 <= shard < self.n:
            raise RegistryError("shard", str(shard), f"must be 0 to {self.n - 1}", "use a shard of this map")
        edges = self._edges_of(tier)
        return edges[shard], edges[shard + 1]

    def clip(self, ranges: Ranges, shard: int) -> Ranges:
        """The part of ``ranges`` that lies in a shard, ranks unchanged."""
        out: list[Range] = []
        for tier, lo, hi in ranges:
            low, high = self.shard_ranges(shard, tier)
            if max(lo, low) < min(hi, high):
                out.append(Range(tier, max(lo, low), min(hi, high)))
        return tuple(out)

    def split(self, ranges: Ranges) -> dict[int, Ranges]:
        """``ranges`` by shard, only shards that they touch, ascending."""
        out: dict[int, list[Range]] = {}
        for tier, lo, hi in ranges:
            edges = self._edges_of(tier)
            shard = bisect_right(edges, lo) - 1
            while shard < self.n and edges[shard] < hi:
                low, high = max(lo, edges[shard]), min(hi, edges[shard + 1])
                if low < high:
                    out.setdefault(shard, []).append(Range(tier, low, high))
                shard += 1
        return {shard: tuple(out[shard]) for shard in sorted(out)}


def balanced(weights: list[int], n: int) -> list[int]:
    """Where to cut ``weights`` into ``n`` contiguous, non-empty groups so that the heaviest group is lightest: n - 1 places."""
    total = len(weights)
    sums = [0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    best = [[sums[-1] + 1] * (total + 1) for _ in range(n + 1)]
    cut = [[0] * (total + 1) for _ in range(n + 1)]
    best[0][0] = 0
    for groups in range(1, n + 1):
        for end in range(groups, total + 1):
            for start in range(groups - 1, end):
                heaviest = max(best[groups - 1][start], sums[end] - sums[start])
                if heaviest < best[groups][end]:
                    best[groups][end], cut[groups][end] = heaviest, start
    cuts: list[int] = []
    end = total
    for groups in range(n, 1, -1):
        end = cut[groups][end]
        cuts.append(end)
    return cuts[::-1]
