"""The national list: counts, codes, ranks, names, paths."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

from streams.registry import LEVELS, Registry, RegistryError, UnknownArea, UnknownTier, UnknownUnit, load

COUNTS = {"province": 31, "prefecture": 342, "county": 2_978, "township": 41_352, "village": 620_573}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def test_counts_are_the_published_ones(registry: Registry) -> None:
    assert {name: registry.size(registry.tier_id(name)) for name in LEVELS} == COUNTS
    assert registry.version == "2023-06-30"


def test_loading_takes_under_a_second_in_a_fresh_process() -> None:
    script = "import time; from streams.registry import load; t = time.perf_counter(); r = load(); r.size(5); print(time.perf_counter() - t)"
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert float(told.stdout) < 1.0


def test_loading_again_is_free() -> None:
    load()
    begun = time.perf_counter()
    load()
    assert time.perf_counter() - begun < 0.05


def test_tier_ids_are_stable(registry: Registry) -> None:
    assert [registry.tier_id(name) for name in LEVELS] == [1, 2, 3, 4, 5]
    assert registry.tier_id("province-office") == 16
    assert registry.tier_id("county-education") == 48
    assert registry.tier_id("county-women") == 135
    assert all(registry.tier_id(registry.tier_name(tier)) == tier for tier in registry.tiers)


def test_bureaus_stand_at_the_rank_of_their_area(registry: Registry) -> None:
    county, bureau = registry.tier_id("county"), registry.tier_id("county-civil-affairs")
    assert registry.size(bureau) == registry.size(county)
    assert registry.rank_of("510104-civil-affairs") == (bureau, registry.rank_of("510104")[1])
    assert registry.code_of(bureau, registry.rank_of("510104")[1]) == "510104-civil-affairs"
    assert registry.line_of_tier(bureau) == "civil-affairs"
    assert registry.level_of_tier(bureau) == 3


def test_codes_are_sorted_and_unique_in_every_tier(registry: Registry) -> None:
    for tier in registry.tiers:
        assert (np.diff(registry.numbers(tier)) > 0).all()
    codes = registry.codes(4)
    assert list(codes[:2]) == ["110101001", "110101002"]
    assert not codes.flags.writeable


def test_ranks_and_codes_are_inverse(registry: Registry) -> None:
    for tier in (1, 2, 3, 4, 5, registry.tier_id("prefecture-health")):
        for rank in (0, registry.size(tier) // 3, registry.size(tier) - 1):
            code = registry.code_of(tier, rank)
            assert registry.rank_of(code) == (tier, rank)
            assert str(registry.codes(tier)[rank]) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "5",
        "510",
        "51010",
        "510104099",
        "99",
        "510104-",
        "510104-nothing",
        "510104017-education",
        "５１",
        "51 ",
        "-education",
        "51-educ\x00",
        "000000",
    ],
)
def test_unknown_units_are_refused(registry: Registry, code: str) -> None:
    assert registry.find(code) is None
    with pytest.raises(UnknownUnit, match="no such unit"):
        registry.rank_of(code)


def test_unknown_tiers_ranks_and_areas_are_refused(registry: Registry) -> None:
    with pytest.raises(UnknownTier, match="hamlet"):
        registry.tier_id("hamlet")
    with pytest.raises(UnknownTier, match="999"):
        registry.size(999)
    with pytest.raises(UnknownUnit, match="31 units"):
        registry.code_of(1, 31)
    with pytest.raises(UnknownUnit):
        registry.code_of(1, -1)
    with pytest.raises(UnknownArea, match="'5199'"):
        registry.range_of("5199", 4)


def test_errors_name_field_value_rule_and_fix(registry: Registry) -> None:
    with pytest.raises(RegistryError) as caught:
        registry.rank_of("x" * 500)
    error = caught.value
    assert (error.field, error.rule) == ("unit", "no such unit")
    assert len(error.value) == 64
    assert error.fix in str(error)
    assert len(str(error)) < 200


def test_spans_of_areas(registry: Registry) -> None:
    assert registry.range_of("", 5) == (0, 620_573)
    lo, hi = registry.range_of("51", 4)
    assert (registry.code_of(4, lo)[:2], registry.code_of(4, hi - 1)[:2]) == ("51", "51")
    assert registry.code_of(4, lo - 1)[:2] == "50"
    assert registry.code_of(4, hi)[:2] == "52"
    assert registry.range_of("510104", 3)[1] - registry.range_of("510104", 3)[0] == 1
    assert registry.range_of("510104017", 3) == (0, 0)


def test_cities_without_counties_have_their_townships(registry: Registry) -> None:
    assert registry.is_area("441900")
    lo, hi = registry.range_of("441900", 4)
    assert hi - lo == registry.range_of("4419", 4)[1] - registry.range_of("4419", 4)[0] > 30
    assert registry.rank_of("4419") != registry.rank_of("441900")


def test_names_and_classes(registry: Registry) -> None:
    assert registry.name_of("") == "全国"
    assert registry.name_of("510104") == "锦江区"
    assert registry.name_of("110101001001") == "多福巷社区居委会"
    assert registry.name_of("510104-education") == "锦江区教育局"
    assert registry.division("110101001001").sort == "residents"
    assert registry.division("130171").sort == "zone"
    counts = {one["values"]: one["counts"] for one in registry.sorts(5).value_counts().to_pylist()}
    assert counts == {"residents": 124_650, "villagers": 487_144, "quasi-residents": 2_687, "quasi-villagers": 6_092}
    townships = {one["values"]: one["counts"] for one in registry.sorts(4).value_counts().to_pylist()}
    assert townships == {"subdistrict": 9_067, "town": 21_377, "township": 8_198, "pseudo": 2_710}
    zones = sum(one["counts"] for one in registry.sorts(3).value_counts().to_pylist() if one["values"] == "zone")
    assert zones == 124
    assert sum(registry.is_pseudo(str(code)) for code in registry.codes(2)) == 9


def test_paths_hide_pseudo_levels(registry: Registry) -> None:
    def names(code: str) -> list[str]:
        return [one.name for one in registry.path_of(code)]

    assert names("") == ["全国"]
    assert names("110101001001") == ["全国", "北京市", "东城区", "东华门街道", "多福巷社区居委会"]
    assert names("441900003") == ["全国", "广东省", "东莞市", "东城街道"]
    assert names("429004") == ["全国", "湖北省", "仙桃市"]
    assert names("510104-education") == ["全国", "四川省", "成都市", "锦江区"]


def test_children_agree_with_paths(registry: Registry) -> None:
    assert len(registry.children("")) == 31
    assert registry.children("11")[0] == "110101"
    assert registry.children("11", hidden=True) == ("1101",)
    assert registry.children("42")[-4:] == ("429004", "429005", "429006", "429021")
    assert registry.children("4419")[0] == "441900003"
    assert registry.children("110101001001") == ()
    for parent in ("11", "42", "44", "4419", "5101", "510104", "510104017"):
        for child in registry.children(parent):
            assert registry.path_of(child)[-2].code == parent
    with pytest.raises(UnknownUnit):
        registry.children("5199")


def test_every_division_is_a_child_of_exactly_one(registry: Registry) -> None:
    seen: list[str] = []
    level = list(registry.children(""))
    while level:
        seen.extend(level)
        level = [child for one in level if len(one) < 6 for child in registry.children(one)]
    shown = [str(code) for tier in (1, 2, 3) for code in registry.codes(tier) if not registry.is_pseudo(str(code))]
    assert sorted(code for code in seen if len(code) <= 6) == sorted(shown)
    assert all(a != b for a, b in pairwise(sorted(seen)))
