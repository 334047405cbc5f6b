"""Issuers: AREA6-LINE at centre, province, prefecture and county."""

from __future__ import annotations

import pytest

from streams.registry import Registry, RegistryError, UnknownArea, UnknownLine, load


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.mark.parametrize(
    ("code", "area", "level", "name"),
    [
        ("000000-education", "", "centre", "教育部"),
        ("510000-education", "51", "province", "四川省教育厅"),
        ("510100-education", "5101", "prefecture", "成都市教育局"),
        ("510104-education", "510104", "county", "锦江区教育局"),
        ("110000-education", "11", "province", "北京市教育委员会"),
        ("510000-organization", "51", "province", "四川省委组织部"),
        ("150000-organization", "15", "province", "内蒙古自治区党委组织部"),
        ("652900-publicity", "6529", "prefecture", "阿克苏地委宣传部"),
        ("652900-office", "6529", "prefecture", "阿克苏地区行政公署办公室"),
        ("130171-office", "130171", "county", "石家庄高新技术产业开发区管理委员会办公室"),
        ("510104-discipline", "510104", "county", "锦江区纪委监委"),
        ("441900-health", "4419", "prefecture", "东莞市卫生健康委员会"),
        ("110100-finance", "1101", "prefecture", "北京市财政局"),
    ],
)
def test_names_are_realistic(registry: Registry, code: str, area: str, level: str, name: str) -> None:
    issuer = registry.issuer(code)
    assert (issuer.code, issuer.area, issuer.level, issuer.name_zh) == (code, area, level, name)
    assert registry.issuer_area(code) == area


def test_english_names(registry: Registry) -> None:
    assert registry.issuer("510000-education").name_en == "Department of Education, Sichuan"
    assert registry.issuer("000000-health").name_en == "National Health Commission"
    assert registry.issuer("510104-health").name_en == "Health Bureau, 锦江区 (Sichuan)"


def test_the_catalogue_names_a_body_for_every_line_and_level(registry: Registry) -> None:
    assert len(registry.lines) >= 30
    assert {line.body for line in registry.lines.values()} == {"party", "government", "mass"}
    for line in registry.lines:
        for area6 in ("000000", "110000", "510000", "510100", "510104"):
            issuer = registry.issuer(f"{area6}-{line}")
            assert len(issuer.name_zh) >= 3
            assert issuer.name_en


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("519900-education", UnknownArea),
        ("990000-education", UnknownArea),
        ("510000-alchemy", UnknownLine),
        ("510000-", UnknownLine),
        ("510000", RegistryError),
        ("51-education", RegistryError),
        ("５１００００-education", RegistryError),
        ("", RegistryError),
        ("000100-education", UnknownArea),
    ],
)
def test_unknown_issuers_are_refused(registry: Registry, code: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="issuer"):
        registry.issuer(code)
