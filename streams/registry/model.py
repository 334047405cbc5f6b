"""The registry's values: ranges, lines, issuers, divisions. Pure; nothing but types flows through here."""

from __future__ import annotations

from typing import Final, NamedTuple

LEVELS: Final = ("province", "prefecture", "county", "township", "village")
"""Names of the five tiers of divisions; a tier's id is its place here plus one."""

WIDTHS: Final = (2, 4, 6, 9, 12)
"""Digits of an unpadded division code, tier by tier."""

BUREAU_LEVELS: Final = LEVELS[:3]
"""Levels that have a bureau of each line."""

FIRST_BUREAU: Final = 16
LAST_BUREAU: Final = 255
CENTRE: Final = "000000"
PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5


class Range(NamedTuple):
    """Units ``lo <= rank < hi`` of one tier."""

    tier: int
    lo: int
    hi: int


Ranges = tuple[Range, ...]
"""Sorted by tier and rank, disjoint, neighbours merged."""


class Line(NamedTuple):
    """A functional line (条线). ``body`` is party, government or mass; ``suffixes`` by level, see the catalogue."""

    id: int
    line: str
    zh: str
    en: str
    body: str
    centre_zh: str
    centre_en: str
    suffixes: dict[str, str]
    joins: bool = False
    """The suffix follows the area itself (四川省 + 纪委监委), not its party committee."""
    imported: bool = False


class Issuer(NamedTuple):
    """Who demands: a line's body at one level. ``area`` is the unpadded prefix it stands for ('' = the country)."""

    code: str
    area: str
    level: str
    line: str
    name_zh: str
    name_en: str


class Division(NamedTuple):
    """One division as it is listed: ``sort`` is its class (city, zone, pseudo, subdistrict, villagers ...)."""

    code: str
    tier: int
    name: str
    sort: str
