"""How far a yearly quota will last: the rate so far as a Poisson rate over workdays, with its 80 % interval, carried to the year's end.

Pure. Flows in: counts by day, the share of the year's workdays that has passed by each day, a limit. Flows out: ``Projection``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

Z80: Final = 1.2815515655446004
"""Nine in ten of a normal distribution lie below: both sides together leave 20 %."""


class Course(NamedTuple):
    """What the number will be by the end of each day from today on, and the day of the year (from 0) on which it passes the limit."""

    by_day: tuple[float, ...]
    breach: int | None


class Projection(NamedTuple):
    """``early`` follows the upper end of the rate, ``late`` its lower end."""

    used: int
    today: int
    likely: Course
    early: Course
    late: Course


def rate_interval(count: int) -> tuple[float, float]:
    """The 80 % interval of the mean behind a Poisson count (Garwood), by the Wilson-Hilferty quantiles of chi square; within 0.03 of exact."""
    low = _quantile(2 * count, -Z80) / 2 if count else 0.0
    return low, _quantile(2 * count + 2, Z80) / 2


def _quantile(freedom: int, z: float) -> float:
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + z * sqrt(part)) ** 3)


def projected(counts: Sequence[int], shares: Sequence[float], limit: int) -> Projection:
    """``counts``: each day of the year so far, today the last; ``shares``: workdays passed by the end of each day of the year, from 0 to 1.

    A limit that is passed already was passed on its day, whatever comes. Without a workday so far nothing is expected to come.
    """
    used, today = sum(counts), len(counts) - 1
    passed = _passed(counts, limit)
    gone = shares[today]
    low, high = rate_interval(used)

    def course(mean: float) -> Course:
        rate = mean / gone if gone > 0 else 0.0
        line = tuple(used + rate * (share - gone) for share in shares[today:])
        ahead = next((today + n for n, value in enumerate(line) if value > limit), None)
        return Course(line, passed if passed is not None else ahead)

    return Projection(used, today, course(float(used)), course(high), course(low))


def _passed(counts: Sequence[int], limit: int) -> int | None:
    sum_ = 0
    for day, count in enumerate(counts):
        sum_ += count
        if sum_ > limit:
            return day
    return None
