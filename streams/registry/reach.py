"""From a selector to ranges: areas x tiers (and lines), minus exclusions, plus listed units; each unit once.

Pure. Flows in: a Reach and a registry that knows spans. Flows out: sorted, disjoint, merged ranges, or a RegistryError with the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from streams.events.model import Reach
from streams.registry.errors import RegistryError, UnknownArea, UnknownLine, UnknownTier, UnknownUnit
from streams.registry.model import BUREAU_LEVELS, Range, Ranges

if TYPE_CHECKING:
    from streams.registry.registry import Registry

Spans = list[tuple[int, int]]
AREA_RULE = "no such division"
AREA_FIX = "use an unpadded code that exists (2, 4, 6, 9 or 12 digits; '' for the whole country)"


def resolved(registry: Registry, reach: Reach) -> Ranges:
    """The ranges of ``reach``; raises UnknownArea, UnknownTier, UnknownLine or UnknownUnit."""
    for field, prefixes in (("areas", reach.areas), ("except", reach.excluded)):
        for place, area in enumerate(prefixes):
            if not registry.is_area(area):
                raise UnknownArea(f"data.reach.{field}[{place}]", area, AREA_RULE, AREA_FIX)
    by_tier: dict[int, Spans] = {}
    tiers = tiers_of(registry, reach)
    areas, excluded = outermost(reach.areas), outermost(reach.excluded)
    for tier in tiers:
        held = merged(registry.span_of(area, tier) for area in areas)
        by_tier[tier] = without(held, merged(registry.span_of(area, tier) for area in excluded)) if excluded else held
    for place, unit in enumerate(reach.units):
        found = registry.find(unit)
        if found is None:
            raise UnknownUnit(
                f"data.reach.units[{place}]", unit, "no such unit", "use a code of the registry or import the unit"
            )
        by_tier.setdefault(found[0], []).append((found[1], found[1] + 1))
    return tuple(Range(tier, lo, hi) for tier in sorted(by_tier) for lo, hi in merged(by_tier[tier]))


def tiers_of(registry: Registry, reach: Reach) -> list[int]:
    """Tier ids that a reach names, lines applied, each once."""
    for place, line in enumerate(reach.lines):
        if line not in registry.lines:
            raise UnknownLine(
                f"data.reach.lines[{place}]", line, "no such line", "use a line of the catalogue or import it"
            )
    tiers: dict[int, None] = {}
    for place, name in enumerate(reach.tiers):
        bureaus = [f"{name}-{line}" for line in reach.lines] if name in BUREAU_LEVELS else []
        for one in bureaus or [name]:
            try:
                tiers[registry.tier_id(one)] = None
            except RegistryError as error:
                raise UnknownTier(f"data.reach.tiers[{place}]", name, error.rule, error.fix) from error
    return list(tiers)


def outermost(areas: Iterable[str]) -> list[str]:
    """Areas without those that lie inside another of them, sorted."""
    out: list[str] = []
    for area in sorted(set(areas)):
        if not out or not area.startswith(out[-1]):
            out.append(area)
    return out


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sorted, disjoint, non-empty spans that cover the same ranks; neighbours become one."""
    out: Spans = []
    for lo, hi in sorted(spans):
        if lo >= hi:
            continue
        if out and lo <= out[-1][1]:
            if hi > out[-1][1]:
                out[-1] = (out[-1][0], hi)
        else:
            out.append((lo, hi))
    return out


def without(held: Spans, taken: Spans) -> Spans:
    """``held`` minus ``taken``; both merged, so is the result. Linear in both."""
    out: Spans = []
    first = 0
    for lo, hi in held:
        while first < len(taken) and taken[first][1] <= lo:
            first += 1
        at = first
        while at < len(taken) and taken[at][0] < hi:
            if taken[at][0] > lo:
                out.append((lo, taken[at][0]))
            lo = max(lo, taken[at][1])
            at += 1
        if lo < hi:
            out.append((lo, hi))
    return out
