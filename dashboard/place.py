"""Where a reader is: area, period, measure, language, as the address bar has it.

Pure. Flows in: query parameters, which anyone may type. Flows out: a ``Place`` with sound values, and query strings for links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from dashboard.instant import at_of, canonical
from dashboard.period import DEFAULT, PERIOD, chosen_days
from streams.events.model import KINDS

PERIODS: Final = (1, 7, 30, 90)
MEASURES: Final = ("unit", "total")
TIERS: Final = ("township", "village")
LAYERS: Final = ("breach", "notice", "fact")
LANGUAGES: Final = ("zh", "en")
LONGEST: Final = 60
NOTE: Final = re.compile(r"[0-9]{1,20}(-[0-9]{1,20})?", re.ASCII)
RULE: Final = re.compile(r"R[0-9]{2}(-[a-z0-9]+)*", re.ASCII)
ROLE: Final = re.compile(r"[a-z]{1,12}", re.ASCII)
ISSUER: Final = re.compile(r"[0-9]{6}-[a-z][a-z-]{0,40}|none", re.ASCII)
"""A code of a body; 'none' stands for findings about nobody in particular."""
FINDING: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
ROWS: Final = ("place", "tier", "issuer", "line", "level", "kind", "month", "week", "day")
COLUMNS: Final = ("kind", "place", "tier", "line", "level", "month", "week", "day", "none")
AMOUNTS: Final = ("likely", "low", "high", "demands", "receipts", "mean")
ISSUER_LEVELS: Final = ("centre", "province", "prefecture", "county")
LINE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
SIDE: Final = re.compile(rf"[0-9]{{0,12}}~({PERIOD.pattern})~({ISSUER.pattern})?", re.ASCII)
UNIT_DIGITS: Final = 9
"""From townships down a place is itself a unit that receives."""


@dataclass(frozen=True)
class Place:
    """``days``: length of the period that ends today, where no ``range`` (FIRST_LAST) names another. ``at``: the instant that figures are of
    (Asia/Shanghai, to the minute), '' for now. ``by``: rank places by the mean per unit or by the total.
    ``unit``: the unit whose load is shown. ``q``: what was typed into the search field. ``note``: keys of the two requests
    that a note is about, joined by a dash. ``rule``, ``layer``, ``finding``: what the desk shows.
    ``issuer``: whose demands are shown. ``role``: tried on in demo mode, else without effect.
    ``rows``, ``cols``, ``amount``, ``span``, ``kinds``, ``tiers``, ``lines``, ``levels``: what is crossed (lists are parted by commas).
    ``state``, ``owner``, ``due``, ``text``, ``past``: how the desk is narrowed, and whose history it shows.
    ``left``, ``right``: what is compared, as AREA~PERIOD~ISSUER."""

    area: str = ""
    days: int = 30
    by: str = "unit"
    tier: str = "township"
    unit: str = ""
    q: str = ""
    note: str = ""
    rule: str = ""
    finding: str = ""
    layer: str = ""
    issuer: str = ""
    state: str = ""
    owner: str = ""
    due: str = ""
    text: str = ""
    past: str = ""
    role: str = ""
    rows: str = "place"
    cols: str = "kind"
    amount: str = "likely"
    span: str = DEFAULT
    kinds: str = ""
    tiers: str = ""
    lines: str = ""
    levels: str = ""
    left: str = ""
    right: str = ""
    range: str = ""
    at: str = ""
    lang: str = "zh"

    def link(self, **changes: Any) -> str:
        """The address of this place with some values changed; what equals the default is left out."""
        target = replace(self, **changes)
        plain = {key: value for key, value in vars(target).items() if key != "area" and value != getattr(Place, key)}
        return "?" + urlencode({"area": target.area, **plain})

    def instant(self, now_us: int) -> int:
        """Of when the figures are: the instant of the address, else now."""
        asked = at_of(self.at)
        return now_us if asked is None else asked

    @property
    def until_us(self) -> int:
        """The instant of the address for reads that keep what was known then; 0 for now."""
        return at_of(self.at) or 0

    def period(self, today: date) -> tuple[date, date]:
        """First and last day: the chosen range up to today, else the last ``days``."""
        first, last = chosen_days(self.range) or (today - timedelta(days=self.days - 1), today)
        return (first, min(last, today)) if first <= today else (today - timedelta(days=self.days - 1), today)

    @property
    def plain(self) -> Place:
        """The same without what one page alone asks for: what links from page to page carry."""
        own = (*CHOSEN, *SIFTING, "q", "note", "rule", "layer", "finding")
        return replace(self, **{name: getattr(Place, name) for name in own})


CHOSEN: Final = ("rows", "cols", "amount", "span", "kinds", "tiers", "lines", "levels", "left", "right")


SIFTING: Final = ("state", "owner", "due", "text", "past")
STATES: Final = ("new", "acknowledged", "asked", "explained", "decided", "appealed", "closed")
DUES: Final = ("due", "overdue")
PASTS: Final = ("rule", "issuer")


def _one_of(value: str, known: tuple[str, ...], default: str) -> str:
    return value if value in known else default


def read_place(query: Mapping[str, str], home: str, lang: str) -> Place:
    """The place that an address asks for; whatever is not understood falls back to the default."""
    area = query.get("area", home)
    days = query.get("days", "")
    return Place(
        area=area if area == "" or (area.isascii() and area.isdecimal() and len(area) <= 12) else home,
        days=int(days) if days in map(str, PERIODS) else Place.days,
        by=_one_of(query.get("by", ""), MEASURES, Place.by),
        tier=_one_of(query.get("tier", ""), TIERS, Place.tier),
        unit=query.get("unit", "").strip()[:LONGEST],
        q=query.get("q", "").strip()[:LONGEST],
        note=note if NOTE.fullmatch(note := query.get("note", "")) else "",
        rule=rule if RULE.fullmatch(rule := query.get("rule", "")) else "",
        finding=finding if FINDING.fullmatch(finding := query.get("finding", "")) else "",
        layer=_one_of(query.get("layer", ""), LAYERS, ""),
        issuer=issuer if ISSUER.fullmatch(issuer := query.get("issuer", "")) else "",
        role=role if ROLE.fullmatch(role := query.get("role", "")) else "",
        range=span if chosen_days(span := query.get("range", "")) else "",
        at=canonical(query.get("at", "")),
        lang=_one_of(query.get("lang", ""), LANGUAGES, lang),
        state=_one_of(query.get("state", ""), STATES, ""),
        owner=query.get("owner", "").strip()[:LONGEST],
        due=_one_of(query.get("due", ""), DUES, ""),
        text=query.get("text", "").strip()[:LONGEST],
        past=_one_of(query.get("past", ""), PASTS, ""),
        **_chosen(query),
    )


def _chosen(query: Mapping[str, str]) -> dict[str, str]:
    """What the pages that cross and compare are asked for."""
    rows = _one_of(query.get("rows", ""), ROWS, Place.rows)
    cols = _one_of(query.get("cols", ""), COLUMNS, Place.cols)
    sides = {name: text if SIDE.fullmatch(text := query.get(name, "")) else "" for name in ("left", "right")}
    return {
        "rows": rows,
        "cols": cols if cols != rows else "none",
        "amount": _one_of(query.get("amount", ""), AMOUNTS, Place.amount),
        "span": span if PERIOD.fullmatch(span := query.get("span", "")) else Place.span,
        "kinds": _some_of(query.get("kinds", ""), KINDS),
        "tiers": _some_of(query.get("tiers", ""), TIERS),
        "levels": _some_of(query.get("levels", ""), ISSUER_LEVELS),
        "lines": ",".join(sorted({one for one in query.get("lines", "").split(",") if LINE.fullmatch(one)})),
        **sides,
    }


def _some_of(text: str, known: tuple[str, ...]) -> str:
    """Those of a list that are known, in the order of ``known``; all of them is the same as none."""
    asked = text.split(",")
    found = [one for one in known if one in asked]
    return "" if len(found) == len(known) else ",".join(found)
