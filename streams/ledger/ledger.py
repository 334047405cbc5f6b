"""The load of every unit, kept up to date as postings come and time passes.

Pure, no clock: the caller says what time it is. Flows in: postings, instants. Flows out: loads as int64 arrays, crossings of limits.

All tiers lie in one array, each with one place more than it has units, so that a range [lo, hi) is +m at lo and -m at hi and the running sum
over the whole array is every unit's load at once. A metric keeps its differences; the running sum is taken when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.ledger.lines import Lines, SortedRuns
from streams.ledger.metrics import COLUMNS, FARTHEST_AHEAD_US, Metric, interval
from streams.ledger.postings import Postings

I64 = NDArray[np.int64]
SCATTER_BOUND: Final = 40_000
"""Up to so many lines are added one by one; above, a count over the whole array is quicker."""


@dataclass(frozen=True)
class Crossing:
    """Units that a metric takes over a limit: ranks, loads before and after."""

    metric: Metric
    tier: int
    ranks: NDArray[np.intp]
    before: I64
    after: I64


class Layout:
    """Where each tier lies in the one array."""

    def __init__(self, sizes: Mapping[int, int]) -> None:
        self.sizes = dict(sorted(sizes.items()))
        self._base = np.zeros(256, np.int32)
        self._at: dict[int, int] = {}
        place = 0
        for tier, size in self.sizes.items():
            self._at[tier] = place
            self._base[tier] = place
            place += size + 1
        self.width = place

    def lines(self, postings: Postings) -> Lines:
        """Postings with their ranks turned into places."""
        base = self._base[postings.tier]
        lo, hi = postings.lo.astype(np.int32) + base, postings.hi.astype(np.int32) + base
        p = postings
        return Lines(p.start_us, lo, hi, p.kind, p.low, p.likely, p.high, p.n)

    def slice_of(self, tier: int) -> slice:
        """The places of a tier's units. Raises KeyError for a tier without size."""
        return slice(self._at[tier], self._at[tier] + self.sizes[tier])


def add_ranges(differences: I64, lo: NDArray[np.int32], hi: NDArray[np.int32], amount: I64, sign: int = 1) -> None:
    """Add ``sign * amount`` over each [lo, hi), as differences, in place."""
    if sign < 0:
        amount = -amount
    if len(lo) <= SCATTER_BOUND:
        np.add.at(differences, lo, amount)
        np.subtract.at(differences, hi, amount)
        return
    places = np.concatenate((lo, hi))
    weights = np.concatenate((amount, -amount)).astype(np.float64)
    # float64 sums are exact here: amounts are at most 10^6 and a place holds fewer than 10^9 of them
    differences += np.bincount(places, weights, len(differences)).astype(np.int64)


class Ledger:
    """Loads of all tiers for a set of metrics at one instant."""

    def __init__(self, sizes: Mapping[int, int], metrics: Sequence[Metric], now_us: int) -> None:
        """``sizes``: units by tier. All loads begin at 0."""
        self._layout = Layout(sizes)
        self.metrics = tuple(metrics)
        self.now_us = now_us
        self._runs = SortedRuns()
        self._differences = {metric: np.zeros(self._layout.width, np.int64) for metric in self.metrics}
        self._loads = {metric: np.zeros(self._layout.width, np.int64) for metric in self.metrics}
        self._stale: set[Metric] = set()
        self._windows: dict[str, list[Metric]] = {}
        for metric in self.metrics:
            self._windows.setdefault(metric.window, []).append(metric)

    def __len__(self) -> int:
        """Lines held."""
        return len(self._runs)

    def apply(self, postings: Postings) -> int:
        """Add postings, whenever they start; the number of unit updates made (units x metrics)."""
        if not len(postings):
            return 0
        lines = self._layout.lines(postings)
        updates = 0
        oldest = self.now_us
        for window, metrics in self._windows.items():
            after, until = interval(window, self.now_us)
            oldest = min(oldest, after)
            inside = (lines.start > after) & (lines.start <= until)
            if inside.all():
                updates += self._add(lines, metrics, 1)
            elif inside.any():
                updates += self._add(lines.part(inside), metrics, 1)
        self._runs.add(lines, drop_until=oldest)
        return updates

    def advance(self, now_us: int) -> None:
        """Let time pass to ``now_us``. Raises ValueError when it lies before the present."""
        if now_us < self.now_us:
            raise ValueError(f"now_us {now_us}: lies before {self.now_us}; a ledger only goes forward")
        for window, metrics in self._windows.items():
            after, until = interval(window, self.now_us)
            new_after, new_until = interval(window, now_us)
            for entering in self._runs.between(until, new_until):
                self._add(entering, metrics, 1)
            for leaving in self._runs.between(after, new_after):
                self._add(leaving, metrics, -1)
        self.now_us = now_us

    def _add(self, lines: Lines, metrics: Iterable[Metric], sign: int) -> int:
        """Add lines that lie in the window of ``metrics``; those of other kinds are passed over."""
        updates = 0
        by_kind: dict[int, Lines] = {0: lines}
        reach: dict[int, int] = {}
        for metric in metrics:
            part = by_kind.get(metric.kind)
            if part is None:
                part = by_kind[metric.kind] = lines.part(lines.kind == metric.kind)
            if not len(part.start):
                continue
            add_ranges(self._differences[metric], part.lo, part.hi, getattr(part, COLUMNS[metric.measure]), sign)
            self._stale.add(metric)
            if metric.kind not in reach:
                reach[metric.kind] = int(part.hi.sum(dtype=np.int64) - part.lo.sum(dtype=np.int64))
            updates += reach[metric.kind]
        return updates

    def all_loads(self, metric: Metric) -> I64:
        """Loads of all places; a view that the next change makes old. Raises KeyError for a metric that is not kept."""
        loads = self._loads[metric]
        if metric in self._stale:
            np.cumsum(self._differences[metric], out=loads)
            self._stale.discard(metric)
        return loads

    def load(self, metric: Metric, tier: int) -> I64:
        """Loads of a tier by rank; a view that the next change makes old."""
        return self.all_loads(metric)[self._layout.slice_of(tier)]

    def digest(self, metric: Metric, tier: int, lo: int = 0, hi: int | None = None) -> tuple[int, int]:
        """Sum of the loads of the ranks [lo, hi) of a tier, and their sum weighted by rank + 1 modulo 2^64."""
        loads = self.load(metric, tier)[lo:hi]
        weights = np.arange(lo + 1, lo + 1 + len(loads), dtype=np.uint64)
        return int(loads.sum()), int((loads.astype(np.uint64) * weights).sum(dtype=np.uint64))

    def over(self, limits: Mapping[Metric, Mapping[int, int]]) -> dict[tuple[Metric, int], NDArray[np.intp]]:
        """Ranks above the limit, for each metric and tier that has one."""
        found: dict[tuple[Metric, int], NDArray[np.intp]] = {}
        for metric, by_tier in limits.items():
            for tier, limit in by_tier.items():
                found[metric, tier] = np.flatnonzero(self.load(metric, tier) > limit)
        return found

    def preview(self, postings: Postings, limits: Mapping[Metric, Mapping[int, int]]) -> list[Crossing]:
        """Which units these postings would take over which limit now; nothing is changed."""
        lines = self._layout.lines(postings)
        crossings: list[Crossing] = []
        for metric, by_tier in limits.items():
            after, until = interval(metric.window, self.now_us)
            inside = (lines.start > after) & (lines.start <= until)
            if metric.kind:
                inside &= lines.kind == metric.kind
            part = lines.part(inside)
            change = np.zeros(self._layout.width, np.int64)
            add_ranges(change, part.lo, part.hi, getattr(part, COLUMNS[metric.measure]))
            np.cumsum(change, out=change)
            for tier, limit in by_tier.items():
                before = self.load(metric, tier)
                after_it = before + change[self._layout.slice_of(tier)]
                ranks = np.flatnonzero((before <= limit) & (after_it > limit))
                if len(ranks):
                    crossings.append(Crossing(metric, tier, ranks, before[ranks], after_it[ranks]))
        return crossings


def loads_at(postings: Postings, metric: Metric, t_us: int, sizes: Mapping[int, int]) -> dict[int, I64]:
    """Loads of one metric at any instant, straight from postings: by tier, by rank."""
    layout = Layout(sizes)
    lines = layout.lines(postings)
    after, until = interval(metric.window, t_us)
    inside = (lines.start > after) & (lines.start <= until)
    if metric.kind:
        inside &= lines.kind == metric.kind
    part = lines.part(inside)
    loads = np.zeros(layout.width, np.int64)
    add_ranges(loads, part.lo, part.hi, getattr(part, COLUMNS[metric.measure]))
    np.cumsum(loads, out=loads)
    return {tier: loads[layout.slice_of(tier)] for tier in layout.sizes}


__all__ = ["FARTHEST_AHEAD_US", "Crossing", "Layout", "Ledger", "add_ranges", "loads_at"]
