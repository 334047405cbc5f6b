"""Admission: events a second from Kafka to ClickHouse, by the real worker and by a Faust agent as a newcomer writes one.

Both find the same log, filled before they start. What is measured begins with the first stored event, when start-up is
over, and ends with the last: wall time, and processor time of the process. The worker admits and tallies in one process; its
processor time has both in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from streams.registry import load
from streams.store import connect
from streams.system.supervisor import Command
from tests.bench.figures import Row, at_least
from tests.bench.processes import cpu_seconds
from tests.bench.rig import Rig, fill, rig

EVENTS: Final = 200_000
NAIVE_EVENTS: Final = 40_000
PATIENCE_S: Final = 240.0


class Pace(NamedTuple):
    """Events between the first and the last look, and what they took."""

    events: int
    wall_s: float
    cpu_s: float


def timed(command: Command, stored: Callable[[], int], wanted: int) -> Pace:
    """Runs a process until ``wanted`` are stored. Raises TimeoutError, RuntimeError when it ends before."""
    deadline = time.monotonic() + PATIENCE_S
    command.start()
    child = command.child
    if child is None:
        raise RuntimeError(f"{command.name}: did not start")
    first: tuple[int, float, float] | None = None
    try:
        while True:
            count, now, cpu = stored(), time.perf_counter(), cpu_seconds(child.pid)
            if count and first is None:
                first = count, now, cpu
            if count >= wanted and first is not None:
                return Pace(count - first[0], now - first[1], cpu - first[2])
            if not command.is_running():
                raise RuntimeError(f"{command.name}: ended before it was done: {command.log.read_text()[-2000:]}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{command.name}: {count} of {wanted} events in {PATIENCE_S:.0f} s")
            time.sleep(0.02)
    finally:
        command.stop()


def run(events: int, command: Callable[[Rig], Command], question: str) -> Pace:
    """One fresh broker and store, filled with ``events``, emptied by one process."""
    registry = load()
    with rig() as engines:
        fill(engines.broker.address, registry, events, time.time_ns() // 1000 - 86_400_000_000)
        client = connect(engines.store)
        return timed(command(engines), lambda: int(str(client.command(question))), events)


def naive(engines: Rig) -> Command:
    """The plain Faust agent."""
    folder = engines.data / "naive"
    folder.mkdir()
    environment = engines.environment() | {"BURDENWATCH_STATE": str(folder)}
    return Command("naive", ("tests.bench.rivals.faust_admit",), environment, engines.data / "naive.log")


def main() -> list[Row]:
    """Both ways, the worker also up to the last posting."""
    ours = run(EVENTS, lambda engines: engines.worker(), "SELECT count() FROM events")
    whole = run(EVENTS, lambda engines: engines.worker(), "SELECT uniqExact(key) FROM postings")
    theirs = run(NAIVE_EVENTS, naive, "SELECT count() FROM events")
    rate, plain = ours.events / ours.cpu_s, theirs.events / theirs.cpu_s
    return [
        at_least("admit: events by CPU second of the worker, tally's share included", rate, "events/s", 20_000),
        Row("admit: events by wall second", ours.events / ours.wall_s, "events/s"),
        Row("admit and tally to the last posting: events by CPU second", whole.events / whole.cpu_s, "events/s"),
        Row("admit and tally to the last posting: events by wall second", whole.events / whole.wall_s, "events/s"),
        Row(f"plain per-record Faust agent, {NAIVE_EVENTS:,} events: by CPU second", plain, "events/s"),
        Row("plain per-record Faust agent: by wall second", theirs.events / theirs.wall_s, "events/s"),
        at_least("admit: worker to plain agent, by CPU second", rate / plain, "times", 3),
        Row(
            "admit: worker to plain agent, by wall second",
            ours.events / ours.wall_s / (theirs.events / theirs.wall_s),
            "times",
        ),
    ]
