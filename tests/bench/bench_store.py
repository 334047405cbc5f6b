"""The store under a national year: sizes, questions, restart. ``python -m tests.bench.bench_store [--scale X] [--keep DIR]``.

Fills an embedded store with ``national_year`` through the product's writer, merges what is merged in a day's rest, asks
every question with random arguments through the product's reads. Medians of single calls,
client and HTTP included.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from clickhouse_connect.driver.client import Client

from infra.local.clickhouse import ClickHouseNode
from streams.calendars.periods import DAY_US
from streams.ledger.postings import Postings
from streams.registry.registry import Registry, load
from streams.store import Address, Scope, connect, insert_postings, load_postings, migrate, reads
from streams.store.span import days_span
from tests.bench.figures import Row, at_most
from tests.bench.figures import table as as_table
from tests.bench.national_year import DAYS, FIRST_DAY, SHARDS, days, issuers

SEED: Final = 3
GROUP_DAYS: Final = 12
REPEATS: Final = 25
FIRST: Final = (FIRST_DAY + timedelta(hours=12)).date()
LEADER: Final = Scope("bench", "leadership", ("",))
GOALS: Final = {
    "top 100 townships, any 30 days": 30.0,
    "top 100 villages, any 30 days": 30.0,
    "any area's total, any 30 days": 50.0,
    "any area's total, any 90 days": 50.0,
    "any area's total, whole year": 50.0,
    "a township's 90-day series by kind": 50.0,
    "a village's 90-day series by kind": 50.0,
}
"""Bounds of the median in milliseconds."""
TABLES: Final = ("postings", "rollups")


@contextlib.contextmanager
def store(directory: Path | None) -> Iterator[Client]:
    """A store in a directory that stays, or in one that goes."""
    with contextlib.ExitStack() as stack:
        path = directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        node = ClickHouseNode(path, password="bench")
        node.start()
        stack.callback(node.stop)
        yield connect(Address(*node.address, "burdenwatch", "bench"))


def fill(client: Client, registry: Registry, scale: float) -> float:
    """Writes the year in batches of a shard's GROUP_DAYS days; returns the seconds spent in the writer."""
    names = np.array(issuers(registry), dtype=object)
    offsets = [0] * SHARDS
    spent = 0.0
    held: dict[int, list[tuple[dict[str, np.ndarray], np.ndarray]]] = {shard: [] for shard in range(SHARDS)}
    for day, batches in enumerate(days(registry, SEED, scale=scale)):
        for batch in batches:
            held[batch.shard].append((batch.columns, batch.issuer))
        if (day + 1) % GROUP_DAYS and day + 1 < DAYS:
            continue
        for shard, parts in held.items():
            if not parts:
                continue
            columns = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
            codes = names[np.concatenate([part[1] for part in parts])]
            offsets[shard] += len(codes)
            began = time.perf_counter()
            run = (1 << 56) | offsets[shard]
            insert_postings(client, Postings(**columns, issuer=codes), shard=shard, run=run)
            spent += time.perf_counter() - began
            parts.clear()
    return spent


def median_ms(call: Callable[[random.Random], object]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds over REPEATS calls with seeded arguments, after three to warm up."""
    chance = random.Random(SEED)
    took = []
    for turn in range(REPEATS + 3):
        began = time.perf_counter()
        call(chance)
        if turn >= 3:
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), sorted(took)[int(len(took) * 0.95)]


def questions(client: Client, registry: Registry) -> list[tuple[str, Callable[[random.Random], object]]]:
    """The reads with random arguments."""
    townships, counties = registry.size(4), registry.size(3)

    def first(chance: random.Random, length: int) -> date:
        return FIRST + timedelta(days=chance.randrange(0, DAYS - length))

    def spell(chance: random.Random, length: int) -> tuple[date, date]:
        begin = first(chance, length)
        return begin, begin + timedelta(days=length - 1)

    def at(chance: random.Random) -> int:
        return days_span(FIRST, FIRST).first_us + chance.randrange(40 * DAY_US, DAYS * DAY_US)

    def area(chance: random.Random) -> str:
        level = chance.choice([0, 1, 2, 3])
        return "" if not level else registry.code_of(level, chance.randrange(registry.size(level)))

    def township(chance: random.Random) -> str:
        return registry.code_of(4, chance.randrange(townships))

    def county(chance: random.Random) -> str:
        return registry.code_of(3, chance.randrange(counties))

    def hot(tier: str, length: int) -> Callable[[random.Random], object]:
        return lambda c: reads.hotspots(client, LEADER, registry, tier, *spell(c, length), n=100)

    week = (
        "all.minutes.7d",
        "all.count.7d",
        "all.minutes.30d",
        "all.minutes.month",
        "all.minutes.year",
        "request.count.30d",
    )
    return [
        ("top 100 townships, any 30 days", hot("township", 30)),
        ("top 100 villages, any 30 days", hot("village", 30)),
        ("top 100 townships, whole year", hot("township", 364)),
        ("the country's total, any 30 days", lambda c: reads.area_load(client, LEADER, registry, "", *spell(c, 30))),
        (
            "the country's 90-day series by kind",
            lambda c: reads.area_series(client, LEADER, registry, "", *spell(c, 90)),
        ),
        (
            "top 100 townships at an instant (all.minutes.30d)",
            lambda c: reads.hotspots_at(client, LEADER, registry, "township", "all.minutes.30d", at(c)),
        ),
        ("any area's total, any 30 days", lambda c: reads.area_load(client, LEADER, registry, area(c), *spell(c, 30))),
        ("any area's total, any 90 days", lambda c: reads.area_load(client, LEADER, registry, area(c), *spell(c, 90))),
        ("any area's total, whole year", lambda c: reads.area_load(client, LEADER, registry, area(c), *spell(c, 364))),
        (
            "all children of an area, any 30 days",
            lambda c: reads.area_totals(client, LEADER, registry, area(c), *spell(c, 30)),
        ),
        (
            "a township's 90-day series by kind",
            lambda c: reads.unit_series(client, LEADER, registry, township(c), *spell(c, 90)),
        ),
        (
            "a village's 90-day series by kind",
            lambda c: reads.unit_series(
                client, LEADER, registry, registry.code_of(5, c.randrange(registry.size(5))), *spell(c, 90)
            ),
        ),
        (
            "an area's 90-day series by kind",
            lambda c: reads.area_series(client, LEADER, registry, area(c), *spell(c, 90)),
        ),
        (
            "kinds of an area, any 30 days",
            lambda c: reads.kind_shares(client, LEADER, registry, area(c), *spell(c, 30)),
        ),
        (
            "six metrics of a township at an instant",
            lambda c: reads.unit_load(client, LEADER, registry, township(c), week, at(c)),
        ),
        (
            "all townships at an instant",
            lambda c: reads.tier_load(client, LEADER, registry, "township", "all.minutes.7d", at(c)),
        ),
        (
            "top 20 issuers of the country, any 30 days",
            lambda c: reads.top_issuers(client, LEADER, registry, "", *spell(c, 30)),
        ),
        (
            "top 20 issuers of a county, any 30 days",
            lambda c: reads.top_issuers(client, LEADER, registry, county(c), *spell(c, 30)),
        ),
        (
            "top 20 issuers of the country, whole year",
            lambda c: reads.top_issuers(client, LEADER, registry, "", *spell(c, 364)),
        ),
        (
            "50 latest demands of a township",
            lambda c: reads.recent_demands(client, LEADER, registry, township(c), at(c)),
        ),
        ("50 latest demands of a county", lambda c: reads.recent_demands(client, LEADER, registry, county(c), at(c))),
        ("coverage of townships, 30 days", lambda c: reads.coverage(client, LEADER, registry, at(c))),
    ]


def restart(client: Client, rows: int) -> tuple[int, float]:
    """Loads the postings of all shards from an instant on that leaves about ``rows``; returns rows and seconds."""
    since = client.command(f"SELECT min(s) FROM (SELECT start_us AS s FROM postings ORDER BY s DESC LIMIT {rows})")
    began = time.perf_counter()
    loaded = sum(len(load_postings(client, shard, int(str(since)))) for shard in range(SHARDS))
    return loaded, time.perf_counter() - began


def main(scale: float = 1.0, keep: Path | None = None) -> list[Row]:
    """The year's figures; a store that ``keep`` holds already is not filled again."""
    registry = load()
    with store(keep) as client:
        migrate(client)
        out: list[Row] = []
        if not client.command("SELECT count() FROM postings"):
            took = fill(client, registry, scale)
            rows = int(str(client.command("SELECT count() FROM postings")))
            out.append(Row("store: written with all roll-ups", rows / took, "rows/s"))
            for table in TABLES:
                client.command(f"OPTIMIZE TABLE {table} FINAL")
        return [*out, *sizes(client), *answers(client, registry), restarted(client)]


def sizes(client: Client) -> list[Row]:
    """Rows and bytes of the tables."""
    rows, receipts = client.query("SELECT count(), sum(n * (toInt64(hi) - lo)) FROM postings").result_rows[0]
    found = client.query(
        "SELECT table, sum(bytes_on_disk) AS b FROM system.parts WHERE active AND database = currentDatabase() "
        f"AND table IN ({', '.join(repr(table) for table in TABLES)}) GROUP BY table ORDER BY b DESC"
    ).result_rows
    whole = sum(size for _, size in found) / receipts
    return [
        Row("store: postings of the year", rows, "rows"),
        Row("store: receipts of the year", receipts, "receipts"),
        *(Row(f"store: table {name}", size / receipts, "bytes/receipt") for name, size in found),
        Row("store: all tables", whole, "bytes/receipt", "<= 0.25", whole <= 0.25),
    ]


def answers(client: Client, registry: Registry) -> list[Row]:
    """A row for each question: the median, and the 95th percentile in words."""
    out = []
    for name, call in questions(client, registry):
        median, high = median_ms(call)
        figure, bound = f"store: {name} (p95 {high:.0f})", GOALS.get(name)
        out.append(Row(figure, median, "ms") if bound is None else at_most(figure, median, "ms", bound))
    return out


def restarted(client: Client) -> Row:
    """Reading the postings that a restart needs."""
    rows, took = restart(client, 3_000_000)
    return Row(f"store: {rows:,} postings of all shards into numpy", took, "s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the 12 million demands")
    parser.add_argument("--keep", type=Path, default=None, help="directory of the store; filled once, used again")
    asked = parser.parse_args()
    print(as_table(main(asked.scale, asked.keep)))
