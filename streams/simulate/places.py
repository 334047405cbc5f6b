"""Who demands and whom it reaches: the issuing places of an area, with their lines, names, document marks and selectors.

Pure. Flows in: a registry, an area, a breadth. Flows out: ``World``. With breadth k > 1 the lowest issuers stand for k neighbouring
counties each, so that fewer events put the same load on every unit: the backfill of a whole country needs that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.registry import Registry, RegistryError
from streams.simulate.words import GENERAL, SUBJECTS

_PROVINCES: Final = (
    "11:京 12:津 13:冀 14:晋 15:内 21:辽 22:吉 23:黑 31:沪 32:苏 33:浙 34:皖 35:闽 36:赣 37:鲁 41:豫 42:鄂 43:湘 44:粤 "
    "45:桂 46:琼 50:渝 51:川 52:黔 53:滇 54:藏 61:陕 62:甘 63:青 64:宁 65:新"
)
_LINES: Final = (
    "office:府办 party-office:委办 organization:组 publicity:宣 discipline:纪 united-front:统 political-legal:政法 social-work:社工 "
    "cyberspace:网信 development-reform:发改 education:教 science-technology:科 industry-information:工信 ethnic-religious:民宗 "
    "public-security:公 civil-affairs:民 justice:司 finance:财 human-resources:人社 natural-resources:自然资 ecology:环 "
    "housing-construction:建 transport:交 water:水 agriculture:农 commerce:商 culture-tourism:文旅 health:卫 veterans:退役 "
    "emergency:应急 audit:审 market-supervision:市监 statistics:统计 medical-insurance:医保 data:数 petition:信访 forestry:林 "
    "urban-management:城管 youth-league:团 women:妇"
)
PROVINCE_MARKS: Final = dict(pair.split(":") for pair in _PROVINCES.split())
LINE_MARKS: Final = dict(pair.split(":") for pair in _LINES.split())
LINE_WEIGHTS: Final = {
    "office": 3.0,
    "party-office": 2.5,
    "organization": 2.0,
    "publicity": 1.6,
    "political-legal": 1.6,
    "agriculture": 2.2,
    "civil-affairs": 1.8,
    "emergency": 2.0,
    "natural-resources": 1.5,
    "health": 1.4,
    "human-resources": 1.4,
    "ecology": 1.3,
    "housing-construction": 1.3,
    "discipline": 1.2,
}
SUFFIXES: Final = ("自治县", "自治旗", "自治州", "地区", "新区", "县", "区", "市", "旗", "盟", "州")
TOWNSHIP_LEVEL: Final = 4


@dataclass(frozen=True, slots=True)
class Office:
    """One issuer: a place's body of one line."""

    issuer: str
    source: str
    name: str
    mark: str
    """What its document numbers begin with: 川教."""
    line: str
    subjects: tuple[str, ...]
    place: Place


@dataclass(slots=True, eq=False)
class Place:
    """An issuing division. ``areas`` are what it reaches, ``towns`` the townships in them (counties only)."""

    area6: str
    level: str
    name: str
    mark: str
    areas: tuple[str, ...]
    towns: tuple[str, ...] = ()
    above: tuple[Place, ...] = ()
    """The places over it, nearest first."""
    number: int = -1
    """Its place among the lowest issuers; -1 above them."""
    offices: dict[str, Office] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """The JSON list of all its areas."""
        return quoted(self.areas)


def quoted(codes: tuple[str, ...] | list[str]) -> str:
    """A JSON list of codes."""
    return '["' + '","'.join(codes) + '"]' if codes else "[]"


def plain_name(name: str) -> str:
    """A division's name without its class: 锦江区 -> 锦江."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


class World:
    """The issuing places of an area, lowest first, and the lines that they have."""

    def __init__(self, registry: Registry, area: str, breadth: int = 1) -> None:
        if not registry.is_area(area):
            registry.range_of(area, 1)
        self.registry = registry
        self.area = area
        self._towns: dict[str, tuple[str, ...]] = {}
        self.lines = tuple(line.line for line in registry.lines.values() if not line.imported)
        weights = np.array([LINE_WEIGHTS.get(line, 1.0) for line in self.lines])
        self.line_edges: npt.NDArray[np.float64] = np.cumsum(weights / weights.sum())
        self.line_weights = dict(zip(self.lines, (weights / weights.sum()).tolist(), strict=True))
        inside = (area,) if area else ("",)
        self.centre = Place("000000", "centre", "全国", "", inside)
        self.provinces: list[Place] = []
        self.prefectures: list[Place] = []
        self.lowest: list[Place] = []
        for code in self._codes(1):
            self._province(code, breadth)
        for number, place in enumerate(self.lowest):
            place.number = number
        self.levels: dict[str, list[Place]] = {
            "county": self.lowest,
            "prefecture": self.prefectures,
            "province": self.provinces,
            "centre": [self.centre],
        }

    def _codes(self, tier: int, inside: str = "") -> list[str]:
        """Divisions of a tier that lie inside the area, or hold it."""
        width = 2 * tier
        if len(self.area) >= width:
            own = self.area[:width]
            return [own] if own.startswith(inside) and self.registry.find(own) is not None else []
        prefix = self.area if len(self.area) > len(inside) else inside
        lo, hi = self.registry.span_of(prefix, tier)
        return [str(number) for number in self.registry.numbers(tier)[lo:hi]]

    def _within(self, code: str) -> tuple[str, ...]:
        return (self.area,) if len(self.area) > len(code) else (code,)

    def _province(self, code: str, breadth: int) -> None:
        name = self.registry.name_of(code)
        mark = PROVINCE_MARKS.get(code, name[:1])
        province = Place(f"{code}0000", "province", name, mark, self._within(code), above=(self.centre,))
        self.provinces.append(province)
        counties: list[tuple[str, tuple[Place, ...]]] = []
        below = self._codes(2, code)
        own = [one for one in below if not self.registry.is_pseudo(one)]
        over: dict[str, Place] = {}
        for first in range(0, len(own), wide := max(1, breadth // 3)):
            run = own[first : first + wide]
            prefecture = self._prefecture(run, province)
            self.prefectures.append(prefecture)
            over |= dict.fromkeys(run, prefecture)
        for one in below:
            above = (over[one], province, self.centre) if one in over else (province, self.centre)
            counties += [(county, above) for county in self._codes(3, one)]
        for first in range(0, len(counties), breadth):
            self._lowest(counties[first : first + breadth])

    def _prefecture(self, run: list[str], province: Place) -> Place:
        """A prefecture, or the province in the place of several neighbouring ones."""
        areas = tuple(area for one in run for area in self._within(one))
        if len(run) > 1:
            return Place(province.area6, "prefecture", province.name, province.mark, areas, above=province.above)
        own = self.registry.name_of(run[0])
        return Place(f"{run[0]}00", "prefecture", own, plain_name(own)[:2], areas, above=(province, *province.above))

    def _lowest(self, run: list[tuple[str, tuple[Place, ...]]]) -> None:
        code, above = run[0]
        if len(run) == 1:
            name = self.registry.name_of(code)
            areas = self._within(code)
            towns = self.towns_of(areas[0])
            self.lowest.append(Place(code, "county", name, plain_name(name), areas, towns, above))
            return
        over = [place for place in above if all(place in places for _, places in run)][0]
        self.lowest.append(
            Place(over.area6, over.level, over.name, over.mark, tuple(one for one, _ in run), (), over.above)
        )

    def towns_of(self, area: str) -> tuple[str, ...]:
        """The townships inside an area; remembered."""
        found = self._towns.get(area)
        if found is None:
            lo, hi = self.registry.span_of(area, TOWNSHIP_LEVEL)
            numbers = [str(number) for number in self.registry.numbers(TOWNSHIP_LEVEL)[lo:hi]]
            found = self._towns[area] = tuple(numbers) or ((area[:9],) if len(area) > 9 else ())
        return found

    def office(self, place: Place, line: str) -> Office:
        """The issuer of a line at a place; made once."""
        found = place.offices.get(line)
        if found is None:
            issuer = f"{place.area6}-{line}"
            mark = place.mark + LINE_MARKS.get(line, line[:2])
            if place.level == "centre":
                mark = {"office": "国办", "party-office": "中办"}.get(line, mark)
            subjects = SUBJECTS.get(line, GENERAL)
            name = self.registry.issuer(issuer).name_zh
            source = f"//oa.example.cn/{place.area6}/{line}"
            found = place.offices[line] = Office(issuer, source, name, mark, line, subjects, place)
        return found

    def superior(self, place: Place, line: str, pick: float) -> Office:
        """An issuer of the same line above a place; mostly the nearest."""
        above = place.above or (place,)
        return self.office(above[min(int(pick * pick * len(above)), len(above) - 1)], line)


__all__ = ["Office", "Place", "RegistryError", "World", "plain_name", "quoted"]
