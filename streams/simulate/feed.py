"""The stream of the demonstration: the last weeks at once, then an endless stream at a given pace.

Pure: instants come in as arguments. Flows out: CloudEvents as bytes. Load stays near the real one at any pace: issuances come as often as the
area really has them, and what the pace leaves over are reports of units on earlier demands, of which there are many more in reality too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

import numpy as np

from streams.registry import Registry
from streams.simulate.choosing import day_of
from streams.simulate.rates import FLOWS, LEVELS
from streams.simulate.run import DIRECT, Run
from streams.simulate.scenarios import plant
from streams.simulate.sink import SECOND_US, Label, Sent

YEAR_S: Final = 365 * 86_400
WORKING: Final = 4.0
"""How much busier a working hour is than the mean of all hours."""
LEAST, MOST = 0.05, 0.6
"""Bounds of the share of issuances in the live stream."""
REMEMBERED: Final = 2_000
MOST_BREADTH: Final = 200
FOLLOWED: Final = 1.25
"""Events for each issuance, what follows it included."""
STANDING: Final = ("standing", "group", "checkin")


def backfill(
    registry: Registry, *, seed: int, area: str, until_us: int, days: int = 35, events: int = 60_000
) -> Iterable[bytes]:
    """About the last ``days`` days of an area until an instant, in order of arrival, and the standing demands that were made before.

    At most some ``events`` events: where the real number is greater, each reaches more units instead, so that the load is the real one.
    """
    last = day_of(until_us)
    start = last - timedelta(days=days - 1)
    end = last + timedelta(days=1)
    breadth = 1
    while breadth < MOST_BREADTH:
        run = Run(registry, seed=seed, start=start, end=end, area=area, scale=1.0, breadth=breadth)
        before = _before(registry, seed, area, start, breadth)
        due = (run.expected() + before.expected(STANDING)) * FOLLOWED
        if due <= events:
            break
        breadth = min(MOST_BREADTH, max(breadth + 1, int(breadth * due / events)))
    for arrival_us, _, payload in before.records(STANDING):
        if isinstance(payload, str) and day_of(arrival_us) < start:
            yield payload.encode()
    plant(run)
    for arrival_us, _, payload in run.records():
        if arrival_us > until_us:
            break
        if not isinstance(payload, Label):
            yield payload.encode()


def _before(registry: Registry, seed: int, area: str, end: date, breadth: int) -> Run:
    """Demands of the year before that still come back; twice as wide, since they matter for their sum only."""
    first = end - timedelta(days=365)
    return Run(registry, seed=seed + 1, start=first, end=end, area=area, scale=1.0, breadth=breadth * 2 - 1)


def live(registry: Registry, *, seed: int, area: str, start_us: int, rate: float) -> Iterator[tuple[int, bytes]]:
    """Endless ``(due_us, event)``, ``rate`` events a second from ``start_us`` on; an event's time is the second in which it is due."""
    if not rate > 0:
        raise ValueError(f"rate: {rate}: must be above 0; give for example 4")
    today = day_of(start_us)
    run = Run(registry, seed=seed, start=today, end=today + timedelta(days=36_500 // 10), area=area, scale=1.0)
    sink, draw = run.sink, run.sink.draw
    sink.heard = []
    flows = [(flow, level, run.weight(flow, level)) for flow in FLOWS for level in LEVELS if flow.rate(level)]
    edges = np.cumsum([weight for _, _, weight in flows])
    share = min(MOST, max(LEAST, WORKING * float(edges[-1]) / YEAR_S / rate))
    known: deque[Sent] = deque(maxlen=REMEMBERED)
    number = 0
    while True:
        due_us = start_us + int(number * SECOND_US / rate)
        number += 1
        t_us = due_us // SECOND_US * SECOND_US
        if not known or draw() < share:
            flow, level, _ = flows[int(np.searchsorted(edges, draw() * edges[-1]).clip(0, len(flows) - 1))]
            run.one(flow, run.anyone(flow, level, draw()), t_us, flow.direct[DIRECT[level]] if level in DIRECT else 1.0)
            known.extend(sent for sent in sink.heard if sent.unit)
            sink.heard.clear()
        else:
            _report(run, known[int(draw() * len(known))], t_us)
        yield due_us, _only(run)


def _report(run: Run, sent: Sent, t_us: int) -> None:
    """What a unit says of an earlier demand: mostly what it really took."""
    draw = run.sink.draw
    minutes = max(1, int(sent.minutes * (0.4 + 1.2 * draw())))
    if sent.kind == "request" and draw() < 0.02:
        fields = f'"returns":"{sent.id}","unit":"{sent.unit}","effort_minutes":{max(1, minutes // 3)},"return_reason":"数据口径需核对"'
        run.sink.follow(sent, "returned", fields, t_us)
    else:
        run.sink.follow(
            sent, "answered", f'"answers":"{sent.id}","unit":"{sent.unit}","actual_minutes":{minutes}', t_us
        )


def _only(run: Run) -> bytes:
    """The event that was just made; what was drawn to follow is left out."""
    found = b""
    for day in run.sink.waiting:
        for _, _, payload in run.sink.take(day):
            if isinstance(payload, str) and not found:
                found = payload.encode()
    return found
