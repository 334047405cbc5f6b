"""``rules backtest`` of a national year in the store: twelve million demands as event rules read them, all shipped rules.

The batches are made by the product's archive from a simulated county stream, and stored as many times as make a year; each time on other days.
"""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from infra.local.clickhouse import ClickHouseNode
from streams.agents.judge.archive import BATCH
from streams.calendars import Calendar
from streams.desk.backtesting import backtested
from streams.events import decode
from streams.registry import load as load_registry
from streams.rules import Rulebook, gather, load, shipped
from streams.rules.columns import events_table
from streams.simulate import stream
from streams.store import Address, Scope, connect, migrate
from streams.store.backtest_batches import insert_batch
from tests.bench.figures import Row, at_most

DEMANDS: Final = 12_000_000
SEEN: Final = 40_000
"""Demands that are made for real; the year is copies of them."""
DAY_US: Final = 86_400_000_000
SPAN_DAYS: Final = 365


def made() -> list[pl.DataFrame]:
    """Real batches, in order of time."""
    registry, calendar = load_registry(), Calendar.load()
    events = []
    for one in stream(registry, seed=5, start=date(2026, 3, 2), end=date(2026, 5, 30), area="43", scale=1.0):
        event = decode(one.raw)
        if event.verb == "issued":
            events.append(event)
        if len(events) >= SEEN:
            break
    frame = events_table(gather(events, registry, calendar).issued, calendar).sort("at_us")
    return [frame.slice(start, BATCH) for start in range(0, len(frame), BATCH)]


def main() -> list[Row]:
    """Fill, then look at the year twice."""
    batches = made()
    first = min(int(batch["at_us"].to_numpy().min()) for batch in batches)
    with tempfile.TemporaryDirectory() as folder:
        node = ClickHouseNode(Path(folder), password="bench")
        node.start()
        try:
            client = connect(Address(*node.address, "burdenwatch", "bench"))
            migrate(client)
            count = seq = 0
            while count < DEMANDS:
                for batch in batches:
                    seq, count = seq + 1, count + len(batch)
                    day = count * SPAN_DAYS // DEMANDS
                    moved = batch.with_columns(pl.lit(first + day * DAY_US).alias("at_us"))
                    insert_batch(client, seq, moved, {})
            size = int(client.query("SELECT sum(length(blob)) FROM backtest_batches").result_rows[0][0])
            book, registry, calendar = Rulebook(load(shipped())), load_registry(), Calendar.load()
            took = []
            for _ in range(2):
                began = time.perf_counter()
                lines = backtested(client, Scope("bench", "operator", ("",)), registry, calendar, book, 0, 2**62)
                took.append(time.perf_counter() - began)
        finally:
            node.stop()
    findings = sum(one.findings for one in lines)
    return [
        at_most(
            f"backtest of {count / 1e6:.0f} million demands, {len(lines)} rules find {findings / 1e6:.1f} million",
            min(took),
            "s",
            60,
        ),
        Row("bytes of a demand put aside for it", size / count, "bytes"),
    ]


if __name__ == "__main__":
    from tests.bench.figures import table

    print(table(main()))
