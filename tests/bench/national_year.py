"""A synthetic national year of postings, calibrated to 12 million demands and over 1.1 billion receipts.

Flows in: a seed, a share of the year's volume. Flows out: batches of posting columns in log order.
Most demands go from a county to its own townships or villages, some from prefectures and provinces, a few from the
centre; starts follow the working week and lie up to five days behind the announcement; one in ten rows is an
occurrence of a standing demand; minutes come mostly from coefficients, the rest is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from streams.registry.registry import Registry

Edges = NDArray[np.int64]

TIERS: Final = (1, 2, 3, 4, 5)
FIRST_DAY: Final = datetime(2025, 11, 1, tzinfo=UTC) - timedelta(hours=8)  # midnight in Asia/Shanghai
DAYS: Final = 365
DEMANDS: Final = 12_000_000
SHARDS: Final = 8
PARTITIONS: Final = 8
LINES: Final = 30
_WEEKDAY: Final = np.array([1.25, 1.15, 1.1, 1.05, 1.0, 0.25, 0.15])
_HOURS: Final = np.array([8, 9, 10, 11, 14, 15, 16, 17, 20])
# issuer level, receiving tier, share of the demands
_ROUTES: Final = ((3, 4, 0.587), (3, 5, 0.335), (2, 4, 0.052), (2, 3, 0.012), (2, 5, 0.004), (1, 4, 0.0055),
                  (1, 3, 0.004), (1, 5, 0.0003), (0, 4, 0.00003), (0, 3, 0.0001))  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Rows of one shard in log order: columns of the table ``postings``, ``issuer`` as codes into ``issuers``."""

    shard: int
    columns: dict[str, NDArray[Any]]
    issuer: NDArray[np.int64]


def divisions(registry: Registry) -> dict[int, dict[int, Edges]]:
    """Where the areas of a level begin and end in a tier: ``divisions[level][tier]`` has shape (areas, 2); level 0 is the country."""
    out: dict[int, dict[int, Edges]] = {0: {tier: np.array([[0, registry.size(tier)]]) for tier in TIERS}}
    for level in (1, 2, 3):
        codes = [str(code) for code in registry.numbers(level)]
        out[level] = {}
        for tier in range(level + 1, 6):
            edges = np.array([registry.range_of(code, tier) for code in codes])
            out[level][tier] = edges[edges[:, 0] < edges[:, 1]]
    return out


def issuers(registry: Registry) -> list[str]:
    """Codes of all issuers: 30 lines at the centre, in each province, prefecture and county."""
    areas = ["000000", *(f"{code:0<6}" for level in (1, 2, 3) for code in map(str, registry.numbers(level)))]
    return [f"{area}-line{line:02d}" for area in areas for line in range(LINES)]


def days(
    registry: Registry, seed: int, *, scale: float = 1.0, first: int = 0, count: int = DAYS
) -> Iterator[list[Batch]]:
    """Day by day, one batch for each shard that has rows; the same seed gives the same rows."""
    year = Year(registry, seed, scale)
    for day in range(first, first + count):
        yield year.day(day)


class Year:
    """The state that days share: divisions, shards, how far each partition of the log has come."""

    def __init__(self, registry: Registry, seed: int, scale: float) -> None:
        self._seed, self._scale = seed, scale
        self._bounds = divisions(registry)
        shards = registry.shards(SHARDS)
        self._cuts = {tier: [shards.shard_ranges(shard, tier) for shard in range(SHARDS)] for tier in TIERS}
        self._first_area = np.cumsum([0, 1, *(registry.size(level) for level in (1, 2))])
        self._offsets = np.zeros(PARTITIONS, np.int64)

    def day(self, day: int) -> list[Batch]:
        """The rows announced on one day, shard by shard."""
        random = np.random.default_rng([self._seed, day])
        weekdays = np.array([(FIRST_DAY + timedelta(days=d, hours=12)).weekday() for d in range(DAYS)])
        n = int(DEMANDS * self._scale * _WEEKDAY[weekdays[day]] / _WEEKDAY[weekdays].sum())
        level, tier, area, lo, hi = self._routes(random, n)
        issuer = (self._first_area[level] + area) * LINES + (LINES * random.random(n) ** 1.7).astype(np.int64)
        kind = (1 + 12.999 * random.random(n) ** 2.2).astype(np.uint8)
        columns: dict[str, NDArray[Any]] = {
            "key": self._keys(random, issuer),
            "tier": tier,
            "kind": kind,
            "lo": lo,
            "hi": hi,
            "start_us": _starts(random, day, n),
            **_minutes(random, kind.astype(np.int64)),
            "n": np.ones(n, np.int32),
            "point": np.zeros(n, np.uint8),
        }
        return [batch for shard in range(SHARDS) if (batch := self._shard(columns, issuer, shard)) is not None]

    def _routes(self, random: np.random.Generator, n: int) -> tuple[Edges, Edges, Edges, Edges, Edges]:
        shares = np.array([share for _, _, share in _ROUTES])
        route = random.choice(len(_ROUTES), n, p=shares / shares.sum())
        level, tier, area, lo, hi = (np.zeros(n, np.int64) for _ in range(5))
        for number, (sender, receiver, _) in enumerate(_ROUTES):
            rows = np.flatnonzero(route == number)
            edges = self._bounds[sender][receiver]
            area[rows] = random.integers(0, len(edges), len(rows))
            level[rows], tier[rows] = sender, receiver
            lo[rows], hi[rows] = edges[area[rows]].T
        return level, tier, area, lo, hi

    def _keys(self, random: np.random.Generator, issuer: Edges) -> NDArray[np.uint64]:
        """Positions in the log; one in ten belongs to something announced before."""
        partition = issuer % PARTITIONS
        offset = np.zeros(len(issuer), np.int64)
        for number in range(PARTITIONS):
            rows = np.flatnonzero(partition == number)
            offset[rows] = self._offsets[number] + np.arange(len(rows))
            self._offsets[number] += len(rows)
        standing = random.random(len(issuer)) < 0.1
        offset = np.where(standing, offset - (offset * random.random(len(issuer)) ** 3).astype(np.int64), offset)
        return ((np.int64(1) << 56) | (partition << 44) | offset).astype(np.uint64)

    def _shard(self, columns: dict[str, NDArray[Any]], issuer: Edges, shard: int) -> Batch | None:
        """The rows that touch a shard, cut to it."""
        edges = np.array([(0, 0), *(self._cuts[tier][shard] for tier in TIERS)])[columns["tier"]]
        lo, hi = np.maximum(columns["lo"], edges[:, 0]), np.minimum(columns["hi"], edges[:, 1])
        rows = np.flatnonzero(lo < hi)
        if not len(rows):
            return None
        part = {name: values[rows] for name, values in columns.items()}
        part["lo"], part["hi"] = lo[rows], hi[rows]
        return Batch(shard, part, issuer[rows])


def _starts(random: np.random.Generator, day: int, n: int) -> Edges:
    """Announced in working hours; most begin up to five days later, most at a round time."""
    midnight = int((FIRST_DAY + timedelta(days=day)).timestamp())
    said = np.sort(midnight + random.choice(_HOURS, n) * 3600 + random.integers(0, 3600, n))
    start = said + (random.exponential(1.2, n).clip(0, 5) * 86400).astype(np.int64) * (random.random(n) < 0.7)
    exactness = random.random(n)
    start = np.where(exactness < 0.7, start // 300 * 300, start)
    return start * 1_000_000 + np.where(exactness > 0.95, random.integers(0, 1_000_000, n), 0)


def _minutes(random: np.random.Generator, kind: Edges) -> dict[str, Edges]:
    """Seven in ten by coefficient of the kind, the rest declared."""
    steps = np.array([15, 20, 30, 45, 60, 90, 95, 120, 180, 240, 480])
    declared = random.random(len(kind)) < 0.3
    likely = np.where(
        declared, random.integers(5, 600, len(kind)), steps[(kind * 7 + random.integers(0, 3, len(kind))) % 11]
    )
    low = np.where(declared, likely * 2 // 3, likely // 2)
    return {"low": low, "likely": likely, "high": np.where(declared, likely * 3 // 2, likely * 2)}
