"""The demonstration at six times its pace for ten minutes: an hour of the stream, every part alive, every family judging, rules that fire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import pytest
from clickhouse_connect.driver.client import Client

from streams.store import Address, connect
from streams.store.parts import part_states
from streams.system.layout import Layout
from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_faults import children

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(900)]

SECONDS: Final = 600
FAMILIES: Final = frozenset(("event", "load", "relation", "quota", "absence"))
EVERY_S: Final = 15
"""Between two looks at every part."""
ROUNDS: Final = 3
"""Each family completes at least so many: a round of relations takes up to a minute on two busy cores and rests three times as long."""


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


def rounds(reader: Client, since_us: int) -> dict[str, int]:
    """How many rounds each family completed."""
    rows = reader.query(
        "SELECT name, count() FROM rounds WHERE part = 'judge' AND at_us >= {since:Int64} GROUP BY name",
        parameters={"since": since_us},
    )
    return {str(name): int(count) for name, count in rows.result_rows}


def firing(reader: Client) -> tuple[int, int]:
    """Rules that fire, and detections (R01 to R24) that they belong to."""
    rows = reader.query(
        "SELECT uniqExact(rule), uniqExact(substring(rule, 1, 3)) FROM transitions WHERE phase = 'firing'"
    )
    rules, detections = rows.result_rows[0]
    return int(rules), int(detections)


def test_an_hour_of_the_stream_passes_with_every_part_alive(system: Embedded, reader: Client) -> None:
    begun, begun_us = time.monotonic(), time.time_ns() // 1000
    parts = sorted(children(system.process.pid))
    took = until(lambda: rounds(reader, begun_us).keys() >= FAMILIES, 120)
    print(f"every family judged within {took:.0f} s of being ready")
    until(lambda: firing(reader)[0] >= 10 and firing(reader)[1] >= 8, SECONDS)
    for look in range(int(time.monotonic() - begun), SECONDS, EVERY_S):
        until(lambda at=begun + look: time.monotonic() >= at, 2 * EVERY_S)  # type: ignore[misc]
        assert system.http.get("/readyz").status_code == 200
        late = [part for part in part_states(reader, time.time_ns() // 1000) if not part.is_ok]
        assert not late or time.monotonic() - begun < 60, late
    assert sorted(children(system.process.pid)) == parts, "nothing was started again"
    assert min(rounds(reader, begun_us).values()) >= ROUNDS, rounds(reader, begun_us)
    rules, detections = firing(reader)
    print(f"{rules} rules of {detections} detections fire")
    counted = system.run("recount")
    assert counted.returncode == 0, counted.stdout + counted.stderr
    assert "no difference" in counted.stdout
    assert system.run("doctor").returncode == 0
