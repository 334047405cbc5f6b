"""The simulator: events a second on one core, and what townships and villages receive in a year against what the domain wants.

``make bench ONLY=simulate`` measures the speed; ``python -m tests.bench.bench_simulate AREA...`` counts a year and prints markdown.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.events import decode
from streams.registry import Registry, load
from streams.simulate import stream, write
from tests.bench.figures import Row

SEED: Final = 1
TOWNSHIP, VILLAGE = 4, 5
WANTED: Final = {
    ("township", "document"): (400, 1_500, 6_000),
    ("township", "meeting"): (120, 300, 600),
    ("township", "inspection"): (40, 90, 180),
    ("township", "request ad hoc"): (100, 300, 900),
    ("township", "form types"): (100, 170, 240),
    ("township", "form submissions"): (700, 1_350, 2_600),
    ("township", "group"): (10, 30, 80),
    ("township", "app"): (5, 10, 23),
    ("township", "check-in days"): (500, 3_000, 15_000),
    ("township", "secondment"): (0, 2, 8),
    ("village", "document"): (200,),
    ("village", "meeting"): (150,),
    ("village", "inspection"): (50,),
    ("village", "form types"): (100,),
    ("village", "form submissions"): (300,),
}
"""Low, median and high a year; the median alone for villages."""


def speed(registry: Registry, area: str, days: int) -> list[Row]:
    """Write a period to a file and time it."""
    start = date(2026, 3, 2)
    with tempfile.TemporaryDirectory() as place:
        out, labels = Path(place) / "events", Path(place) / "labels"
        wall, cpu = time.perf_counter(), time.process_time()
        told = write(
            registry,
            seed=SEED,
            start=start,
            end=start + timedelta(days=days),
            area=area,
            scale=1.0,
            out=out,
            labels_out=labels,
        )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = out.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    what = f"simulate, {area or 'nation'}, {days} days"
    return [
        Row(f"{what}: events", told.events, "events"),
        Row(f"{what}: labels", told.labels, "labels"),
        Row(f"{what}: by CPU second", told.events / cpu, "events/s"),
        Row(f"{what}: by wall second", told.events / wall, "events/s"),
        Row(f"{what}: file", size / 1e6, "MB"),
        Row(f"{what}: memory at most", peak, "MB"),
    ]


def year(registry: Registry, areas: Sequence[str]) -> None:
    """Count what every township and village of some areas receives in 2026."""
    sums: dict[tuple[str, str], list[npt.NDArray[np.int64]]] = defaultdict(list)
    types: Counter[str] = Counter()
    for area in areas:
        for key, counts in _received(registry, area, types).items():
            sums[key].append(counts)
    print("| unit | what | wanted low / median / high | measured 5 % / median / 95 % |")
    print("|---|---|---|---|")
    for key in [*WANTED, *sorted(set(sums) - set(WANTED))]:
        found = np.concatenate(sums[key]) if key in sums else np.zeros(1)
        measured = " / ".join(f"{value:,.0f}" for value in np.quantile(found, [0.05, 0.5, 0.95]))
        wanted = " / ".join(f"{value:,}" for value in WANTED.get(key, ())) or "-"
        print(f"| {key[0]} | {key[1]} | {wanted} | {measured} |")
    print("\n" + "\n".join(f"- {name}: {count:,}" for name, count in sorted(types.items())))


def _received(registry: Registry, area: str, types: Counter[str]) -> dict[tuple[str, str], npt.NDArray[np.int64]]:
    spans = {tier: registry.range_of(area, tier) for tier in (TOWNSHIP, VILLAGE)}
    names = {TOWNSHIP: "township", VILLAGE: "village"}
    counts: dict[tuple[str, str], npt.NDArray[np.int64]] = defaultdict(lambda: np.zeros(0, dtype=np.int64))
    seen: set[int] = set()
    for one in stream(registry, seed=SEED, start=date(2026, 1, 1), end=date(2027, 1, 1), area=area, scale=1.0):
        event = decode(one.raw)
        types.update(label.rule + (" expected" if label.expected else " near miss") for label in one.labels)
        types[event.type] += 1
        if event.verb != "issued" or event.ident in seen:
            continue
        seen.add(event.ident)
        times = int((event.data.recurrence or "COUNT=1").partition("COUNT=")[2])
        for part in registry.resolve(event.data.reach):
            if part.tier in spans:
                lo, hi = spans[part.tier]
                for what, amount in _told(event.kind, getattr(event.data, "system", None) is not None, times):
                    key = names[part.tier], what
                    if not len(counts[key]):
                        counts[key] = np.zeros(hi - lo, dtype=np.int64)
                    counts[key][max(part.lo - lo, 0) : max(part.hi - lo, 0)] += amount
    return counts


def _told(kind: str, standing: bool, times: int) -> list[tuple[str, int]]:
    if kind == "request":
        return [("form types", 1), ("form submissions", times)] if standing else [("request ad hoc", 1)]
    return [("check-in days", times)] if kind == "checkin" else [(kind, 1)]


def main() -> list[Row]:
    """A month of the nation."""
    return speed(load(), "", 31)


if __name__ == "__main__":
    year(load(), sys.argv[1:] or ["510104"])
