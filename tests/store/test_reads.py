"""What SQL answers equals what a naive count over units answers, for random postings, every batch sent twice."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from streams import store
from streams.calendars.periods import DAY_US, day_number, period_bounds
from streams.events.model import KIND_IDS
from streams.ledger.metrics import COLUMNS, Metric, interval
from streams.ledger.postings import Postings
from streams.registry.model import Range
from streams.registry.registry import Registry
from streams.store import Scope, reads
from streams.store.span import Span, date_of, days_span, pieces

pytestmark = pytest.mark.store
LEADER = Scope("leader", "leadership", ("",))
AT_US = 1_772_521_234_567_890  # 2026-03-03 15:00:34.567890 in Shanghai
AREAS = ("", "11", "51", "5101", "510104", "510104017", "4419", "65")
TIERS = ("province", "county", "township", "village", "county-education")
METRICS = (
    "all.minutes.24h", "all.minutes.7d", "all.minutes_low.30d", "all.minutes_high.365d", "all.count.day",
    "request.minutes.week", "all.count.month", "meeting.count.quarter", "all.minutes.year", "all.minutes.ahead7d",
    "document.count.ahead30d",
)  # fmt: skip


class Oracle:
    """Postings held as they are; every answer goes through every unit."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.parts: list[Postings] = []

    def values(self, tier: int, kind: int, column: str, first_us: int, last_us: int) -> np.ndarray:
        out = np.zeros(self.registry.size(tier), np.int64)
        for part in self.parts:
            wanted = (part.tier == tier) & (part.start_us >= first_us) & (part.start_us <= last_us)
            if kind:
                wanted &= part.kind == kind
            for row in np.flatnonzero(wanted):
                out[part.lo[row] : part.hi[row]] += getattr(part, column)[row]
        return out

    def metric(self, tier: int, name: str, at_us: int) -> np.ndarray:
        metric = Metric.parse(name)
        after, until = interval(metric.window, at_us)
        return self.values(tier, metric.kind, COLUMNS[metric.measure], after + 1, until)

    def area(self, area: str, tiers: tuple[str, ...], kind: int, column: str, span: tuple[int, int]) -> int:
        total = 0
        for tier in [self.registry.tier_id(name) for name in tiers] or self.registry.tiers:
            lo, hi = self.registry.range_of(area, tier)
            if lo < hi:
                total += int(self.values(tier, kind, column, *span)[lo:hi].sum())
        return total


def random_postings(registry: Registry, seed: int, rows: int) -> dict[int, Postings]:
    """Postings by shard: whole areas, odd ranges and single units; starts around now and on the edges of periods."""
    random = np.random.default_rng(seed)
    edges = [edge for name in ("day", "week", "month", "year") for edge in period_bounds(name, AT_US)]
    edges += [AT_US - 7 * DAY_US, AT_US - 30 * DAY_US, AT_US, AT_US + 7 * DAY_US]
    out: dict[int, list[tuple[object, ...]]] = {}
    for row in range(rows):
        tier = registry.tier_id(str(random.choice(TIERS)))
        choice = random.random()
        if choice < 0.6:
            lo, hi = registry.range_of(str(random.choice(AREAS)), tier)
        else:
            lo = int(random.integers(0, registry.size(tier)))
            hi = lo + 1 if choice < 0.8 else min(registry.size(tier), lo + int(random.integers(1, 3000)))
        start = int(random.choice(edges)) + int(random.integers(-1, 2))
        if random.random() < 0.7:
            start = AT_US + int(random.integers(-420 * DAY_US, 45 * DAY_US))
        likely, n = int(random.integers(-300, 600)), int(random.choice([-1, 0, 1, 1, 1]))
        kind, issuer = (
            int(random.integers(1, 14)),
            str(random.choice(["510000-education", "110000-health", "000000-tax"])),
        )
        ranges = (Range(tier, lo, hi),) if lo < hi else ()
        for shard, parts in registry.shards().split(ranges).items():
            for part in parts:
                line = (row + 1, tier, kind, issuer, part.lo, part.hi, start, likely // 2, likely, likely * 2, n, 0)
                out.setdefault(shard, []).append(line)
    return {shard: Postings.from_rows(lines) for shard, lines in out.items()}  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=[1, 2])
def filled(request: pytest.FixtureRequest, migrated: Client, registry: Registry) -> tuple[Client, Oracle]:
    """A store with two batches a shard, each sent twice, and the oracle of the same postings."""
    for table in ("postings", "rollups", "events"):
        migrated.command(f"TRUNCATE TABLE {table}")
    oracle = Oracle(registry)
    for run in (1, 2):
        for shard, batch in random_postings(registry, request.param * 10 + run, 400).items():
            oracle.parts.append(batch)
            for _ in range(2):
                store.insert_postings(migrated, batch, shard=shard, run=run)
    return migrated, oracle


def spells() -> list[tuple[date, date]]:
    """Days that cut months, weeks and years in every way."""
    today = date_of(day_number(AT_US))
    return [
        (today, today),
        (today - timedelta(days=29), today),
        (today - timedelta(days=89), today),
        (date(2025, 12, 1), date(2026, 1, 31)),
        (date(2025, 12, 29), date(2026, 3, 1)),
        (date(2025, 3, 5), date(2026, 3, 29)),
        (today, today - timedelta(days=1)),
    ]


def test_pieces_tile_every_span() -> None:
    """Each microsecond of a span lies in one piece."""
    random = np.random.default_rng(5)
    for _ in range(300):
        first = AT_US + int(random.integers(-500 * DAY_US, 500 * DAY_US))
        last = first + int(random.integers(-1, int(random.choice([10, DAY_US, 40 * DAY_US, 500 * DAY_US]))))
        found = []
        for level, begin, end in pieces(Span(first, last)):
            bounds = (begin, end) if level == "posting" else (days_span(date_of(begin), date_of(end)))
            found.append(tuple(bounds))
        found.sort()
        if last < first:
            assert found == []
            continue
        assert found[0][0] == first
        assert found[-1][1] == last
        assert all(before[1] + 1 == after[0] for before, after in zip(found, found[1:], strict=False))


def test_units_and_tiers_at_an_instant(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    codes = ("51", "510104", "510104017", "510104-education", "110101")
    for name in METRICS:
        for tier in TIERS:
            number = registry.tier_id(tier)
            truth = oracle.metric(number, name, AT_US)
            for area in ("", "51", "5101"):
                lo, hi = registry.range_of(area, number)
                found = reads.tier_load(client, LEADER, registry, tier, name, AT_US, area=area)
                assert (found.tier, found.values.tolist()) == (number, truth[lo:hi].tolist()), (name, tier, area)
    for code in codes:
        number, rank = registry.rank_of(code)
        found_load = reads.unit_load(client, LEADER, registry, code, METRICS, AT_US)
        assert found_load == {name: int(oracle.metric(number, name, AT_US)[rank]) for name in METRICS}, code


def test_hotspots_are_the_top_of_the_tier(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    for tier in ("county", "township", "village"):
        number = registry.tier_id(tier)
        for area, spell in zip(("", "51", "5101", ""), spells(), strict=False):
            lo, hi = registry.range_of(area, number)
            truth = oracle.values(number, 0, "likely", *days_span(*spell))
            order = sorted(range(lo, hi), key=lambda rank: (-truth[rank], rank))  # noqa: B023
            expected = [(rank, int(truth[rank])) for rank in order[:100] if truth[rank] > 0]
            found = reads.hotspots(client, LEADER, registry, tier, *spell, area=area)
            assert [(one.rank, one.value) for one in found] == expected
            assert [one.code for one in found] == [registry.code_of(number, rank) for rank, _ in expected]
        truth = oracle.metric(number, "all.minutes.30d", AT_US)
        at = reads.hotspots_at(client, LEADER, registry, tier, "all.minutes.30d", AT_US, n=7)
        assert [one.value for one in at] == [value for value in sorted(truth.tolist(), reverse=True)[:7] if value > 0]


def test_areas_and_their_children(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    for area, spell in zip(AREAS, [*spells(), *spells()], strict=False):
        for tiers in ((), ("township", "village")):
            span = days_span(*spell)
            found = reads.area_load(client, LEADER, registry, area, *spell, tiers=tiers)
            expected = [oracle.area(area, tiers, 0, column, span) for column in ("low", "likely", "high", "n")]
            assert [found.low, found.likely, found.high, found.receipts] == expected, (area, spell)
    for area in ("", "51", "5101", "510104"):
        found_all = reads.area_totals(client, LEADER, registry, area, *spells()[1], tiers=("township",))
        assert [one.code for one in found_all] == list(registry.children(area))
        truth = oracle.values(4, 0, "high", *days_span(*spells()[1]))
        for one in found_all:
            lo, hi = registry.range_of(one.code, 4)
            assert (one.high, one.units) == (int(truth[lo:hi].sum()), hi - lo), one.code


def test_series_and_kinds(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    first, last = spells()[2]
    for code in ("", "51", "510104017", "510104-education"):
        found = reads.area_series(client, LEADER, registry, code, first, last)
        assert found.days[0] == first
        assert found.days[-1] == last
        shares = {share.kind: share.likely for share in reads.kind_shares(client, LEADER, registry, code, first, last)}
        for kind in KIND_IDS.values():
            row = found.likely[found.kinds.index(kind)] if kind in found.kinds else np.zeros(90, np.int64)
            assert int(row.sum()) == shares.get(kind, 0)
        if "-" in code or len(code) == 9:
            tier, rank = registry.rank_of(code)
            own = reads.unit_series(client, LEADER, registry, code, first, last)
            for place in range(0, 90, 7):
                day = days_span(first + timedelta(days=place), first + timedelta(days=place))
                assert int(own.low[:, place].sum()) == int(oracle.values(tier, 0, "low", *day)[rank])
        elif code:
            for place in range(0, 90, 30):
                day = days_span(first + timedelta(days=place), first + timedelta(days=place))
                assert int(found.count[:, place].sum()) == oracle.area(code, (), 0, "n", day)


def test_issuers(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    for area in ("", "51", "510104"):
        for spell in spells()[:-1]:
            for kind in (0, 4):
                span = days_span(*spell)
                sums: dict[str, list[int]] = {}
                for part in oracle.parts:
                    for row in part.rows():
                        _, tier, of_kind, issuer, lo, hi, start, low, likely, high, n, _ = row
                        begin, end = registry.range_of(area, tier)
                        shared = max(0, min(hi, end) - max(lo, begin))
                        if span.first_us <= start <= span.last_us and shared and kind in (0, of_kind):
                            held = sums.setdefault(issuer, [0, 0, 0, 0])
                            for place, amount in enumerate((likely, low, high, n)):
                                held[place] += amount * shared
                found = reads.top_issuers(client, LEADER, registry, area, *spell, kind=kind)
                expected = sorted(((-v[0], i, v) for i, v in sums.items() if v[0] or v[3]))
                assert [(one.issuer, [one.likely, one.low, one.high, one.receipts]) for one in found] == [
                    (issuer, held) for _, issuer, held in expected
                ], (area, spell, kind)


def test_coverage_counts_units_with_any_demand(filled: tuple[Client, Oracle], registry: Registry) -> None:
    client, oracle = filled
    for area in ("", "51"):
        truth = oracle.values(4, 0, "n", AT_US - 30 * DAY_US + 1, AT_US)
        lo, hi = registry.range_of(area, 4)
        found = reads.coverage(client, LEADER, registry, AT_US, area=area)
        assert (found.units, found.reached) == (hi - lo, int((truth[lo:hi] > 0).sum()))
        assert found.share == pytest.approx(found.reached / found.units)
