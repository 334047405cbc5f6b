"""The run of days: how many demands of each sort fall on a day, who makes them, and in which order everything arrives.

Pure. Flows in: a registry, a seed, days, an area, a scale. Flows out: records in order of arrival. Days are made one after another
and forgotten, so that the memory of a run is that of a day and of what is late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from streams.registry import Registry
from streams.simulate import season
from streams.simulate.choosing import Numbers
from streams.simulate.demands import Maker
from streams.simulate.matters import MATTERS
from streams.simulate.places import Office, World
from streams.simulate.rates import FLOWS, LEVELS, Flow
from streams.simulate.sink import DAY_US, EPOCH, Record, Sink, at

UNDECIDED_US: Final = 14 * DAY_US
"""No meeting is called so shortly before a silence, because its outcome would be missing."""
DIRECT: Final = {"prefecture": 0, "province": 1, "centre": 2}
Edges = npt.NDArray[np.float64]


class Run:
    """One stream from ``start`` to ``end`` (exclusive)."""

    def __init__(
        self, registry: Registry, *, seed: int, start: date, end: date, area: str, scale: float, breadth: int = 1
    ) -> None:
        self.start, self.end, self.scale = start, end, scale
        self.world = World(registry, area, breadth)
        key = (seed % 2**63, crc32(area.encode()))
        self.sink = Sink(key, at(end, 0))
        self.maker = Maker(self.world, self.sink, Numbers(self.world, start))
        self.rng = np.random.default_rng([*key, 0])
        self.quiet = self.sink.quiet
        self.plans: dict[date, list[Callable[[], None]]] = {}
        """What is planted, by day."""
        self._edges: dict[tuple[str, str], Edges] = {}
        self._weights = {
            (flow.name, level): self._spread(flow, level) for flow in FLOWS for level in LEVELS if flow.rate(level)
        }

    def _spread(self, flow: Flow, level: str) -> Edges:
        """How busy each place of a level is, 1 in the median."""
        count = len(self.world.levels[level])
        return np.exp(self.rng.normal(0.0, flow.sigma if level == "county" else 0.2, count))

    def expected(self, only: tuple[str, ...] = ()) -> float:
        """About how many issuances (of the named sorts ``only``) the whole run makes."""
        days = (self.end - self.start).days
        wanted = [key for key in self._weights if not only or key[0] in only]
        rate = {flow.name: flow for flow in FLOWS}
        per_year = sum(float(self._weights[name, level].sum()) * rate[name].rate(level) for name, level in wanted)
        shares = sum(season.share(self.start + timedelta(days=n), "plain") for n in range(days))
        return per_year * shares * self.scale

    def busiest(self) -> list[int]:
        """The lowest places, the busiest first."""
        return [int(number) for number in np.argsort(-self._weights["document", "county"], kind="stable")]

    def weight(self, flow: Flow, level: str) -> float:
        """Issuances a year of all places of a level."""
        return float(self._weights[flow.name, level].sum()) * flow.rate(level)

    def anyone(self, flow: Flow, level: str, pick: float) -> Office:
        """An office that might issue a demand of a sort, busy ones more often."""
        edges = self._edges.get((flow.name, level))
        if edges is None:
            edges = self._edges[flow.name, level] = np.cumsum(self._weights[flow.name, level])
        places = self.world.levels[level]
        place = places[min(int(np.searchsorted(edges, pick * edges[-1])), len(places) - 1)]
        line = int(np.searchsorted(self.world.line_edges, self.sink.draw()))
        return self.world.office(place, self.world.lines[min(line, len(self.world.lines) - 1)])

    def records(self, only: tuple[str, ...] = ()) -> Iterator[Record]:
        """All records in order of arrival (of the named sorts ``only``); after the last day, those that are still on their way."""
        for number in range((self.end - self.start).days):
            day = self.start + timedelta(days=number)
            self.make(day, only)
            for plan in self.plans.pop(day, ()):
                plan()
            yield from self.sink.take(day.toordinal() - EPOCH)
        while waiting := self.sink.waiting:
            for left in waiting:
                yield from self.sink.take(left)

    def make(self, day: date, only: tuple[str, ...] = ()) -> None:
        """All issuances of a day."""
        for level in LEVELS:
            for flow in FLOWS:
                weights = self._weights.get((flow.name, level))
                if weights is not None and len(weights) and (not only or flow.name in only):
                    self._make(flow, level, weights, day)

    def _make(self, flow: Flow, level: str, weights: Edges, day: date) -> None:
        places = self.world.levels[level]
        total = float(weights.sum())
        count = int(self.rng.poisson(total * flow.rate(level) * season.share(day, flow.shape) * self.scale))
        if not count:
            return
        at_place = np.searchsorted(np.cumsum(weights) / total, self.rng.random(count)).clip(0, len(places) - 1)
        at_line = np.searchsorted(self.world.line_edges, self.rng.random(count)).clip(0, len(self.world.lines) - 1)
        seconds = season.MOMENTS[self.rng.integers(0, len(season.MOMENTS), count)] + self.rng.integers(0, 60, count)
        order = np.argsort(seconds, kind="stable")
        midnight = at(day, 0)
        times = (midnight + seconds[order] * 1_000_000).tolist()
        direct = flow.direct[DIRECT[level]] if level in DIRECT else 1.0
        lines, office, quiet = self.world.lines, self.world.office, self.quiet
        for t_us, place, line in zip(times, at_place[order].tolist(), at_line[order].tolist(), strict=True):
            one = office(places[place], lines[line])
            if one.issuer in quiet:
                first_us, last_us = quiet[one.issuer]
                if first_us - (UNDECIDED_US if flow.name == "meeting" else 0) <= t_us < last_us:
                    continue
            self.one(flow, one, t_us, direct)

    def one(self, flow: Flow, office: Office, t_us: int, direct: float) -> None:
        """One issuance."""
        maker = self.maker
        if flow.name == "document":
            maker.document(office, t_us, direct)
        elif flow.name == "meeting":
            maker.meeting(office, t_us, direct)
        elif flow.name == "inspection":
            maker.inspection(office, t_us)
        elif flow.name == "request":
            maker.request(office, t_us, direct)
        elif flow.name == "standing":
            maker.standing(office, t_us, direct)
        else:
            MATTERS[flow.name](maker, office, t_us, direct)
