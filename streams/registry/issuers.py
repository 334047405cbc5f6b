"""Issuers: AREA6-LINE to the body that it names, at centre, province, prefecture and county.

Pure. Flows in: a code and the registry's areas and lines. Flows out: an Issuer with realistic names, or a RegistryError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.registry.errors import RegistryError, UnknownArea, UnknownLine
from streams.registry.model import CENTRE, COUNTY, LEVELS, PREFECTURE, PROVINCE, Issuer, Line

if TYPE_CHECKING:
    from streams.registry.registry import Registry

FORM_FIX = "write AREA6-LINE, such as 510000-education or 000000-education for the centre"


def area_of(registry: Registry, area6: str, code: str) -> str:
    """The unpadded area of a padded one: 510000 -> 51, 510100 -> 5101. A padded prefecture wins over a county row of the same digits."""
    if area6 == CENTRE:
        return ""
    prefix = area6[:2] if area6.endswith("0000") else area6[:4] if area6.endswith("00") else area6
    if not registry.is_area(prefix):
        raise UnknownArea("issuer", code, f"no division {area6}", FORM_FIX)
    return prefix


def issuer_of(registry: Registry, code: str) -> Issuer:
    """The issuer of ``code``. Raises UnknownArea, UnknownLine, or RegistryError when it is not AREA6-LINE."""
    area6, dash, name = code.partition("-")
    if not dash or len(area6) != 6 or not (area6.isascii() and area6.isdigit()):
        raise RegistryError("issuer", code, "is not AREA6-LINE", FORM_FIX)
    line = registry.lines.get(name)
    if line is None:
        raise UnknownLine("issuer", code, f"no line {name[:40]!r}", "use a line of the catalogue or import the issuer")
    area = area_of(registry, area6, code)
    level = LEVELS[len(area) // 2 - 1] if area else "centre"
    row = registry.overlay.listed.get(f"{area or CENTRE}-{name}")
    if row is not None and row.name:
        return Issuer(code, area, level, name, row.name, row.name)
    if line.imported:
        raise UnknownLine("issuer", code, "this line was imported without this issuer", "import the issuer")
    if not area:
        return Issuer(code, "", "centre", name, line.centre_zh, line.centre_en)
    return Issuer(code, area, level, name, name_zh(registry, area, line), name_en(registry, area, line))


def name_zh(registry: Registry, area: str, line: Line) -> str:
    """四川省教育厅, 成都市教育局, 锦江区委组织部; a pseudo prefecture speaks for its province."""
    own = registry.division(area)
    if own.sort == "pseudo":
        own = registry.division(area[:2] if own.tier == PREFECTURE else area[:4])
    kind = "municipality" if own.sort == "municipality" else LEVELS[own.tier - 1]
    suffix = line.suffixes.get(kind, line.suffixes.get("province" if kind == "municipality" else kind, ""))
    if line.body == "party" and not line.joins:
        return committee(own.name, own.sort) + suffix
    if suffix.startswith("人民政府"):
        if own.sort == "zone":
            return f"{own.name}管理委员会办公室"
        if own.sort in ("prefecture", "league"):
            return f"{own.name}行政公署办公室"
    return own.name + suffix


def committee(name: str, sort: str) -> str:
    """What the party committee of an area is called: 四川省委, 内蒙古自治区党委, 阿克苏地委, 石家庄高新区党工委."""
    if sort == "autonomous-region":
        return f"{name}党委"
    if sort == "prefecture":
        return f"{name.removesuffix('区')}委"
    if sort == "zone":
        return f"{name}党工委"
    if sort in ("other", "own"):
        return f"{name}党委"
    return f"{name}委"


def name_en(registry: Registry, area: str, line: Line) -> str:
    """Department of Education, Sichuan; Education Bureau, 锦江区 (Sichuan): names below the province stay Chinese."""
    province = registry.provinces_en.get(int(area[:2]), area[:2])
    plain = line.body == "government" and line.line != "office"
    if len(area) == 2 * PROVINCE or registry.is_pseudo(area):
        return f"Department of {line.en}, {province}" if plain else f"{line.en}, {province}"
    title = f"{line.en} Bureau" if plain else line.en
    return f"{title}, {registry.name_of(area)} ({province})" if len(area) <= 2 * COUNTY else title
