"""Resolving against naive set semantics over codes: on random selectors, over the nation and over a small made-up registry."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events.model import Reach
from streams.registry import LEVELS, WIDTHS, Ranges, Registry, load, remap
from streams.registry.national import catalogue
from streams.registry.overlay import Organisation, overlay_of
from tests.property.small_country import country

BUREAUS = LEVELS[:3]


def naive(registry: Registry, reach: Reach) -> set[str]:
    """The contract's sentence, code by code."""
    out: set[str] = set()
    for tier in reach.tiers:
        names = [f"{tier}-{line}" for line in reach.lines] if tier in BUREAUS and reach.lines else [tier]
        for name in names:
            for code in map(str, registry.codes(registry.tier_id(name))):
                digits = code.split("-")[0]
                inside = any(digits.startswith(area) for area in reach.areas)
                if inside and not any(digits.startswith(area) for area in reach.excluded):
                    out.add(code)
    return out | set(reach.units)


def codes_of(registry: Registry, ranges: Ranges) -> list[str]:
    return [registry.code_of(tier, rank) for tier, lo, hi in ranges for rank in range(lo, hi)]


def assert_normal(ranges: Ranges) -> None:
    """Sorted, disjoint, merged, not empty."""
    assert list(ranges) == sorted(ranges)
    assert all(lo < hi for _, lo, hi in ranges)
    assert all(a.tier != b.tier or a.hi < b.lo for a, b in zip(ranges, ranges[1:], strict=False))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """3 provinces; see ``country``."""
    folder: Path = tmp_path_factory.mktemp("small")
    return country(folder)


@st.composite
def reaches(draw: st.DrawFn, registry: Registry) -> Reach:
    def code(deepest: int) -> str:
        level = draw(st.integers(0, deepest))
        if level == 0:
            return ""
        return registry.code_of(level, draw(st.integers(0, registry.size(level) - 1)))

    lines = tuple(draw(st.lists(st.sampled_from(sorted(registry.lines)), max_size=2)))
    named = [*LEVELS, "county-health", "province-office"]
    units: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        tier = draw(st.sampled_from([1, 2, 3, 4, 5, registry.tier_id("county-health")]))
        units.append(registry.code_of(tier, draw(st.integers(0, registry.size(tier) - 1))))
    return Reach(
        areas=tuple(code(5) for _ in range(draw(st.integers(0, 4)))),
        tiers=tuple(draw(st.lists(st.sampled_from(named), max_size=4))),
        lines=lines,
        excluded=tuple(code(5) for _ in range(draw(st.integers(0, 3)))),
        units=tuple(units),
    )


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_small_registry_against_sets(small: Registry, data: st.DataObject) -> None:
    reach = data.draw(reaches(small))
    ranges = small.resolve(reach)
    assert_normal(ranges)
    found = codes_of(small, ranges)
    assert len(found) == len(set(found)) == small.reached(ranges)
    assert set(found) == naive(small, reach)


@lru_cache(maxsize=1)
def nation() -> tuple[Registry, dict[int, np.ndarray[tuple[int], np.dtype[np.int64]]]]:
    registry = load()
    return registry, {tier: registry.numbers(tier) for tier in registry.tiers}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nation_against_masks(data: st.DataObject) -> None:
    registry, numbers = nation()
    reach = data.draw(reaches(registry))
    ranges = registry.resolve(reach)
    assert_normal(ranges)
    masks: dict[int, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    for tier in reach.tiers:
        names = [f"{tier}-{line}" for line in reach.lines] if tier in BUREAUS and reach.lines else [tier]
        for name in names:
            number = registry.tier_id(name)
            width = WIDTHS[registry.level_of_tier(number) - 1]

            def inside(
                areas: tuple[str, ...], number: int = number, width: int = width
            ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
                mask = np.zeros(registry.size(number), dtype=np.bool_)
                for area in areas:
                    if not area:
                        mask[:] = True
                    elif len(area) <= width:
                        mask |= numbers[number] // 10 ** (width - len(area)) == int(area)
                return mask

            masks[number] = inside(reach.areas) & ~inside(reach.excluded)
    for unit in reach.units:
        tier_number, rank = registry.rank_of(unit)
        masks.setdefault(tier_number, np.zeros(registry.size(tier_number), dtype=np.bool_))[rank] = True
    found = {tier: np.zeros(registry.size(tier), dtype=np.bool_) for tier in masks}
    for tier_number, lo, hi in ranges:
        found[tier_number][lo:hi] = True
    assert all((found[tier] == mask).all() for tier, mask in masks.items())


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_shards_partition_every_reach(data: st.DataObject) -> None:
    registry, _ = nation()
    ranges = registry.resolve(data.draw(reaches(registry)))
    shards = registry.shards(data.draw(st.integers(1, 31)))
    parts = shards.split(ranges)
    assert sum(map(registry.reached, parts.values())) == registry.reached(ranges)
    for shard in range(shards.n):
        assert shards.clip(ranges, shard) == parts.get(shard, ())
    for shard, part in parts.items():
        assert {shards.shard_of(registry.code_of(one.tier, rank)) for one in part for rank in (one.lo, one.hi - 1)} == {
            shard
        }


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_remapping_keeps_exactly_the_units_that_remain(small: Registry, data: st.DataObject) -> None:
    """Random townships and villages come and go; ranges move with their codes."""
    lines, english = catalogue()
    rows: dict[str, Organisation] = {}
    for code in data.draw(st.lists(st.sampled_from([str(one) for one in small.codes(5)]), max_size=20)):
        rows[code] = Organisation(code, "x", "village", state="closed")
    for number in data.draw(st.lists(st.integers(0, small.size(4) - 1), max_size=5)):
        code = small.code_of(4, number) + data.draw(st.sampled_from(["002", "150", "999"]))
        rows[code] = Organisation(code, "x", "village")
    new = Registry(small._base, lines, english, overlay_of(rows.values(), lines))
    ranges = small.resolve(data.draw(reaches(small)))
    there = remap(small, new, ranges)
    assert_normal(there)
    remain = {code for code in codes_of(small, ranges) if new.find(code) is not None}
    assert set(codes_of(new, there)) == remain
    assert set(codes_of(small, remap(new, small, there))) == remain
