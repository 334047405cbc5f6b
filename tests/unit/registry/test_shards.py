"""Shards cover the nation without gap or overlap and are balanced."""

from __future__ import annotations

from itertools import pairwise

import pytest

from streams.registry import Range, Registry, RegistryError, UnknownArea, load
from streams.registry.shards import balanced


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.mark.parametrize("n", [1, 2, 3, 8, 16, 31])
def test_shards_cover_every_tier_contiguously(registry: Registry, n: int) -> None:
    shards = registry.shards(n)
    for tier in registry.tiers:
        spans = [shards.shard_ranges(shard, tier) for shard in range(n)]
        assert spans[0][0] == 0
        assert spans[-1][1] == registry.size(tier)
        assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_shards_are_fixed_and_balanced(registry: Registry) -> None:
    shards = registry.shards(8)
    assert shards is registry.shards()
    assert shards.starts == (0, 14, 32, 36, 41, 42, 45, 53)
    villages = [hi - lo for lo, hi in (shards.shard_ranges(shard, 5) for shard in range(8))]
    assert sum(villages) == 620_573
    assert max(villages) < 1.2 * 620_573 / 8


def test_every_code_lies_in_the_shard_that_holds_its_rank(registry: Registry) -> None:
    shards = registry.shards(8)
    for tier in (1, 2, 3, registry.tier_id("county-health")):
        for rank in range(0, registry.size(tier), 7):
            lo, hi = shards.shard_ranges(shards.shard_of(registry.code_of(tier, rank)), tier)
            assert lo <= rank < hi
    with pytest.raises(UnknownArea):
        shards.shard_of("")
    with pytest.raises(UnknownArea):
        shards.shard_of("x1")


def test_clip_and_split_agree_and_lose_nothing(registry: Registry) -> None:
    shards = registry.shards(8)
    ranges = (Range(3, 5, 2_900), Range(4, 0, 41_352), Range(5, 100, 101), Range(5, 67_296, 67_298))
    parts = shards.split(ranges)
    assert parts == {shard: clipped for shard in range(8) if (clipped := shards.clip(ranges, shard))}
    assert sum(registry.reached(part) for part in parts.values()) == registry.reached(ranges)


def test_wrong_numbers_are_refused(registry: Registry) -> None:
    for n in (0, 32, -1):
        with pytest.raises(RegistryError, match="1 to 31"):
            registry.shards(n)
    with pytest.raises(RegistryError, match="0 to 7"):
        registry.shards(8).shard_ranges(8, 1)


def test_balanced_cuts_are_the_best_ones() -> None:
    assert balanced([1, 1, 1, 9, 1, 1], 3) in ([3, 4], [2, 4])
    assert balanced([5], 1) == []
    assert balanced([1, 2, 3], 3) == [1, 2]
