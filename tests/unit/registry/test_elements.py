"""Names of data elements: the catalogue names every code that the demonstration asks for; wordings stand; what is unknown has none."""

from __future__ import annotations

import pytest

from streams.registry import Registry, load
from streams.registry.elements import element_name
from streams.simulate.choosing import ELEMENTS, HELD


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("education.cases-planned", "教育：案件计划数", "Education: cases, planned"),
        ("510104-education.form2.roads", "常用表第2号：道路", "standing form 2: roads"),
        ("household-low-income", "低保户数", "low-income households"),
        ("civil-affairs.household-low-income", "民政：低保户数", "Civil Affairs: low-income households"),
        ("nowhere.cases-planned", "案件计划数", "cases, planned"),
        ("常住人口数", "常住人口数", "常住人口数"),
        ("own.thing", "", ""),
        ("510104-education.form2.nothing", "", ""),
        ("head_count", "", ""),
    ],
)
def test_an_element_is_called(registry: Registry, code: str, zh: str, en: str) -> None:
    assert element_name(code, registry.lines, "zh") == zh
    assert element_name(code, registry.lines, "en") == en


def test_every_code_of_the_demonstration_has_a_name_of_its_own(registry: Registry) -> None:
    codes = [f"education.{one}" for one in ELEMENTS] + list(HELD)
    for language in ("zh", "en"):
        names = [element_name(code, registry.lines, language) for code in codes]
        assert all(names)
        assert len(set(names)) == len(codes)
