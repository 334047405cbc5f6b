"""Load rules: every unit of every tier against its level, at once; only what changed comes out (R05, R11, R12, R15, R20).

Pure, no clock. Flows in: loads by metric and tier (int64 by rank), the rules in force. Flows out: changes as ranks, and truths.
A unit's level is the largest of the limit in force at its place (per head: times its establishment), the peers' quantile, and ``band`` times
its own season. What is not known does not raise a level; a unit whose establishment is not known is not judged per head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.ledger.metrics import Metric, interval
from streams.ledger.postings import Postings
from streams.registry import Registry
from streams.rules.book import Rulebook, Standing
from streams.rules.machine import Finding, Findings
from streams.rules.predicates import RuleFault, fault_of
from streams.rules.truth import Truth

I64 = NDArray[np.int64]
LoadOf = Callable[[Metric, int], I64]
"""Loads of a metric and tier, by rank."""
NEVER: Final = np.iinfo(np.int64).max
PEERS: Final = 5
"""Fewer units than these are no peers. Units without any load are none either: nothing heard of them is no sign of a light load."""


@dataclass(frozen=True)
class Change:
    """Units of a tier that a rule began to hold for (``up``) or ceased to (``down``): ranks, with loads and levels of both."""

    rule: str
    metric: Metric
    tier: int
    up: NDArray[np.intp]
    up_loads: I64
    up_levels: I64
    down: NDArray[np.intp]
    down_loads: I64


@dataclass
class _Watched:
    """One rule over one tier."""

    rule: Standing
    metric: Metric
    tier: int
    limits: I64 | np.int64
    clear_share: float
    over: NDArray[np.bool_]
    inner: int
    """The tier whose load is measured: the same, but for rules on areas."""
    mean_of: tuple[I64, I64] | None = None
    """Of a rule on areas: where the units inside each area begin and end."""
    variants: Mapping[str, Standing] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What its findings are about: units, or areas."""
        return "unit" if self.mean_of is None else "area"


class LoadWatch:
    """The load rules in force on a day, and for which units each holds. Mutable; owned by one caller."""

    def __init__(
        self, book: Rulebook, registry: Registry, day: date, seasons: Mapping[tuple[Metric, int], I64] | None = None
    ) -> None:
        """``seasons``: what a unit usually bears at this time of year, by metric and tier."""
        self._book, self._registry = book, registry
        self._seasons = seasons or {}
        self._watched: dict[tuple[str, int], _Watched] = {}
        self.faults: list[RuleFault] = []
        """Rules that could not be asked at the last look."""
        self.day = day
        self.move(day)

    @property
    def metrics(self) -> tuple[tuple[Metric, int], ...]:
        """What ``changes`` will ask for, each once."""
        return tuple(dict.fromkeys((watched.metric, watched.inner) for watched in self._watched.values()))

    def move(self, day: date, seasons: Mapping[tuple[Metric, int], I64] | None = None) -> None:
        """Go on under the law (and season) of another day; units that a rule holds for stay so until their load says otherwise."""
        self.day = day
        self._seasons = self._seasons if seasons is None else seasons
        before, self._watched = self._watched, {}
        for rule, variants in self._variants(day).items():
            first = next(iter(variants.values()))
            for level in first.rule.scope.tiers or ("township", "village"):
                tier = self._registry.tier_id(level)
                held = before.get((rule, tier))
                over = np.zeros(self._registry.size(tier), np.bool_) if held is None else held.over
                self._watched[rule, tier] = self._watch(variants, tier, over)

    def _variants(self, day: date) -> dict[str, dict[str, Standing]]:
        """By rule: the areas where a variant begins to apply, from above to below."""
        found: dict[str, dict[str, Standing]] = {}
        for area in sorted({"", *(pack.area for pack in self._book.packs)}, key=len):
            for one in self._book.in_force(area, day):
                if one.rule.family == "load":
                    found.setdefault(one.rule.id, {})[area] = one
        return found

    def _watch(self, variants: Mapping[str, Standing], tier: int, over: NDArray[np.bool_]) -> _Watched:
        first = next(iter(variants.values()))
        load = first.rule.load
        assert load is not None  # a load rule has one: Rule checks it
        size = self._registry.size(tier)
        limits = np.full(size, NEVER, np.int64)
        for area, one in variants.items():
            lo, hi = self._registry.span_of(area, tier)
            limits[lo:hi] = int(one.rule.limit)
        if load.per_head:
            staff = self._registry.staff(tier).astype(np.int64)
            limits = np.where((staff > 0) & (limits < NEVER), limits * staff, NEVER)
        uniform = size > 0 and bool((limits == limits[0]).all())
        clear = first.rule.limit if first.rule.clear is None else first.rule.clear
        share = clear / first.rule.limit if first.rule.limit else 1.0
        inner = tier if load.mean_of is None else self._registry.tier_id(load.mean_of)
        metric = Metric.parse(load.metric)
        spans = None if load.mean_of is None else self._spans(tier, inner)
        return _Watched(
            first, metric, tier, limits[0] if uniform else limits, share, over, inner, spans, dict(variants)
        )

    def _spans(self, tier: int, inner: int) -> tuple[I64, I64]:
        """Where the units of a lower tier begin and end inside each unit of a tier."""
        codes = (self._registry.code_of(tier, rank) for rank in range(self._registry.size(tier)))
        spans = np.array([self._registry.span_of(code, inner) for code in codes], np.int64).reshape(-1, 2)
        return spans[:, 0], spans[:, 1]

    def changes(self, loads: LoadOf) -> list[Change]:
        """What changed since the last call; loads must cover whole tiers. A rule that cannot be asked is in ``faults`` and changes nothing."""
        found: list[Change] = []
        self.faults = []
        for watched in self._watched.values():
            try:
                change = self._moved(watched, self._values(watched, loads))
            except Exception as error:  # one rule must not keep the others from being asked
                self.faults.append(fault_of(watched.rule, error, "units"))
                continue
            if change is not None:
                found.append(change)
        return found

    def _values(self, watched: _Watched, loads: LoadOf) -> I64:
        """What each unit of the rule's tier bears; of areas, the mean of the units inside (0 where there are none)."""
        if watched.mean_of is None:
            return loads(watched.metric, watched.tier)
        sums = np.concatenate(([0], np.cumsum(loads(watched.metric, watched.inner))))
        lo, hi = watched.mean_of
        means: I64 = (sums[hi] - sums[lo]) // np.maximum(hi - lo, 1)
        return means

    def _moved(self, watched: _Watched, values: I64) -> Change | None:
        levels = self._levels(watched, values)
        over = values > levels
        if watched.over.any():
            cleared = levels if watched.clear_share == 1.0 else np.floor(levels * watched.clear_share).astype(np.int64)
            over |= watched.over & (values > cleared)
        changed = np.flatnonzero(over != watched.over)
        if not len(changed):
            return None
        change = _change(watched, changed, over, values, levels)
        watched.over = over
        return change

    def _levels(self, one: _Watched, values: I64) -> I64 | np.int64:
        load = one.rule.rule.load
        levels: I64 | np.int64 = one.limits
        if load is None:
            return levels
        peers = values[values > 0] if load.peer_quantile is not None else values[:0]
        if load.peer_quantile is not None and len(peers) >= PEERS:
            place = min(int(load.peer_quantile * len(peers)), len(peers) - 1)
            levels = np.maximum(levels, np.partition(peers, place)[place])
        season = self._seasons.get((one.metric, one.tier))
        if load.band is not None and season is not None:
            levels = np.maximum(levels, np.floor(season * load.band).astype(np.int64))
        return levels

    def truths(self, changes: Iterable[Change]) -> list[Truth]:
        """The changes as truths about units."""
        out: list[Truth] = []
        for one in changes:
            watched = self._watched[one.rule, one.tier]
            for rank, load, level in zip(one.up.tolist(), one.up_loads.tolist(), one.up_levels.tolist(), strict=True):
                out.append(self._truth(watched, rank, True, load, level))
            for rank, load in zip(one.down.tolist(), one.down_loads.tolist(), strict=True):
                out.append(self._truth(watched, rank, False, load, 0))
        return out

    def _truth(self, one: _Watched, rank: int, holds: bool, load: int, level: int) -> Truth:
        code = self._registry.code_of(one.tier, rank)
        standing = _applying(one, code)
        rule = standing.rule
        return Truth(
            rule=rule.id,
            subject=f"{one.subject}:{code}",
            period="",
            holds=holds,
            value=float(load),
            limit=float(level),
            edition=standing.edition,
            layer=rule.layer,
            for_us=rule.for_us,
            keep_firing_us=rule.keep_firing_us,
            place=code.partition("-")[0],
            inputs={"metric": str(one.metric), "level": level},
        )

    def standing(self, rule: str, code: str) -> Standing | None:
        """A rule as it applies to a unit today; None where it does not."""
        place = self._registry.find(code)
        watched = None if place is None else self._watched.get((rule, place[0]))
        return None if watched is None else _applying(watched, code)

    def forget(self, findings: Iterable[Finding]) -> None:
        """Look anew at what these findings are about: by the law of today they may hold, under a new edition, or not."""
        for finding in findings:
            place = self._registry.find(code_of(finding.subject))
            if place is not None and (finding.rule, place[0]) in self._watched:
                self._watched[finding.rule, place[0]].over[place[1]] = False

    def restore(self, findings: Findings) -> None:
        """Take up again from stored findings, so that only what differs from them is a change."""
        for finding in findings.open():
            place = self._registry.find(code_of(finding.subject)) if finding.holds else None
            if place is not None and (finding.rule, place[0]) in self._watched:
                self._watched[finding.rule, place[0]].over[place[1]] = True


def code_of(subject: str) -> str:
    """The code of ``unit:CODE`` or ``area:CODE``; '' for other subjects."""
    kind, _, code = subject.partition(":")
    return code if kind in ("unit", "area") else ""


def _applying(watched: _Watched, code: str) -> Standing:
    """The variant that applies to a unit: that of the lowest area around it."""
    area = max((area for area in watched.variants if code.startswith(area)), key=len, default="")
    return watched.variants.get(area, watched.rule)


def _change(
    one: _Watched, changed: NDArray[np.intp], over: NDArray[np.bool_], values: I64, levels: I64 | np.int64
) -> Change:
    rising = over[changed]
    up, down = changed[rising], changed[~rising]
    reached = np.broadcast_to(np.asarray(levels, np.int64), values.shape)[up]
    return Change(one.rule.rule.id, one.metric, one.tier, up, values[up], reached, down, values[down])


@dataclass(frozen=True)
class Contribution:
    """What one demand adds to a unit's load."""

    key: int
    issuer: str
    start_us: int
    amount: int


def contributions(postings: Postings, metric: Metric, now_us: int, tier: int, rank: int) -> list[Contribution]:
    """The postings that a unit's load is the sum of, the largest first."""
    after, until = interval(metric.window, now_us)
    p = postings
    mine = (p.tier == tier) & (p.lo <= rank) & (rank < p.hi) & (p.start_us > after) & (p.start_us <= until)
    if metric.kind:
        mine &= p.kind == metric.kind
    amounts = {"minutes": p.likely, "minutes_low": p.low, "minutes_high": p.high, "count": p.n}[metric.measure]
    found = [
        Contribution(int(p.key[at]), str(p.issuer[at]), int(p.start_us[at]), int(amounts[at]))
        for at in np.flatnonzero(mine).tolist()
    ]
    return sorted(found, key=lambda one: (-one.amount, one.start_us, one.key))
