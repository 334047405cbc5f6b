"""Fan-out: the same stream of issuances into the load of every unit, by the ledger and by what else one might take.

The stream is one of ``national_year``: a demand reaches some hundred units, few reach ten thousands. Each way takes a piece of it
from the beginning, as long as it needs for about half a minute; unit updates a second make pieces of unlike length comparable. One
metric everywhere, minutes of all kinds; the ledger on one core, on as many as the rivals take (workers share a stream by shard), and with the
twenty metrics that a worker keeps. Rivals get ranges resolved already, the ledger too.
Disk: what the durable form of the state takes, for each unit update.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from infra.local.kafka import KafkaNode
from streams.ledger.ledger import Ledger
from streams.ledger.metrics import LIVE, Metric
from streams.ledger.postings import Postings
from streams.registry import Registry, load
from streams.store import connect, insert_postings
from tests.bench.figures import Row
from tests.bench.national_year import SHARDS, days, issuers
from tests.bench.processes import cpu_seconds, disk_bytes
from tests.bench.rig import rig
from tests.bench.rivals.environment import python

SEED: Final = 11
SECOND_US: Final = 1_000_000
BATCH: Final = 20_000
"""Issuances that the ledger and ClickHouse take at once: what one flush of a worker takes at most."""
OURS: Final = 1_800_000
"""Enough that the ledger merges its runs as it does all the time."""
TOTAL: Final = Metric.parse("all.minutes.365d")
"""The one metric: all that the stream holds lies in its window, so that every receiver counts everywhere."""
DAYS: Final = 70
STORED: Final = 200_000
CLICKHOUSE: Final = 200_000
QUIX: Final = 15_000
BYTEWAX: Final = 10_000
FAUST: Final = 3_000
PATIENCE_S: Final = 280.0
TOPIC: Final = "issued"
RIVALS: Final = Path(__file__).parent / "rivals"


class Result(NamedTuple):
    """What one way did: issuances, unit updates, seconds, bytes on disk (None: not measured here)."""

    name: str
    events: int
    updates: int
    seconds: float
    disk: int | None
    cpu_s: float | None = None
    """CPU seconds of whatever did the work (None: not measured): the ledger has one core, ClickHouse takes all."""


class Issued(msgspec.Struct):
    """An issuance on the wire: tier, ranks [lo, hi), minutes of each unit, start."""

    tier: int
    lo: int
    hi: int
    minutes: int
    start_us: int


class Stream:
    """OURS issuances in an order of their own, as columns; ``end_us`` is after the last start."""

    def __init__(self, registry: Registry) -> None:
        names = np.array(issuers(registry), dtype=object)
        parts = [batch for day in days(registry, SEED, count=DAYS) for batch in day]
        columns = {name: np.concatenate([one.columns[name] for one in parts]) for name in parts[0].columns}
        codes = names[np.concatenate([one.issuer for one in parts])]
        self.shard = np.concatenate([np.full(len(one.issuer), one.shard) for one in parts])
        order = np.random.default_rng(SEED).permutation(len(codes))[:OURS]
        self.postings = Postings(**columns, issuer=codes).select(order)
        self.shard = self.shard[order]
        self.end_us = int(self.postings.start_us.max())
        self.sizes = {tier: registry.size(tier) for tier in registry.tiers}

    def updates(self, count: int) -> int:
        """Receivers of the first ``count`` issuances."""
        part = self.postings.select(slice(0, count))
        return int(part.hi.sum(dtype=np.int64) - part.lo.sum(dtype=np.int64))

    def lines(self, count: int) -> Iterator[bytes]:
        """The first ``count`` as JSON."""
        p = self.postings.select(slice(0, count))
        rows = zip(p.tier.tolist(), p.lo.tolist(), p.hi.tolist(), p.likely.tolist(), p.start_us.tolist(), strict=True)
        return (msgspec.json.encode(Issued(*row)) for row in rows)


def ledger(stream: Stream, metrics: tuple[Metric, ...], name: str) -> Result:
    """Postings in columns into a ledger, batch by batch; after the last a second passes and every unit's load is read."""
    book = Ledger(stream.sizes, metrics, stream.end_us)
    updates, began, cpu = 0, time.perf_counter(), time.process_time()
    for first in range(0, OURS, BATCH):
        updates += book.apply(stream.postings.select(slice(first, first + BATCH)))
    book.advance(stream.end_us + SECOND_US)
    for metric in metrics:
        book.all_loads(metric)
    return Result(name, OURS, updates, time.perf_counter() - began, None, time.process_time() - cpu)


def ledgers(stream: Stream, workers: int) -> Result:
    """One metric, in as many processes as ClickHouse has cores, each with its shards: as workers share a stream by partition."""
    forked = multiprocessing.get_context("fork")
    start, done = forked.Barrier(workers + 1), forked.SimpleQueue()

    def through(mine: Postings) -> int:
        book = Ledger(stream.sizes, (TOTAL,), stream.end_us)
        updates = sum(book.apply(mine.select(slice(first, first + BATCH))) for first in range(0, len(mine), BATCH))
        book.advance(stream.end_us + SECOND_US)
        book.all_loads(TOTAL)
        return updates

    def work(number: int) -> None:
        mine = stream.postings.select(stream.shard % workers == number)
        through(mine)  # to have the memory that a worker has after its first minute
        start.wait()
        done.put((through(mine), time.perf_counter()))

    processes = [forked.Process(target=work, args=(number,)) for number in range(workers)]
    for one in processes:
        one.start()
    start.wait()
    began = time.perf_counter()
    ended = [done.get() for _ in processes]
    for one in processes:
        one.join()
    return Result(
        f"ledger, 1 metric, {workers} workers", OURS, sum(n for n, _ in ended), max(at for _, at in ended) - began, None
    )


def ledger_from_json(stream: Stream) -> Result:
    """The same from JSON as the stream processors get it: decode, columns, ledger."""
    raws = list(stream.lines(STORED))
    decoder = msgspec.json.Decoder(Issued)
    book = Ledger(stream.sizes, (TOTAL,), stream.end_us)
    updates, began = 0, time.perf_counter()
    for first in range(0, STORED, BATCH):
        seen = [decoder.decode(raw) for raw in raws[first : first + BATCH]]
        rows = [(0, e.tier, 1, "", e.lo, e.hi, e.start_us, e.minutes, e.minutes, e.minutes, 1, 0) for e in seen]
        updates += book.apply(Postings.from_rows(rows))
    book.advance(stream.end_us + SECOND_US)
    book.all_loads(TOTAL)
    return Result("ledger, from JSON", STORED, updates, time.perf_counter() - began, None)


def stored(stream: Stream) -> Result:
    """The postings in the product's store with all its roll-ups: the durable form of the ledger."""
    with rig() as engines:
        client = connect(engines.store)
        began = time.perf_counter()
        for shard in range(SHARDS):
            rows = stream.postings.select(slice(0, STORED)).select(stream.shard[:STORED] == shard)
            insert_postings(client, rows, shard=shard, run=len(rows))
        took = time.perf_counter() - began
        names = ("postings", "rollups")
        size = _table_bytes(client, names)
    return Result("our store, all roll-ups", STORED, stream.updates(STORED), took, size)


def clickhouse(stream: Stream) -> Result:
    """A table of issuances and a materialized view that makes one row of each receiver and sums by unit and day."""
    with rig() as engines:
        client = connect(engines.store)
        client.command(
            "CREATE TABLE issued (tier UInt8, lo UInt32, hi UInt32, minutes Int64, start_us Int64) "
            "ENGINE = MergeTree ORDER BY start_us"
        )
        client.command(
            "CREATE TABLE unit_day (tier UInt8, unit UInt32, day Date, minutes Int64) "
            "ENGINE = SummingMergeTree ORDER BY (tier, unit, day)"
        )
        client.command(
            "CREATE MATERIALIZED VIEW explode TO unit_day AS SELECT tier, arrayJoin(range(lo, hi)) AS unit, "
            "toDate(fromUnixTimestamp64Micro(start_us, 'Asia/Shanghai')) AS day, sum(minutes) AS minutes "
            "FROM issued GROUP BY tier, unit, day"
        )
        server = engines.node.pid
        assert server is not None
        began, cpu = time.perf_counter(), cpu_seconds(server)
        for first in range(0, CLICKHOUSE, BATCH):
            p = stream.postings.select(slice(first, min(first + BATCH, CLICKHOUSE)))
            data: list[Any] = [p.tier, p.lo, p.hi, p.likely, p.start_us]
            client.insert(
                "issued", data, column_oriented=True, column_names=["tier", "lo", "hi", "minutes", "start_us"]
            )
        took, cpu = time.perf_counter() - began, cpu_seconds(server) - cpu
        p = stream.postings.select(slice(0, CLICKHOUSE))
        want = int(p.likely @ (p.hi.astype(np.int64) - p.lo))
        found = int(str(client.command("SELECT sum(minutes) FROM unit_day")))
        if found != want:
            raise RuntimeError(f"ClickHouse view: {found} minutes, must be {want}")
        return Result(
            "ClickHouse materialized view",
            CLICKHOUSE,
            stream.updates(CLICKHOUSE),
            took,
            _table_bytes(client, ("issued", "unit_day")),
            cpu,
        )


def _table_bytes(client: Any, names: tuple[str, ...]) -> int:
    """Bytes of tables after everything is merged."""
    for name in names:
        client.command(f"OPTIMIZE TABLE {name} FINAL")
    return int(
        str(
            client.command(
                "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() "
                f"AND table IN ({', '.join(repr(name) for name in names)})"
            )
        )
    )


def told(command: list[str], result: Path | None = None) -> dict[str, Any]:
    """What a rival's process says of itself, as its last line or in a file. Raises RuntimeError with its output."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, cwd=RIVALS.parents[2], check=False
    )
    text = (
        result.read_text() if result is not None and result.exists() else (done.stdout.strip().splitlines() or [""])[-1]
    )
    try:
        return dict(json.loads(text))
    except ValueError:
        raise RuntimeError(f"{command[1:3]}: {done.stdout[-1000:]}{done.stderr[-2000:]}") from None


def on_kafka(stream: Stream, name: str, script: str, interpreter: str, count: int) -> Result:
    """A rival that reads the stream from a broker of its own; disk is its state directory and its changelog."""
    with tempfile.TemporaryDirectory(prefix="burdenwatch-fanout-") as folder:
        scratch = Path(folder) / "state"
        scratch.mkdir()
        node = KafkaNode(Path(folder) / "kafka")
        node.start()
        try:
            admin = KafkaAdminClient(bootstrap_servers=node.address)
            admin.create_topics([NewTopic(TOPIC, 1, 1)])
            admin.close()
            producer = KafkaProducer(bootstrap_servers=node.address, linger_ms=50, batch_size=262_144)
            for raw in stream.lines(count):
                producer.send(TOPIC, key=b"all", value=raw)
            producer.close()
            command = [interpreter, str(RIVALS / script), node.address, TOPIC, str(scratch), str(count)]
            said = told(command, scratch / "result.json")
            changelogs = [path for path in (Path(folder) / "kafka" / "log").iterdir() if "changelog" in path.name]
            disk = disk_bytes(scratch) + sum(disk_bytes(path) for path in changelogs)
        finally:
            node.stop()
    return Result(name, count, int(said["updates"]), float(said["seconds"]), disk)


def bytewax(stream: Stream, interpreter: str) -> Result:
    """Bytewax reads a file; disk is its recovery store."""
    with tempfile.TemporaryDirectory(prefix="burdenwatch-fanout-") as folder:
        file, recovery = Path(folder) / "issued.jsonl", Path(folder) / "recovery"
        file.write_bytes(b"\n".join(stream.lines(BYTEWAX)))
        said = told([interpreter, str(RIVALS / "bytewax_fanout.py"), str(file), str(recovery)])
        return Result("Bytewax 0.21.1", BYTEWAX, int(said["updates"]), float(said["seconds"]), disk_bytes(recovery))


def rows(result: Result) -> list[Row]:
    """The figures of one way."""
    what = f"fan-out, {result.name} ({result.events:,} issuances, {result.seconds:.1f} s)"
    out = [
        Row(f"{what}: issuances", result.events / result.seconds, "events/s"),
        Row(f"{what}: unit updates", result.updates / result.seconds, "updates/s"),
    ]
    if result.disk is not None:
        out.append(Row(f"{what}: disk", result.disk / result.updates, "bytes/update"))
    return out


def main() -> list[Row]:
    """All ways, one after the other."""
    stream = Stream(load())
    interpreter = python()
    one = ledger(stream, (TOTAL,), "ledger, 1 metric")
    both = ledgers(stream, os.cpu_count() or 1)
    ours = [one, both, ledger(stream, LIVE, f"ledger, {len(LIVE)} metrics"), ledger_from_json(stream), stored(stream)]
    theirs = [
        clickhouse(stream),
        on_kafka(stream, "QuixStreams 3.28.1", "quix_fanout.py", interpreter, QUIX),
        bytewax(stream, interpreter),
        on_kafka(stream, "Faust table 0.15.3", "faust_fanout.py", sys.executable, FAUST),
    ]
    pace = {result.name: result.updates / result.seconds for result in [*ours, *theirs]}
    best = max(theirs, key=lambda result: pace[result.name])
    out = [row for result in [*ours, *theirs] for row in rows(result)]
    for result in ours[:4]:
        ratio = pace[result.name] / pace[best.name]
        goal = (">= 1,000", ratio >= 1000) if result is both else ("", None)
        out.append(Row(f"unit updates: {result.name} to {best.name}, the best rival", ratio, "times", *goal))
    if one.cpu_s and best.cpu_s:
        ratio = (one.updates / one.cpu_s) / (best.updates / best.cpu_s)
        out.append(Row(f"unit updates by CPU second: {one.name} to {best.name}", ratio, "times"))
    for rival in theirs:
        if rival is not best:
            out.append(Row(f"unit updates: {one.name} to {rival.name}", pace[one.name] / pace[rival.name], "times"))
    return out
