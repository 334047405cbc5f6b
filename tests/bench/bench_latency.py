"""From HTTP to a scoped read: how long an event takes to be visible while a thousand a second come in.

Open loop: requests go out at their due times whether or not the earlier ones have been answered, and lateness counts. One event of
fifty is a check-in for one township; a reader asks for that township's count under a leadership scope again and again. The n-th probe
is visible once the count reaches n. Time runs from when the request was due to when the read that shows it has been answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import aiohttp
import numpy as np
from clickhouse_connect.driver.client import Client

from infra.local.process import free_port, until
from streams.registry import Registry, load
from streams.store import Scope, connect, reads
from tests.bench.figures import Row, at_least, at_most
from tests.bench.processes import Part
from tests.bench.rig import Rig, plain_events, rig

RATE: Final = 1_000
SECONDS: Final = 30
WARM_S: Final = 8
PROBE_EVERY: Final = 50
TOKEN: Final = "bench-token"
METRIC: Final = "checkin.count.24h"
LOOK_S: Final = 0.03
PATIENCE_S: Final = 60.0
LEADER: Final = Scope("bench", "leadership", ("",))


@contextlib.contextmanager
def door(engines: Rig) -> Iterator[str]:
    """The real intake process; its URL for events."""
    row = {"name": "bench", "sha256": hashlib.sha256(TOKEN.encode()).hexdigest(), "issuers": ["*"], "sources": ["*"]}
    tokens = engines.data / "tokens.json"
    tokens.write_text(json.dumps({"tokens": [{**row, "areas": [""], "role": "operator"}]}))
    port = free_port()
    environment = engines.environment() | {
        "BURDENWATCH_STORE_USER": "burdenwatch",
        "BURDENWATCH_PORT": str(port),
        "BURDENWATCH_TOKENS_FILE": str(tokens),
    }
    process = Part("door", ("streams.intake.serve",), environment, engines.data / "door.log")
    process.start()
    try:
        if not until(lambda: _listens(port), timeout_s=PATIENCE_S):
            raise TimeoutError(f"door: does not listen: {process.log.read_text()[-2000:]}")
        yield f"http://127.0.0.1:{port}/v1/events"
    finally:
        process.stop()


def _listens(port: int) -> bool:
    import socket

    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def probe(number: int, township: str) -> bytes:
    """A check-in demand for one township, from now."""
    event = {
        "specversion": "1.0",
        "id": f"probe-{number}",
        "source": "//oa.example.cn/probe",
        "type": "burden.checkin.issued.v1",
        "time": datetime.now(UTC).isoformat(),
        "data": {
            "issuer": f"{township[:6]}-office",
            "title": "巡河打卡要求",
            "reach": {"units": [township]},
            "people": 1,
            "taps": 1,
        },
    }
    return json.dumps(event, ensure_ascii=False).encode()


class Watch(threading.Thread):
    """Reads the township's count until told to stop; ``seen[n]`` is when n probes were visible first."""

    def __init__(self, client: Client, registry: Registry, township: str) -> None:
        super().__init__(daemon=True)
        self._asked = (client, LEADER, registry, township, [METRIC])
        self.ended = threading.Event()
        self.seen: list[float] = []
        self.reads: list[float] = []

    def run(self) -> None:
        while not self.ended.wait(LOOK_S):
            began = time.perf_counter()
            count = reads.unit_load(*self._asked, time.time_ns() // 1000)[METRIC]
            now = time.perf_counter()
            self.reads.append(now - began)
            self.seen.extend([now] * (count - len(self.seen)))


async def send(url: str, background: list[bytes], township: str, batch: int) -> tuple[list[float], int, float]:
    """Sends at RATE in requests of ``batch`` events: due times of the probes, events not answered 202, seconds it took."""
    due_of_probes: list[float] = []
    refused = 0
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/cloudevents-batch+json"}

    async def post(session: aiohttp.ClientSession, events: list[bytes]) -> None:
        nonlocal refused
        async with session.post(url, data=b"[" + b",".join(events) + b"]", headers=headers) as answer:
            await answer.read()
            refused += 0 if answer.status == 202 else len(events)

    connector = aiohttp.TCPConnector(limit=256)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        tasks: list[asyncio.Task[None]] = []
        for first in range(0, len(background), batch):
            due = began + first / RATE
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            events = background[first : first + batch]
            for place in range(first, first + len(events)):
                if place % PROBE_EVERY == 0:
                    events[place - first] = probe(place, township)
                    due_of_probes.append(due)
            tasks.append(asyncio.create_task(post(session, events)))
        await asyncio.gather(*tasks)
        return due_of_probes, refused, time.perf_counter() - began


def measured(registry: Registry, batch: int) -> list[Row]:
    """One run with requests of ``batch`` events."""
    township = registry.code_of(4, registry.size(4) // 2)
    with rig() as engines, door(engines) as url:
        worker = engines.worker()
        worker.start()
        watch = Watch(connect(engines.store), registry, township)
        watch.start()
        try:
            count = RATE * (SECONDS + WARM_S)
            until(lambda: "burden.demands" in worker.log.read_text(), timeout_s=PATIENCE_S)
            background = [value for _, value in plain_events(registry, count, time.time_ns() // 1000)]
            sent, refused, took = asyncio.run(send(url, background, township, batch))
            until(lambda: len(watch.seen) >= len(sent), timeout_s=PATIENCE_S)
        finally:
            watch.ended.set()
            watch.join()
            worker.stop()
    missing = len(sent) - len(watch.seen)
    warm = WARM_S * RATE // PROBE_EVERY
    waits = 1000 * (np.array(watch.seen[: len(sent)]) - np.array(sent[: len(watch.seen)]))[warm:]
    what = f"HTTP to scoped read, {RATE:,} events/s in requests of {batch}"
    return [
        at_least(f"{what}: events sent by second", (len(background) - refused) / took, "events/s", RATE * 0.98),
        at_most(f"{what}: p50 of {len(waits)} probes", float(np.percentile(waits, 50)), "ms", 300),
        at_most(f"{what}: p99", float(np.percentile(waits, 99)), "ms", 1000),
        Row(f"{what}: of this the read itself, median", 1000 * float(np.median(watch.reads)), "ms"),
        Row(f"{what}: events refused or probes never seen", refused + missing, "events", "0", not refused + missing),
    ]


def main() -> list[Row]:
    """Requests of ten events, and of one."""
    registry = load()
    return [*measured(registry, 10), *measured(registry, 1)]
