"""From the positions of one registry version to those of another, by unit code.

Pure. Flows in: two registries and ranges of the first. Flows out: ranges of the second, and the codes that are gone.
"""

from __future__ import annotations

import numpy as np

from streams.registry.model import Range, Ranges
from streams.registry.reach import merged
from streams.registry.registry import Registry


def remap(old: Registry, new: Registry, ranges: Ranges) -> Ranges:
    """The same units in ``new``. Units that are no longer listed drop out; units that are new in between are not added."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for tier, lo, hi in ranges:
        target = _tier_in(old, new, tier)
        if target is None:
            continue
        there = new.numbers(target)
        if there is old.numbers(tier):
            spans.setdefault(target, []).append((lo, hi))
            continue
        ranks, held = _places(old.numbers(tier)[lo:hi], there)
        found = ranks[held]
        if len(found):
            breaks = np.flatnonzero(np.diff(found) != 1) + 1
            lows, highs = found[np.r_[0, breaks]], found[np.r_[breaks - 1, len(found) - 1]] + 1
            spans.setdefault(target, []).extend(zip(lows.tolist(), highs.tolist(), strict=True))
    return tuple(Range(tier, lo, hi) for tier in sorted(spans) for lo, hi in merged(spans[tier]))


def lost(old: Registry, new: Registry, ranges: Ranges) -> tuple[str, ...]:
    """Codes of the units in ``ranges`` that ``new`` does not list."""
    out: list[str] = []
    for tier, lo, hi in ranges:
        target = _tier_in(old, new, tier)
        if target is None:
            out.extend(old.code_of(tier, rank) for rank in range(lo, hi))
            continue
        _, held = _places(old.numbers(tier)[lo:hi], new.numbers(target))
        out.extend(old.code_of(tier, lo + int(rank)) for rank in np.flatnonzero(~held))
    return tuple(out)


def _tier_in(old: Registry, new: Registry, tier: int) -> int | None:
    name = old.tier_name(tier)
    return new.tier_id(name) if new.has_tier(name) else None


def _places(
    codes: np.ndarray[tuple[int], np.dtype[np.int64]], there: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Where each code stands in ``there``, and whether it does."""
    ranks = np.searchsorted(there, codes)
    if not len(there):
        return ranks, np.zeros(len(codes), dtype=np.bool_)
    return ranks, there[np.minimum(ranks, len(there) - 1)] == codes
