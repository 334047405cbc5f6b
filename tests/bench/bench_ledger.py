"""The ledger alone: unit updates per second and core, the tick of a nation. ``python -m tests.bench.bench_ledger [--rounds N]``.

Flows in: a working week of national postings from ``national_year``. Flows out: a table, and rows ``{figure, value, unit, goal}``.
Times are processor time of this process, so that a neighbour on the machine does not count; numpy adds on one core here. Of several
rounds the best is told, and the median beside it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

import numpy as np

from streams.ledger.ledger import Layout, Ledger
from streams.ledger.lines import TYPES, LineStore, Run
from streams.ledger.metrics import LIVE
from streams.ledger.postings import Postings
from streams.registry import Registry, load
from tests.bench.national_year import FIRST_DAY, days, issuers

MONDAY: Final = 135
"""2026-03-16: five working days from here are some 200,000 postings."""
WORKDAYS: Final = 5
BATCHES: Final = (2_000, 20_000, 100_000)
SECOND_US: Final = 1_000_000
LIMITED: Final = (1, 2, 3, 4, 5)
Row = dict[str, Any]


@dataclass(frozen=True)
class Week:
    """Postings in the order of announcement, the end of Friday, units by tier."""

    postings: Postings
    end_us: int
    sizes: dict[int, int]

    def batches(self, size: int) -> Iterator[Postings]:
        """The stream in batches; the last may be smaller."""
        for first in range(0, len(self.postings), size):
            yield self.postings.select(slice(first, first + size))


def week(registry: Registry, *, seed: int = 20260316) -> Week:
    """A calibrated working week. The nation is one stream here: the shards' parts follow each other day by day."""
    codes = np.array(issuers(registry), object)
    parts = [batch for day in days(registry, seed, first=MONDAY, count=WORKDAYS) for batch in day]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    postings = Postings(
        key=columns["key"].astype(np.uint64),
        tier=columns["tier"].astype(np.uint8),
        kind=columns["kind"].astype(np.uint8),
        issuer=codes[np.concatenate([part.issuer for part in parts])],
        lo=columns["lo"].astype(np.uint32),
        hi=columns["hi"].astype(np.uint32),
        start_us=columns["start_us"].astype(np.int64),
        low=columns["low"].astype(np.int64),
        likely=columns["likely"].astype(np.int64),
        high=columns["high"].astype(np.int64),
        n=columns["n"].astype(np.int64),
        point=columns["point"].astype(np.uint8),
    )
    end = FIRST_DAY + timedelta(days=MONDAY + WORKDAYS)
    return Week(postings, int(end.timestamp()) * SECOND_US, {tier: registry.size(tier) for tier in registry.tiers})


def best_of(measure: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Smallest and median of several rounds."""
    found = [measure() for _ in range(rounds)]
    return min(found), median(found)


def row(figure: str, value: float, unit: str, goal: str) -> Row:
    """One line of the table."""
    return {"figure": figure, "value": round(value, 2), "unit": unit, "goal": goal}


def updates(stream: Week, rounds: int) -> list[Row]:
    """Unit updates per second of processor time, by size of batch; a batch is sorted, added to 20 metrics and kept."""
    rows: list[Row] = []
    for size in BATCHES:
        batches = list(stream.batches(size))
        made = 0

        def seconds(batches: list[Postings] = batches) -> float:
            nonlocal made
            ledger = Ledger(stream.sizes, LIVE, stream.end_us)
            began = time.process_time()
            made = sum(ledger.apply(batch) for batch in batches)
            return time.process_time() - began

        best, middle = best_of(seconds, rounds)
        rows.append(row(f"unit updates, batches of {size:,}", made / best / 1e9, "billion/s per core", ">= 1"))
        rows.append(row(f"unit updates, batches of {size:,}, median", made / middle / 1e9, "billion/s per core", ""))
    return rows


def tick(stream: Week, rounds: int) -> list[Row]:
    """One second of advance, and every load of all tiers compared with a limit when all 20 metrics are stale."""
    ledger = Ledger(stream.sizes, LIVE, stream.end_us)
    for batch in stream.batches(20_000):
        ledger.apply(batch)
    limits = {metric: dict.fromkeys(LIMITED, 2_400) for metric in LIVE}
    everyone = Postings.from_rows(
        [(1, 5, kind, "bench", 0, stream.sizes[5], stream.end_us + offset, 1, 1, 1, 1, 0)
         for kind in (1, 2, 3, 4, 7) for offset in (0, 3_600 * SECOND_US)]
    )  # fmt: skip
    passing: list[float] = []
    comparing: list[float] = []

    def milliseconds() -> float:
        ledger.apply(everyone)  # makes each metric stale
        began = time.process_time()
        ledger.advance(ledger.now_us + SECOND_US)
        passed = time.process_time()
        ledger.over(limits)
        ended = time.process_time()
        passing.append((passed - began) * 1e3)
        comparing.append((ended - passed) * 1e3)
        return (ended - began) * 1e3

    best, middle = best_of(milliseconds, rounds * 4)
    units = sum(stream.sizes[tier] for tier in LIMITED)
    name = f"advance and compare, {units:,} units x {len(LIVE)} metrics, all stale"
    return [
        row(name, best, "ms", "< 50"),
        row(f"{name}, median", middle, "ms", ""),
        row("of it advance by a second", min(passing), "ms", ""),
        row("of it running sums and compare", min(comparing), "ms", ""),
    ]


def preview(stream: Week, rounds: int) -> list[Row]:
    """What one demand on all villages would do to the limits of three metrics."""
    ledger = Ledger(stream.sizes, LIVE, stream.end_us)
    ledger.apply(stream.postings)
    asked = Postings.from_rows([(1, 5, 4, "bench", 0, stream.sizes[5], stream.end_us, 60, 95, 180, 1, 0)])
    limits = {metric: {5: 2_400} for metric in LIVE[:3]}

    def milliseconds() -> float:
        began = time.process_time()
        ledger.preview(asked, limits)
        return (time.process_time() - began) * 1e3

    return [row("preview of a demand on all villages, 3 metrics", best_of(milliseconds, rounds)[0], "ms", "")]


def merging(stream: Week, rounds: int) -> list[Row]:
    """What keeping the lines for later costs: sorting each batch and merging the runs, per line."""
    size = BATCHES[0]
    layout = Layout(stream.sizes)
    batches = [(layout.lines(batch), batch.start_us) for batch in stream.batches(size)]

    def nanoseconds() -> float:
        held = LineStore(tuple(TYPES))
        began = time.process_time()
        for lines, start in batches:
            held.add(lines, Run.of(start), drop_until=0)
        return (time.process_time() - began) * 1e9 / len(stream.postings)

    return [row(f"sorting and merging, batches of {size:,}", best_of(nanoseconds, rounds)[0], "ns/line", "")]


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure, print the table, return its rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds: int = parser.parse_args(arguments).rounds
    stream = week(load())
    rows = [measured for part in (updates, tick, preview, merging) for measured in part(stream, rounds)]
    width = max(len(one["figure"]) for one in rows)
    print(f"{len(stream.postings):,} postings of a working week")
    for one in rows:
        print(f"{one['figure']:<{width}}  {one['value']:>10,.2f} {one['unit']:<18} {one['goal']}")
    return rows


if __name__ == "__main__":
    main()
