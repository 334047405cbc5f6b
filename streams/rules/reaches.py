"""Arithmetic of reaches: what two share, and where many meet.

Pure. Flows in: ranges (sorted, disjoint). Flows out: ranges, counts, places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams.registry import Range, Ranges


def shared(one: Ranges, other: Ranges) -> Ranges:
    """The units in both."""
    out: list[Range] = []
    i = j = 0
    while i < len(one) and j < len(other):
        a, b = one[i], other[j]
        if a.tier == b.tier and a.lo < b.hi and b.lo < a.hi:
            out.append(Range(a.tier, max(a.lo, b.lo), min(a.hi, b.hi)))
        if (a.tier, a.hi) <= (b.tier, b.hi):
            i += 1
        else:
            j += 1
    return tuple(out)


def size(ranges: Ranges) -> int:
    """How many units."""
    return sum(one.hi - one.lo for one in ranges)


class Busiest(NamedTuple):
    """The unit that most of some reaches hold, the first of them; and which hold it, by number."""

    tier: int
    rank: int
    members: tuple[int, ...]


def busiest(reaches: Sequence[Ranges]) -> Busiest | None:
    """The unit where most reaches meet; None when nobody is reached."""
    edges = sorted(
        edge
        for number, ranges in enumerate(reaches)
        for one in ranges
        for edge in ((one.tier, one.lo, 1, number), (one.tier, one.hi, 0, number))
    )
    best: Busiest | None = None
    held: set[int] = set()
    for tier, rank, opens, number in edges:
        if not opens:
            held.discard(number)
            continue
        held.add(number)
        if best is None or len(held) > len(best.members):
            best = Busiest(tier, rank, tuple(sorted(held)))
    return best
