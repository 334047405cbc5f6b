"""Which violations a run shall hold: planned before it begins, so that the same seed plants the same ones.

Pure. Flows in: a run. Flows out: plans by day, and offices that are quiet meanwhile. Every rule is planted at the known rate
``rates.VIOLATION`` per issuance, at least once where the run is long enough, and half as many near misses beside it.
R09 and R11 come from the requests themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np

from streams.simulate import rates
from streams.simulate.places import Office
from streams.simulate.plots import PLOTS
from streams.simulate.run import Run
from streams.simulate.season import is_workday, workday_after
from streams.simulate.sink import DAY_US, at
from streams.simulate.stage import Stage
from streams.simulate.stories import SILENT_WORKDAYS, STORIES, silence

HEAVY: Final = {"R20": 0.1, "R21": 0.2, "R22": 0.2}
"""Stories of many events are rarer by these factors."""
SILENT_SHARE: Final = 0.01
"""Of the lowest places, one office each."""
BACK: Final = 34_200
"""The second of the day at which a silent office speaks again."""
SHIFTING: Final = "petition"
"""The line whose offices are left to R22: a small one, so that the stream does not miss it."""


def plant(run: Run) -> None:
    """Plan what a run shall break, and what it shall nearly break."""
    if not run.world.lowest:
        return
    days = [run.start + timedelta(days=n) for n in range((run.end - run.start).days)]
    workdays = [day for day in days if is_workday(day)]
    _silences(run, workdays)
    expected = run.expected() * rates.VIOLATION
    for rule, (play, span) in sorted((PLOTS | STORIES).items()):
        fit = [day for day in workdays if workday_after(day, span) < run.end]
        if not fit:
            continue
        count = expected * HEAVY.get(rule, 1.0)
        for meant, number in ((True, count), (False, count / 2)):
            for _ in range(max(1, int(run.rng.poisson(number)))):
                day = fit[int(run.rng.integers(len(fit)))]
                office = _office(run, SHIFTING if rule == "R22" else "")
                if rule == "R22":
                    if office.issuer in run.quiet:
                        continue
                    run.quiet[office.issuer] = (0, at(run.end, 0))
                _plan(run, day, partial(_played, run, play, office, day, meant))


def _played(run: Run, play: Callable[[Stage], None], office: Office, day: date, meant: bool) -> None:
    play(Stage(run, office, day, expected=meant))


def _plan(run: Run, day: date, plan: Callable[[], None]) -> None:
    run.plans.setdefault(day, []).append(plan)


def _office(run: Run, line: str) -> Office:
    """An office of a lowest place that is not quiet, if there is any."""
    world = run.world
    office = world.office(world.lowest[0], line or world.lines[0])
    for _ in range(50):
        place = world.lowest[int(run.rng.integers(len(world.lowest)))]
        at_line = int(np.searchsorted(world.line_edges, run.rng.random()))
        office = world.office(place, line or world.lines[min(at_line, len(world.lines) - 1)])
        if office.issuer not in run.quiet and (line or office.line != SHIFTING):
            break
    return office


def _silences(run: Run, workdays: list[date]) -> None:
    """R24: busy offices that fall silent for ten workdays; near misses that rest over a weekend."""
    fit = [day for day in workdays if workday_after(day, SILENT_WORKDAYS + 2) < run.end]
    if len(fit) < 2:
        return
    busiest = run.busiest()
    count = max(1, round(len(busiest) * SILENT_SHARE))
    for number, place in enumerate(busiest[: 2 * count]):
        meant = number < count
        office = run.world.office(run.world.lowest[place], "office")
        if office.issuer in run.quiet:
            continue
        day = fit[1 + int(run.rng.integers(len(fit) - 1))]
        gap = SILENT_WORKDAYS if meant else 0
        first = at(day, 0) + DAY_US
        run.quiet[office.issuer] = (first, at(workday_after(day, gap + 1), BACK))
        _plan(run, day, partial(_played, run, partial(silence, workdays=gap, second=BACK), office, day, meant))
