"""Restart of a worker that finds 30 national days in the store: three million postings and as many events.

Measured from the start of the process to the first tick of the last shard; the loads that these ticks tell are then computed
anew from the postings, and every digest must be equal.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.agents.recount.comparisons import ledger_differences
from streams.calendars.periods import DAY_US
from streams.ledger.postings import Postings
from streams.registry import Registry, load
from streams.store import connect, insert_postings
from tests.bench.figures import Row, at_most
from tests.bench.national_year import DEMANDS, FIRST_DAY, SHARDS, days, issuers
from tests.bench.rig import Rig, rig

ROWS: Final = 3_000_000
DAYS: Final = 30
GROUP: Final = 10
PATIENCE_S: Final = 180.0
REPEATS: Final = 3

_EVENTS: Final = """
INSERT INTO events (pos, ident, digest, source, id, type, kind, verb, time_us, issuer, title, doc_no, receivers, likely, recurrence,
    body, admitted_us)
SELECT key, sipHash64(key), sipHash64(key, 1), '//oa.example.cn/filled', toString(key), 'burden.request.issued.v1', any(kind), 'issued',
    any(start_us), any(issuer), 'filled', '', 1, any(likely), '', '{}', any(start_us)
FROM postings WHERE intDiv(key, 17592186044416) = {partition:UInt64} GROUP BY key
"""


def fill(client: Client, registry: Registry, now_us: int) -> int:
    """ROWS postings of the 30 days before ``now_us``, and an event for each demand; the number of postings."""
    names = np.array(issuers(registry), dtype=object)
    shift = now_us - (int(FIRST_DAY.timestamp()) * 1_000_000 + DAYS * DAY_US)
    held: dict[int, list[tuple[dict[str, np.ndarray], np.ndarray]]] = {shard: [] for shard in range(SHARDS)}
    offsets, rows = [0] * SHARDS, 0
    scale = ROWS / (DEMANDS * DAYS / 365) * 1.051  # November holds a little less than its share
    for day, batches in enumerate(days(registry, 7, scale=scale, count=DAYS)):
        for batch in batches:
            held[batch.shard].append((batch.columns, batch.issuer))
        if (day + 1) % GROUP:
            continue
        for shard, parts in held.items():
            columns = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
            columns["start_us"] = columns["start_us"] + shift
            columns["key"] = columns["key"] & np.uint64((1 << 56) - 1)  # epoch 0: the log that the worker will find
            codes = names[np.concatenate([part[1] for part in parts])]
            offsets[shard] += len(codes)
            rows += insert_postings(client, Postings(**columns, issuer=codes), shard=shard, run=offsets[shard])
            parts.clear()
    for partition in range(SHARDS):
        client.command(_EVENTS, parameters={"partition": partition})
    return rows


def restart(engines: Rig, client: Client, name: str) -> float:
    """Seconds from the start of a worker to a tick of every shard. Raises TimeoutError, RuntimeError."""
    since = time.time_ns() // 1000
    began = time.perf_counter()
    worker = engines.worker(name)
    worker.start()
    try:
        while time.perf_counter() - began < PATIENCE_S:
            seen = client.command("SELECT uniqExact(shard) FROM ticks WHERE at_us >= {since:Int64}", {"since": since})
            if int(str(seen)) == SHARDS:
                return time.perf_counter() - began
            if not worker.is_running():
                raise RuntimeError(f"worker: ended: {worker.log.read_text()[-2000:]}")
            time.sleep(0.05)
        raise TimeoutError(
            f"worker: no tick of every shard within {PATIENCE_S:.0f} s: {worker.log.read_text()[-2000:]}"
        )
    finally:
        worker.stop()


def main() -> list[Row]:
    """The median of REPEATS restarts; then the digests."""
    registry = load()
    with rig() as engines:
        client = connect(engines.store)
        rows = fill(client, registry, time.time_ns() // 1000)
        events = int(str(client.command("SELECT count() FROM events")))
        took = sorted(restart(engines, client, f"worker{turn}") for turn in range(REPEATS))
        wrong, compared = ledger_differences(client, registry)
    return [
        Row("restart: postings in the store", rows, "rows"),
        Row("restart: events in the store", events, "rows"),
        at_most("restart: process start to a tick of every shard (median of 3)", took[len(took) // 2], "s", 15),
        Row("restart: slowest of 3", took[-1], "s"),
        Row(f"restart: digests that differ, of {compared}", len(wrong), "digests", "0", not wrong and compared > 0),
    ]
