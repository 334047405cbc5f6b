"""Search finds places and offices by what people call them, the nearest first."""

from __future__ import annotations

import pytest

from dashboard.data.search import Index
from streams.registry import load


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(load())


@pytest.mark.parametrize(
    ("text", "near", "first"),
    [
        ("教育局", "510104", "锦江区教育局"),
        ("教育局", "5101", "成都市教育局"),
        ("民政厅", "51", "四川省民政厅"),
        ("锦江区教育局", "", "锦江区教育局"),
        ("成都 民政局", "", "成都市民政局"),
        ("510104-education", "", "锦江区教育局"),
        ("组织部", "51", "四川省委组织部"),
        ("education", "51", "四川省教育厅"),
        ("Ministry of Education", "", "教育部"),
    ],
)
def test_an_office_is_found_by_its_name(index: Index, text: str, near: str, first: str) -> None:
    assert index.offices(text, near)[0].name == first


def test_offices_of_other_areas_and_what_is_none_are_not_found(index: Index) -> None:
    assert {one.area[:4] for one in index.offices("教育局", "", ("5101",), n=100)} == {"5101"}
    assert index.offices("局", "51") == []
    assert index.offices("", "51") == []
    assert index.offices("没有这样的局") == []


@pytest.mark.parametrize(
    ("text", "within", "first"),
    [
        ("水井坊社区", "", "510104017001"),
        ("成都 水井坊社区", "", "510104017001"),
        ("水井坊社区", "5101", "510104017001"),
        ("水井坊社区", "510104017", "510104017001"),
    ],
)
def test_a_village_is_found_by_its_name(index: Index, text: str, within: str, first: str) -> None:
    assert index.find(text, within)[0].code == first


def test_villages_of_other_areas_are_not_found_and_those_of_above_come_first(index: Index) -> None:
    assert index.find("水井坊社区", "11") == []
    assert {len(one.code) <= 9 for one in index.find("锦江", "", n=3)} == {True}
    assert all(one.code.startswith("51") for one in index.find("朝阳村", "51"))
    assert index.find("社", "510104017") == [], "one character is no name of a village"
