"""A catalogue of 100,000 held elements: read from a table, stored, and taken up by the running judge.

python -m tests.bench.bench_lists
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from infra.local.clickhouse import ClickHouseNode
from streams.agents.judge.judge import Judge
from streams.calendars import Calendar
from streams.config import clock
from streams.registry import load as load_registry
from streams.rules import Rulebook, load, shipped
from streams.rules.list_files import understood
from streams.rules.lists import gated
from streams.store import Address, connect, migrate
from streams.store.lists import insert_list
from tests.bench.figures import Row, at_most

ELEMENTS = 100_000
GIVEN = {"kind": "held", "name": "catalogue", "source": "bench", "from": "2020-01-01"}


def table() -> bytes:
    """A catalogue as an office keeps it, one element in ten not shared."""
    lines = ["数据项,持有单位,是否共享,不共享原因"]
    lines += [
        f"element-{n},{('公安', '民政')[n % 2]},{'否,涉密以外的限制' if n % 10 == 0 else '是,'}"
        for n in range(ELEMENTS)
    ]
    return "\n".join(lines).encode()


def main() -> list[Row]:
    """Reads, adds, and waits for the judge's next look."""
    registry, content = load_registry(), table()
    began = time.perf_counter()
    reading = understood(content, "catalogue.csv", registry, GIVEN)
    read_s = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        node = ClickHouseNode(Path(folder), password="writes", readonly_password="reads")
        node.start()
        try:
            client = connect(Address(*node.address, "burdenwatch", "writes"))
            migrate(client)
            judge = Judge(client, registry, Rulebook(load(shipped())), Calendar.load(), clock.now_us())
            began = time.perf_counter()
            insert_list(client, gated(reading.version()), clock.now_us(), checked=True)
            added_s = time.perf_counter() - began
            began = time.perf_counter()
            judge.housekeeping(clock.now_us())
            loaded_s = time.perf_counter() - began
            held = len(judge.lists.held)
        finally:
            node.stop()
    assert held == ELEMENTS * 9 // 10, held
    what = f"{ELEMENTS:,} held elements"
    return [
        Row(f"{what}: read and checked from a table", read_s, "s"),
        Row(f"{what}: passed through the gate and stored", added_s, "s"),
        at_most(f"{what}: taken up by the running judge", loaded_s, "s", 5),
    ]
