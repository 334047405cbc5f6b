"""Two workers share the work: one joins under load, one is killed, one leaves in peace; no total changes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from streams.agents.recount.recount import recount
from streams.config.kafka import Brokers
from streams.registry import load
from streams.store import connect
from tests.acceptance.system import until
from tests.bench.rig import Rig, fill, rig

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(400)]

EVENTS = 6_000


def test_a_worker_joins_one_is_killed_one_leaves() -> None:
    registry = load(None)
    start_us = time.time_ns() // 1000 - 3_600_000_000
    with rig() as engines:
        first, second, third = (engines.worker(name) for name in ("first", "second", "third"))
        first.start()
        fill(engines.broker.address, registry, EVENTS, start_us)
        until(lambda: stored(engines) > EVENTS // 4, 60)
        second.start()
        fill(engines.broker.address, registry, EVENTS, start_us, first=EVENTS)
        until(lambda: "rebuilt" in text(second.log), 60)
        fill(engines.broker.address, registry, EVENTS, start_us, first=2 * EVENTS)
        first.kill()
        third.start()
        fill(engines.broker.address, registry, EVENTS, start_us, first=3 * EVENTS)
        until(lambda: "rebuilt" in text(third.log), 60)
        third.stop()
        report = recount(Brokers(engines.broker.address), engines.store, registry)
        assert report.differences == ()
        assert report.admitted == stored(engines) == 4 * EVENTS
        assert second.is_running()
        second.stop()


def text(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""


def stored(engines: Rig) -> int:
    client = connect(engines.store)
    try:
        return int(client.query("SELECT count() FROM events").result_rows[0][0])
    finally:
        client.close()
