"""The ledger against the naive oracle: random event sets, orders, duplicates, reconcile paths, shards, restarts and steps of time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events import Effort, Event, decode
from streams.events.data import us
from streams.ledger.ledger import Ledger, loads_at
from streams.ledger.lifecycle import Demand, demand_of, postings_of
from streams.ledger.metrics import MEASURES, WINDOWS, Metric
from streams.ledger.postings import Postings, concat, empty
from streams.ledger.replay import admitted, replay
from streams.registry import Registry
from streams.registry.model import Ranges
from tests.property import oracle
from tests.property.event_sets import BEGIN, TIMES, event_sets
from tests.property.small_country import country

TIERS = (2, 3, 4, 5)
UNTIL_US = us(BEGIN + timedelta(days=90))
NAMES = st.builds(
    lambda kind, measure, window: f"{kind}.{measure}.{window}",
    st.sampled_from(("all", "all", "meeting")), st.sampled_from(sorted(MEASURES)), st.sampled_from(sorted(WINDOWS)),
)  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return country(tmp_path_factory.mktemp("small"))


def demands(registry: Registry, known: Iterable[Event]) -> list[Demand]:
    """Every demand of a set of events."""
    unique = list(admitted(known))
    return [
        demand_of(original, unique, key=int(original.id[1:]), resolve=registry.resolve, estimate=estimate)
        for original in unique
        if original.verb == "issued"
    ]


def estimate(_kind: str, _data: object) -> Effort:
    return Effort(*oracle.ESTIMATE)


def should_have(registry: Registry, known: Iterable[Event], shard: int = 0, shards: int = 1) -> Postings:
    """The postings of one shard."""
    parts = registry.shards(shards)

    def clip(ranges: Ranges) -> Ranges:
        return parts.clip(ranges, shard)

    return Postings.from_rows(
        [
            row
            for demand in demands(registry, known)
            for row in postings_of(demand, until_us=UNTIL_US, rank_of=registry.find, clip=clip)
        ]
    )


class Shard:
    """A worker's state: postings and their ledger, changed by reconciling alone."""

    def __init__(self, registry: Registry, number: int, of: int, metrics: list[Metric], now: datetime) -> None:
        self._registry, self._number, self._of = registry, number, of
        self.sizes = {tier: registry.size(tier) for tier in TIERS}
        self.metrics = metrics
        self.present = empty()
        self.ledger = Ledger(self.sizes, metrics, us(now))

    def reconcile(self, known: list[Event]) -> int:
        change = should_have(self._registry, known, self._number, self._of).minus(self.present)
        self.ledger.apply(change)
        self.present = concat((self.present, change))
        return len(change)

    def restart(self, now: datetime) -> None:
        self.ledger = Ledger(self.sizes, self.metrics, us(now))
        self.ledger.apply(self.present)


def decoded(documents: Iterable[dict[str, Any]]) -> list[Event]:
    return [decode(json.dumps(one).encode()) for one in documents]


def wanted(
    registry: Registry, documents: list[dict[str, Any]], names: list[str], now: datetime
) -> dict[Any, list[int]]:
    """The oracle's loads by metric and tier, unit by unit."""
    out: dict[Any, list[int]] = {(name, tier): [] for name in names for tier in TIERS}
    for tier in TIERS:
        for unit in map(str, registry.codes(tier)):
            found = oracle.occurrences(documents, unit, now + timedelta(days=31))
            for name in names:
                out[name, tier].append(oracle.counted(found, name, now))
    return out


@settings(max_examples=150, deadline=None)
@given(documents=event_sets(), names=st.lists(NAMES, min_size=1, max_size=4, unique=True), data=st.data())
def test_shards_add_up_to_the_oracle(
    small: Registry, documents: list[dict[str, Any]], names: list[str], data: st.DataObject
) -> None:
    twice = documents + data.draw(st.lists(st.sampled_from(documents), max_size=3))
    known = decoded(data.draw(st.permutations(twice)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(known)), max_size=2))) + [len(known)]
    moments = sorted(data.draw(st.lists(TIMES, min_size=len(cuts), max_size=len(cuts))))
    count = data.draw(st.integers(1, 3))
    metrics = [Metric.parse(name) for name in names]
    shards = [Shard(small, number, count, metrics, moments[0]) for number in range(count)]
    for cut, moment in zip(cuts, moments, strict=True):
        for shard in shards:
            shard.ledger.advance(us(moment))
            shard.reconcile(known[:cut])
            if data.draw(st.booleans()):
                shard.restart(moment)
    assert sum(shard.reconcile(known[::-1]) for shard in shards) == 0, "reconciling twice changes nothing"
    later = moments[-1] + data.draw(st.timedeltas(timedelta(0), timedelta(days=40)))
    must = wanted(small, documents, names, later)
    everything = concat(shard.present for shard in shards)
    for shard in shards:
        shard.ledger.advance(us(later))
    for name, metric in zip(names, metrics, strict=True):
        alone = loads_at(everything, metric, us(later), shards[0].sizes)
        for tier in TIERS:
            together = np.sum([shard.ledger.load(metric, tier) for shard in shards], axis=0)
            assert together.tolist() == must[name, tier]
            assert alone[tier].tolist() == must[name, tier]


@settings(max_examples=80, deadline=None)
@given(documents=event_sets(), name=NAMES, now=TIMES, data=st.data())
def test_replay_equals_the_oracle(
    small: Registry, documents: list[dict[str, Any]], name: str, now: datetime, data: st.DataObject
) -> None:
    shuffled = decoded(data.draw(st.permutations(documents + documents[:2])))
    got = dict(replay(shuffled, small, estimate, us(now), Metric.parse(name)))
    must = {
        unit: load
        for tier in TIERS
        for unit in map(str, small.codes(tier))
        if (load := oracle.load(documents, unit, name, now))
    }
    assert got == must


@settings(max_examples=100, deadline=None)
@given(documents=event_sets(), now=TIMES)
def test_units_and_demands_give_the_same_sum(small: Registry, documents: list[dict[str, Any]], now: datetime) -> None:
    """Without answers and rework: sum over units = sum over occurrences of minutes x units reached."""
    known = [one for one in decoded(documents) if one.verb not in ("answered", "returned")]
    metric = Metric.parse("all.minutes.30d")
    sizes = {tier: small.size(tier) for tier in TIERS}
    by_unit = sum(int(one.sum()) for one in loads_at(should_have(small, known), metric, us(now), sizes).values())
    texts = [one for one in documents if not one["type"].endswith(("answered.v1", "returned.v1"))]
    by_demand = 0
    for demand in demands(small, known):
        own = [one for one in texts if one["id"] == f"i{demand.key}" or not one["type"].endswith("issued.v1")]
        units = [small.code_of(one.tier, rank) for one in demand.ranges for rank in range(one.lo, one.hi)]
        if units:
            assert len(units) == len(set(units)) == small.reached(demand.ranges)
            by_demand += oracle.load(own, units[0], "all.minutes.30d", now) * small.reached(demand.ranges)
    assert by_unit == by_demand
