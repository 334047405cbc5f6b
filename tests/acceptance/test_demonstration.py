"""The demonstration at six times its pace for ten minutes: an hour of the stream, every part alive, every family judging, rules that fire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import pytest
from clickhouse_connect.driver.client import Client

from streams.store import Address, connect
from streams.store.rounds import last_rounds
from streams.system.layout import Layout
from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_faults import children

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(900)]

SECONDS: Final = 600
FAMILIES: Final = frozenset(("event", "load", "relation", "quota", "absence"))
EVERY_S: Final = 15
"""Between two looks at every part."""
LATEST_S: Final = 300
"""A family that completed no round for so long has stopped (a round of relations takes some 30 s on two busy cores, and rests after it)."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    data = tmp_path_factory.mktemp("demonstration") / "data"
    with up(data, "--speed", "6", "--port", "18940") as running:
        yield running


@pytest.fixture(scope="module")
def reader(system: Embedded) -> Client:
    layout = Layout(system.data)
    running = layout.running()
    address = Address(running.store_host, running.store_port, "reader", layout.secret("store-reader"))
    return connect(address, readonly=True)


def judged(reader: Client) -> dict[str, float]:
    """Seconds since each family's last completed round."""
    now_us = time.time_ns() // 1000
    return {row.name: (now_us - row.at_us) / 1e6 for row in last_rounds(reader, now_us) if row.part == "judge"}


def firing(reader: Client) -> tuple[int, int]:
    """Rules that fire, and detections (R01 to R24) that they belong to."""
    rows = reader.query(
        "SELECT uniqExact(rule), uniqExact(substring(rule, 1, 3)) FROM transitions WHERE phase = 'firing'"
    )
    rules, detections = rows.result_rows[0]
    return int(rules), int(detections)


def test_an_hour_of_the_stream_passes_with_every_part_alive(system: Embedded, reader: Client) -> None:
    begun = time.monotonic()
    parts = sorted(children(system.process.pid))
    took = until(lambda: judged(reader).keys() >= FAMILIES, 120)
    print(f"every family judged within {took:.0f} s of being ready")
    until(lambda: firing(reader)[0] >= 10 and firing(reader)[1] >= 8, SECONDS)
    for look in range(int(time.monotonic() - begun), SECONDS, EVERY_S):
        until(lambda at=begun + look: time.monotonic() >= at, 2 * EVERY_S)  # type: ignore[misc]
        assert system.http.get("/readyz").status_code == 200
        assert max(judged(reader).values()) < LATEST_S, judged(reader)
    assert sorted(children(system.process.pid)) == parts, "nothing was started again"
    rules, detections = firing(reader)
    print(f"{rules} rules of {detections} detections fire")
    counted = system.run("recount")
    assert counted.returncode == 0, counted.stdout + counted.stderr
    assert "no difference" in counted.stdout
    assert system.run("doctor").returncode == 0
