"""Admission: events a second from Kafka to ClickHouse, by the real worker and by a Faust agent as a newcomer writes one.

All find the same log, filled before they start: one event in ten is about an earlier one (some 3,000 events before), one in twenty recurs.
What is measured begins with the first stored event, when start-up is over, and ends with the last: wall time, and processor time of the
process. The worker admits and tallies in one process; its processor time has both in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from streams.registry import load
from streams.store import connect
from tests.bench.figures import Row, at_least
from tests.bench.processes import Part, cpu_seconds
from tests.bench.rig import Rig, fill, is_life, rig

EVENTS: Final = 200_000
DEMANDS: Final = EVENTS - sum(is_life(number) for number in range(2_978, EVENTS))
"""So many of them issue a demand; the others are about the one before of the same county (there are 2,978)."""
NAIVE_EVENTS: Final = 40_000
PATIENCE_S: Final = 240.0


class Pace(NamedTuple):
    """Events between the first and the last look, and what they took."""

    events: int
    wall_s: float
    cpu_s: float


def timed(command: Part, stored: Callable[[], int], wanted: int) -> Pace:
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


def run(events: int, command: Callable[[Rig], Part], question: str, wanted: int = 0) -> Pace:
    """A fresh broker and store, filled with ``events``, emptied by one process until the answer is ``wanted`` (0: ``events``)."""
    registry = load()
    with rig() as engines:
        fill(engines.broker.address, registry, events, time.time_ns() // 1000 - 86_400_000_000)
        client = connect(engines.store)
        return timed(command(engines), lambda: int(str(client.command(question))), wanted or events)


def naive(engines: Rig, admit_only: bool = False) -> Part:
    """The plain Faust agent: with the load, or admission alone."""
    folder = engines.data / "naive"
    folder.mkdir()
    environment = engines.environment() | {"BURDENWATCH_STATE": str(folder)}
    environment |= {"BENCH_ADMIT_ONLY": "1"} if admit_only else {}
    return Part("naive", ("tests.bench.rivals.faust_admit",), environment, engines.data / "naive.log")


def main() -> list[Row]:
    """The worker, up to the last event and to the last posting; the plain agent that does the same work, and one that keeps no load."""
    ours = run(EVENTS, lambda engines: engines.worker(), "SELECT count() FROM events")
    whole = run(EVENTS, lambda engines: engines.worker(), "SELECT uniqExact(key) FROM postings", DEMANDS)
    same = run(NAIVE_EVENTS, naive, "SELECT count() FROM events")
    less = run(NAIVE_EVENTS, lambda engines: naive(engines, admit_only=True), "SELECT count() FROM events")
    rate, plain, bare = (pace.events / pace.cpu_s for pace in (ours, same, less))
    return [
        Row("admit: events by CPU second of the worker, tally's share included", rate, "events/s"),
        Row("admit: events by wall second", ours.events / ours.wall_s, "events/s"),
        Row(
            "admit and tally to the last demand's posting: demands by CPU second",
            whole.events / whole.cpu_s,
            "demands/s",
        ),
        Row(
            "admit and tally to the last demand's posting: demands by wall second",
            whole.events / whole.wall_s,
            "demands/s",
        ),
        Row(f"plain per-record Faust agent, the same work, {NAIVE_EVENTS:,} events: by CPU second", plain, "events/s"),
        Row("plain per-record Faust agent that keeps no load: by CPU second", bare, "events/s"),
        at_least("admit: worker to plain agent, the same work, by CPU second", rate / plain, "times", 5),
        Row("admit: worker to the plain agent that keeps no load, by CPU second", rate / bare, "times"),
    ]
