"""The load of every unit, kept up to date as postings come and time passes.

Pure, no clock: the caller says what time it is. Flows in: postings, instants. Flows out: loads as int64 arrays, crossings of limits.

All tiers lie in one array, each with one place more than it has units, so that a range [lo, hi) is +m at lo and -m at hi and the running sum
over a tier is the load of every unit of it at once. A metric keeps its differences; the running sum is taken when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.ledger.lines import Columns, LineStore, Run
from streams.ledger.metrics import COLUMNS, FARTHEST_AHEAD_US, Metric, interval
from streams.ledger.postings import Postings

I64 = NDArray[np.int64]


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

    def lines(self, postings: Postings) -> Columns:
        """Columns of postings, with ranks turned into places."""
        p, base = postings, self._base.take(postings.tier)
        lo, hi = p.lo.astype(np.int32) + base, p.hi.astype(np.int32) + base
        return {"lo": lo, "hi": hi, "kind": p.kind, "low": p.low, "likely": p.likely, "high": p.high, "n": p.n}

    def slice_of(self, tier: int) -> slice:
        """The places of a tier's units. Raises KeyError for a tier without size."""
        return slice(self._at[tier], self._at[tier] + self.sizes[tier])


def add_ranges(differences: I64, lo: NDArray[np.int32], hi: NDArray[np.int32], amount: I64, sign: int = 1) -> None:
    """Add ``sign * amount`` over each [lo, hi), as differences, in place.

    Adding at places beats a count over the whole array (``bincount``) at every size from 2,000 to a million lines, and stays in integers.
    """
    if sign < 0:
        lo, hi = hi, lo
    np.add.at(differences, lo, amount)
    np.subtract.at(differences, hi, amount)


class Part(NamedTuple):
    """The lines of one kind, and how many units they reach; ``which`` is None for all."""

    which: I64 | None
    lo: NDArray[np.int32]
    hi: NDArray[np.int32]
    units: int

    @classmethod
    def of(cls, lines: Columns, which: I64 | None, kind: int) -> Part:
        """Of the lines at ``which``; of all kinds where ``kind`` is 0."""
        if kind:
            kinds = _taken(lines["kind"], which)
            which = np.flatnonzero(kinds == kind) if which is None else which[kinds == kind]
        lo, hi = _taken(lines["lo"], which), _taken(lines["hi"], which)
        return cls(which, lo, hi, int(hi.sum(dtype=np.int64) - lo.sum(dtype=np.int64)))

    def amount(self, lines: Columns, metric: Metric) -> I64:
        """What each line adds to each of its units."""
        return _taken(lines[COLUMNS[metric.measure]], self.which)


def _taken(column: NDArray[Any], which: I64 | None) -> NDArray[Any]:
    return column if which is None else column.take(which)


WAITED_US: Final = 60_000_000
"""A clock that was put back by no more than this is waited for."""


class Ledger:
    """Loads of all tiers for a set of metrics at one instant."""

    def __init__(self, sizes: Mapping[int, int], metrics: Sequence[Metric], now_us: int) -> None:
        """``sizes``: units by tier. All loads begin at 0."""
        self.layout = Layout(sizes)
        self.metrics = tuple(metrics)
        self.now_us = now_us
        self._held = LineStore(_columns_for(self.metrics))
        self._differences = {metric: np.zeros(self.layout.width, np.int64) for metric in self.metrics}
        self._loads: dict[Metric, I64] = {}
        """Running sums of the metrics that somebody asked loads of: a worker that tells digests alone needs none."""
        self._scratch: tuple[Metric, int, int, I64] | None = None
        """The tier that was digested last, at how many changes, and its loads."""
        self._changes = dict.fromkeys(self.metrics, 0)
        self._summed: dict[tuple[Metric, int], int] = {}
        self._windows: dict[str, list[Metric]] = {}
        for metric in self.metrics:
            self._windows.setdefault(metric.window, []).append(metric)

    def __len__(self) -> int:
        """Lines held."""
        return len(self._held)

    def apply(self, postings: Postings) -> int:
        """Add postings, whenever they start; the number of unit updates made (units x metrics)."""
        if not len(postings):
            return 0
        lines, index = self.layout.lines(postings), Run.of(postings.start_us)
        bounds = [interval(window, self.now_us) for window in self._windows]
        cuts = index.start.searchsorted(np.array(bounds, np.int64).reshape(-1, 2), "right").tolist()
        updates = 0
        for (first, end), metrics in zip(cuts, self._windows.values(), strict=True):
            if first < end:
                which = index.place[first:end] if end - first < len(postings) else None
                updates += self._add(lines, which, metrics, 1)
        oldest = min((after for after, _ in bounds), default=self.now_us)
        self._held.add(lines, index, drop_until=min(oldest, self.now_us))
        return updates

    def is_far_ahead(self, now_us: int) -> bool:
        """Whether the clock was put back so far that another ledger must be built rather than waiting for it to come here again."""
        return self.now_us - now_us > WAITED_US

    def advance(self, now_us: int) -> None:
        """Let time pass to ``now_us``. Raises ValueError when it lies before the present."""
        if now_us < self.now_us:
            raise ValueError(f"now_us {now_us}: lies before {self.now_us}; a ledger only goes forward")
        for window, metrics in self._windows.items():
            after, until = interval(window, self.now_us)
            new_after, new_until = interval(window, now_us)
            for entering in self._held.between(until, new_until):
                self._add(self._held.columns, entering, metrics, 1)
            for leaving in self._held.between(after, new_after):
                self._add(self._held.columns, leaving, metrics, -1)
        self.now_us = now_us

    def _add(self, lines: Columns, which: I64 | None, metrics: Iterable[Metric], sign: int) -> int:
        """Add the lines at ``which`` (None: all), which lie in the window of ``metrics``; those of other kinds are passed over."""
        updates = 0
        parts: dict[int, Part] = {}
        for metric in metrics:
            if metric.kind not in parts:
                parts[metric.kind] = Part.of(lines, which, metric.kind)
            part = parts[metric.kind]
            if len(part.lo):
                add_ranges(self._differences[metric], part.lo, part.hi, part.amount(lines, metric), sign)
                self._changes[metric] += 1
                updates += part.units
        return updates

    def load(self, metric: Metric, tier: int) -> I64:
        """Loads of a tier by rank; a view that the next change makes old. Raises KeyError for a metric that is not kept.

        The differences of a tier add up to 0, so each tier's running sum stands alone and is taken only when the tier is asked for.
        """
        where, changes = self.layout.slice_of(tier), self._changes[metric]
        if metric not in self._loads:
            self._loads[metric] = np.zeros(self.layout.width, np.int64)
        loads = self._loads[metric][where]
        if self._summed.get((metric, tier), 0) != changes:
            np.cumsum(self._differences[metric][where], out=loads)
            self._summed[metric, tier] = changes
        return loads

    def all_loads(self, metric: Metric) -> I64:
        """Loads of all places (see ``Layout``); a view that the next change makes old. Raises KeyError for a metric that is not kept."""
        for tier in self.layout.sizes:
            self.load(metric, tier)
        return self._loads[metric]

    def _passing(self, metric: Metric, tier: int) -> I64:
        """Loads of a tier that are not kept beyond the next tier or metric that is asked for."""
        changes = self._changes[metric]
        if metric in self._loads:
            return self.load(metric, tier)
        if self._scratch is None or self._scratch[:3] != (metric, tier, changes):
            self._scratch = metric, tier, changes, np.cumsum(self._differences[metric][self.layout.slice_of(tier)])
        return self._scratch[3]

    def digest(self, metric: Metric, tier: int, lo: int = 0, hi: int | None = None) -> tuple[int, int]:
        """Sum of the loads of the ranks [lo, hi) of a tier, and their sum weighted by rank + 1 modulo 2^64."""
        loads = self._passing(metric, tier)[lo:hi]
        weights = np.arange(lo + 1, lo + 1 + len(loads), dtype=np.uint64)
        return int(loads.sum()), int((loads.astype(np.uint64) * weights).sum(dtype=np.uint64))

    def over(self, limits: Mapping[Metric, Mapping[int, int]]) -> dict[tuple[Metric, int], NDArray[np.intp]]:
        """Ranks above the limit, for each metric and tier that has one."""
        found: dict[tuple[Metric, int], NDArray[np.intp]] = {}
        for metric, by_tier in limits.items():
            for tier, limit in by_tier.items():
                found[metric, tier] = self._above(metric, tier, limit)
        return found

    def _above(self, metric: Metric, tier: int, limit: int) -> NDArray[np.intp]:
        """Ranks above a limit. Loads only change where a range begins or ends, so sums are taken at these places alone while they are few."""
        if limit < 0 or self._summed.get((metric, tier), 0) == self._changes[metric]:
            return np.flatnonzero(self.load(metric, tier) > limit)
        differences = self._differences[metric][self.layout.slice_of(tier)]
        edges = np.flatnonzero(differences != 0)
        hot = np.flatnonzero(np.cumsum(differences[edges]) > limit)
        first = edges[hot]
        length = np.append(edges, len(differences))[hot + 1] - first
        before = np.cumsum(length) - length
        return np.repeat(first - before, length) + np.arange(int(length.sum()))

    def preview(self, postings: Postings, limits: Mapping[Metric, Mapping[int, int]]) -> list[Crossing]:
        """Which units these postings would take over which limit now; nothing is changed."""
        crossings: list[Crossing] = []
        for metric, by_tier in limits.items():
            change = _differences(self.layout, postings, metric, self.now_us)
            for tier, limit in by_tier.items():
                before = self.load(metric, tier)
                after_it = before + np.cumsum(change[self.layout.slice_of(tier)])
                ranks = np.flatnonzero((before <= limit) & (after_it > limit))
                if len(ranks):
                    crossings.append(Crossing(metric, tier, ranks, before[ranks], after_it[ranks]))
        return crossings


def loads_at(postings: Postings, metric: Metric, t_us: int, sizes: Mapping[int, int]) -> dict[int, I64]:
    """Loads of one metric at any instant, straight from postings: by tier, by rank."""
    layout = Layout(sizes)
    loads = np.cumsum(_differences(layout, postings, metric, t_us))
    return {tier: loads[layout.slice_of(tier)] for tier in layout.sizes}


def _differences(layout: Layout, postings: Postings, metric: Metric, t_us: int) -> I64:
    """What postings alone make of a metric at an instant, as differences."""
    lines = layout.lines(postings)
    after, until = interval(metric.window, t_us)
    inside = np.flatnonzero((postings.start_us > after) & (postings.start_us <= until))
    part = Part.of(lines, inside, metric.kind)
    differences = np.zeros(layout.width, np.int64)
    add_ranges(differences, part.lo, part.hi, part.amount(lines, metric))
    return differences


def _columns_for(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """The columns of a line that these metrics need."""
    metrics = tuple(metrics)
    kinds = ("kind",) if any(metric.kind for metric in metrics) else ()
    return ("lo", "hi", *kinds, *sorted({COLUMNS[metric.measure] for metric in metrics}))


__all__ = ["FARTHEST_AHEAD_US", "Crossing", "Layout", "Ledger", "add_ranges", "loads_at"]
