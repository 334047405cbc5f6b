"""The ledger's arrays against plain loops: batches, merging of runs, digests, limits, preview, arithmetic of postings."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ledger.ledger import Ledger, loads_at
from streams.ledger.lines import RUNS_BOUND
from streams.ledger.metrics import COLUMNS, MEASURES, WINDOWS, Metric, interval
from streams.ledger.postings import AMOUNTS, Postings, Row, concat

SIZES = {2: 5, 5: 9}
NOW = 1_775_000_000_000_000
DAY = 86_400_000_000
METRICS = st.builds(Metric, st.sampled_from((0, 0, 1, 4)), st.sampled_from(MEASURES), st.sampled_from(WINDOWS))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    tier = draw(st.sampled_from(sorted(SIZES)))
    lo = draw(st.integers(0, SIZES[tier] - 1))
    hi = draw(st.integers(lo + 1, SIZES[tier]))
    start = NOW + draw(st.integers(-40, 40)) * DAY + draw(st.integers(-1, 1))
    low, likely, high = (draw(st.integers(-1_000_000, 1_000_000)) for _ in range(3))
    kind, n, key = draw(st.sampled_from((1, 4, 5))), draw(st.integers(-1, 1)), draw(st.integers(0, 3))
    return key, tier, kind, "510000-education", lo, hi, start, low, likely, high, n, draw(st.integers(0, 1))


POSTINGS = st.lists(rows(), max_size=60).map(Postings.from_rows)


def naive(lines: Postings, metric: Metric, tier: int, now_us: int) -> list[int]:
    """Line by line, unit by unit."""
    loads = [0] * SIZES[tier]
    after, until = interval(metric.window, now_us)
    columns = (lines.tier, lines.kind, lines.lo, lines.hi, lines.start_us, getattr(lines, COLUMNS[metric.measure]))
    for where, kind, lo, hi, start, amount in zip(*(column.tolist() for column in columns), strict=True):
        if where == tier and metric.kind in (0, kind) and after < start <= until:
            for rank in range(lo, hi):
                loads[rank] += amount
    return loads


def totals(lines: Postings) -> dict[Any, tuple[int, ...]]:
    """The amounts of each place, 0 left out."""
    found: dict[Any, Counter[str]] = {}
    for row in lines.rows():
        found.setdefault((*row[:7], row[11]), Counter()).update(dict(zip(AMOUNTS, row[7:11], strict=True)))
    summed = {place: tuple(amounts[name] for name in AMOUNTS) for place, amounts in found.items()}
    return {place: amounts for place, amounts in summed.items() if any(amounts)}


@settings(max_examples=150, deadline=None)
@given(lines=POSTINGS, metrics=st.lists(METRICS, min_size=1, max_size=5, unique=True), data=st.data())
def test_batches_steps_and_merges_change_nothing(lines: Postings, metrics: list[Metric], data: st.DataObject) -> None:
    """Lines one by one (so that runs are merged) or in batches, time between them, limits and digests at the end."""
    ledger, now = Ledger(SIZES, metrics, NOW - 20 * DAY), NOW - 20 * DAY
    size = data.draw(st.integers(1, 8))
    updates = 0
    for first in range(0, len(lines), size):
        updates += ledger.apply(lines.select(slice(first, first + size)))
        now += data.draw(st.sampled_from((0, 0, 1, DAY, 9 * DAY)))
        ledger.advance(now)
    assert updates >= 0
    limit = data.draw(st.integers(-1_000_000, 1_000_000))
    over = ledger.over({metric: dict.fromkeys(SIZES, limit) for metric in metrics})
    for metric in metrics:
        alone = loads_at(lines, metric, now, SIZES)
        for tier in SIZES:
            must = naive(lines, metric, tier, now)
            assert ledger.load(metric, tier).tolist() == must == alone[tier].tolist()
            assert over[metric, tier].tolist() == [rank for rank, load in enumerate(must) if load > limit]
            weighted = sum((rank + 1) * load for rank, load in enumerate(must)) % (1 << 64)
            assert ledger.digest(metric, tier) == (sum(must), weighted)
            part = sum((rank + 1) * must[rank] for rank in range(1, 4)) % (1 << 64)
            assert ledger.digest(metric, tier, 1, 4) == (sum(must[1:4]), part)


@settings(max_examples=150, deadline=None)
@given(
    lines=POSTINGS,
    asked=POSTINGS,
    metrics=st.lists(METRICS, min_size=1, max_size=4, unique=True),
    limit=st.integers(-9, 10**6),
)
def test_preview_then_apply_agree(lines: Postings, asked: Postings, metrics: list[Metric], limit: int) -> None:
    ledger = Ledger(SIZES, metrics, NOW)
    ledger.apply(lines)
    limits = {metric: dict.fromkeys(SIZES, limit) for metric in metrics}
    before = {(metric, tier): ledger.load(metric, tier).copy() for metric in metrics for tier in SIZES}
    crossings = ledger.preview(asked, limits)
    for place, loads in before.items():
        assert ledger.load(*place).tolist() == loads.tolist(), "preview changes nothing"
    ledger.apply(asked)
    told = {(one.metric, one.tier): one for one in crossings}
    for (metric, tier), loads in before.items():
        after = ledger.load(metric, tier)
        ranks = np.flatnonzero((loads <= limit) & (after > limit))
        assert ((metric, tier) in told) == (len(ranks) > 0)
        if len(ranks):
            one = told[metric, tier]
            assert one.ranks.tolist() == ranks.tolist()
            assert one.before.tolist() == loads[ranks].tolist()
            assert one.after.tolist() == after[ranks].tolist()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(40, 400))
def test_many_runs_are_merged_and_old_lines_dropped(seed: int, size: int) -> None:
    """More batches than runs are kept, of uneven size; what has left every window is not held forever."""
    random = np.random.default_rng(seed)
    metric = Metric.parse("all.minutes.24h")
    ledger, kept = Ledger(SIZES, [metric], NOW), []
    for number in range(4 * RUNS_BOUND):
        n = int(random.integers(1, size))
        lo = random.integers(0, SIZES[5] - 1, n)
        start = NOW + number * DAY // 8 + random.integers(-2 * DAY, DAY // 2, n)
        lines = Postings.from_rows([
            (0, 5, 1, "", int(a), SIZES[5], int(s), 1, 2, 3, 1, 0) for a, s in zip(lo, start, strict=True)
        ])  # fmt: skip
        kept.append(lines)
        ledger.advance(NOW + number * DAY // 8)
        ledger.apply(lines)
        assert ledger.load(metric, 5).tolist() == loads_at(concat(kept), metric, ledger.now_us, SIZES)[5].tolist()
    assert len(ledger) < len(concat(kept))


@settings(max_examples=150, deadline=None)
@given(one=POSTINGS, other=POSTINGS)
def test_net_and_minus(one: Postings, other: Postings) -> None:
    assert totals(one.net()) == totals(one)
    assert len(one.net()) == len(totals(one)), "one line for each place"
    difference = one.minus(other)
    assert totals(concat((other, difference))) == totals(one)
    assert len(one.minus(one)) == 0
    assert len(concat((other, difference)).minus(one)) == 0
