"""Selectors become ranges: the contract's sentence, edge by edge."""

from __future__ import annotations

import pytest

from streams.events.model import Reach
from streams.registry import Range, Registry, UnknownArea, UnknownLine, UnknownTier, UnknownUnit, load


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def test_all_townships_of_a_province_but_one_prefecture(registry: Registry) -> None:
    found = registry.resolve(Reach(areas=("51",), tiers=("township",), excluded=("5101",)))
    whole, inner = registry.range_of("51", 4), registry.range_of("5101", 4)
    assert registry.reached(found) == whole[1] - whole[0] - (inner[1] - inner[0])
    assert found == (Range(4, inner[1], whole[1]),)


def test_overlapping_areas_count_once_and_neighbours_merge(registry: Registry) -> None:
    one = registry.resolve(Reach(areas=("51", "5101", "510104"), tiers=("village", "village")))
    assert one == registry.resolve(Reach(areas=("51",), tiers=("village",)))
    assert registry.resolve(Reach(areas=("51", "50"), tiers=("township",))) == (
        Range(4, registry.range_of("50", 4)[0], registry.range_of("51", 4)[1]),
    )


def test_whole_country(registry: Registry) -> None:
    assert registry.resolve(Reach(areas=("",), tiers=("township", "village"))) == (
        Range(4, 0, 41_352),
        Range(5, 0, 620_573),
    )
    assert registry.resolve(Reach(areas=("",), tiers=("township",), excluded=("",))) == ()


def test_lines_turn_tiers_into_bureaus_and_leave_townships(registry: Registry) -> None:
    found = registry.resolve(Reach(areas=("51",), tiers=("county", "township"), lines=("education", "health")))
    lo, hi = registry.range_of("51", 3)
    assert {one.tier for one in found} == {4, registry.tier_id("county-education"), registry.tier_id("county-health")}
    assert Range(registry.tier_id("county-health"), lo, hi) in found
    assert found == registry.resolve(Reach(areas=("51",), tiers=("county-education", "county-health", "township")))


def test_a_tier_above_the_area_holds_nobody(registry: Registry) -> None:
    assert registry.resolve(Reach(areas=("510104017",), tiers=("county",))) == ()
    assert registry.resolve(Reach(areas=("510104",), tiers=("county",))) == (Range(3, *registry.range_of("510104", 3)),)


def test_reaching_nobody_is_allowed(registry: Registry) -> None:
    assert registry.resolve(Reach()) == ()
    assert registry.resolve(Reach(areas=("51",))) == ()
    assert registry.resolve(Reach(tiers=("township",))) == ()


def test_listed_units_join_and_survive_exclusion(registry: Registry) -> None:
    reach = Reach(
        areas=("51",),
        tiers=("township",),
        excluded=("51",),
        units=("510104017", "510104017", "510104-education", "4419"),
    )
    found = registry.resolve(reach)
    assert found == tuple(
        Range(tier, rank, rank + 1)
        for tier, rank in sorted(map(registry.rank_of, {"510104017", "510104-education", "4419"}))
    )


def test_resolving_is_cached(registry: Registry) -> None:
    reach = Reach(areas=("61",), tiers=("village",))
    assert registry.resolve(reach) is registry.resolve(Reach(areas=("61",), tiers=("village",)))


@pytest.mark.parametrize(
    ("reach", "error", "field"),
    [
        (Reach(areas=("51", "5199")), UnknownArea, "data.reach.areas[1]"),
        (Reach(areas=("510000",)), UnknownArea, "data.reach.areas[0]"),
        (Reach(areas=("abc",)), UnknownArea, "data.reach.areas[0]"),
        (Reach(areas=("51",), excluded=("5",)), UnknownArea, "data.reach.except[0]"),
        (Reach(areas=("51",), tiers=("township", "hamlet")), UnknownTier, "data.reach.tiers[1]"),
        (Reach(areas=("51",), tiers=("township-education",)), UnknownTier, "data.reach.tiers[0]"),
        (Reach(areas=("51",), tiers=("township",), lines=("alchemy",)), UnknownLine, "data.reach.lines[0]"),
        (Reach(units=("510104", "510104999")), UnknownUnit, "data.reach.units[1]"),
    ],
)
def test_faults_name_their_place(registry: Registry, reach: Reach, error: type[Exception], field: str) -> None:
    with pytest.raises(error) as caught:
        registry.resolve(reach)
    assert str(caught.value).startswith(field)
    assert ";" in str(caught.value)
