"""What the pages beyond the situation compute: the same asked twice, Gi* against its definition, notes and bands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.data.board import Answer
from dashboard.data.sheets.asks import Ask, Twice, twice
from dashboard.data.sheets.hotspots import Cluster, HotspotSheet, Ranked, clusters, neighbours
from dashboard.data.sheets.unit import Band, UnitSheet
from dashboard.figures.look import Look
from dashboard.figures.peers import peers
from dashboard.period import year_before
from dashboard.place import Place
from dashboard.views.hotspots import hotspots
from dashboard.views.note import note
from dashboard.views.unit import alone, sheet
from streams.demands import OPEN_US
from streams.events.data import Item
from tests.unit.dashboard.figures import NOW_US, context, registry

DAY_US = 86_400_000_000
UNIT = "510104017"


def ask(key: int, issuer: str, *elements: str, **changes: object) -> Ask:
    one = Ask(key, f"e-{key}", 4, issuer, f"表{key}", "", NOW_US - DAY_US, NOW_US + key * DAY_US, 120)
    made = replace(one, items=tuple(Item(name) for name in elements), **changes)  # type: ignore[arg-type]
    until_us = made.start_us + OPEN_US if made.deadline_us is None else made.deadline_us
    return replace(made, open_until_us=until_us)


def test_the_same_element_asked_by_two_issuers_is_asked_twice() -> None:
    pair = (ask(1, "510104-health", "a", "b", "c"), ask(2, "510104-office", "b", "c", "d", "e"))
    assert twice(pair, NOW_US) == [Twice(*pair, ("b", "c"))]
    assert twice(pair, NOW_US)[0].spare == 60, "two of four items of the second request, 120 minutes"


@pytest.mark.parametrize(
    "other",
    [
        ask(2, "510104-health", "a"),
        ask(2, "510104-office", "x"),
        ask(2, "510104-office", "a", closed=True),
        ask(2, "510104-office", "a", deadline_us=NOW_US - 1),
        ask(2, "510104-office", "a", deadline_us=None, start_us=NOW_US - 31 * DAY_US),
        ask(2, "510104-office", "a", parent="e-1"),
        replace(ask(2, "510104-office", "a"), items=(Item("a", caliber="常住"),)),
    ],
    ids=["same issuer", "other element", "answered", "past its deadline", "a month old", "passed on", "other caliber"],
)
def test_what_is_not_asked_twice(other: Ask) -> None:
    assert twice([ask(1, "510104-health", "a"), other], NOW_US) == []


def unit_sheet(*asks: Ask, band: Band | None = None) -> UnitSheet:
    today = date(2026, 11, 23)
    days = tuple((today + timedelta(days=n), 60, 1) for n in range(-13, 15))
    load = (("all.minutes.day", 90), ("all.minutes.week", 600))
    workdays = frozenset(day for day, *_ in days if day.weekday() < 5)
    return UnitSheet(NOW_US, load, today, days, asks, tuple(twice(asks, NOW_US)), band, workdays)


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)).replace("\u00a0", " ")


def test_the_sheet_says_what_is_due_and_leaves_out_what_is_done() -> None:
    place = Place(area=UNIT, unit=UNIT)
    shown = text_of(
        sheet(
            context(place), Answer(unit_sheet(ask(3, "510104-health"), ask(4, "510104-office", closed=True)), ""), "due"
        )
    )
    assert "表3" in shown
    assert "表4" not in shown, "answered"
    assert "2 h" in shown
    figures = text_of(sheet(context(place), Answer(unit_sheet(), ""), "figures"))
    assert "1.5 person-h" in figures
    assert "Nothing here has to be filled in" in figures


def test_what_takes_minutes_and_comes_again_stands_in_one_line() -> None:
    daily = [
        ask(7, "510104-health", kind=7, likely=4, start_us=NOW_US + day * DAY_US, deadline_us=None)
        for day in range(1, 11)
    ]
    shown = text_of(
        sheet(context(Place(area=UNIT, unit=UNIT)), Answer(unit_sheet(ask(3, "510104-office"), *daily), ""), "due")
    )
    assert shown.count("表7") == 0
    assert "1 standing demands of minutes" in shown
    assert "10 times in the next 30 days" in shown
    assert "40 min" in shown
    assert shown.index("表3") < shown.index("1 standing demands")


def test_a_band_says_where_the_unit_stands_and_nothing_of_one_other() -> None:
    band = Band("510104", 10, 600, 900, 1200, 1500, "upper")
    shown = peers(context(), band, NOW_US, Look(context().say))
    assert shown.lead == "more is asked of this unit than of three in four others"
    assert "middle half of 10 others" in shown.alt
    assert [one.x[0] for one in shown.figure.data] == [10, 15, 25], (
        "width of the middle half, its middle, the unit: hours"
    )
    assert "fewer than five units" in text_of(alone(context(), NOW_US))


def test_a_note_names_both_issuers_and_ends_when_a_request_does() -> None:
    pair = (ask(1, "510104-health", "老人数"), ask(2, "510104-office", "老人数"))
    place = Place(area=UNIT, unit=UNIT, note="1-2")
    shown = text_of(note(context(place, lang="zh"), Answer(unit_sheet(*pair), "")))
    assert "关于合并报送的商请函" in shown
    assert "重复事项：老人数。" in shown
    assert "2026年11月23日" in shown
    gone = (pair[0], replace(pair[1], closed=True))
    assert "不再有效" in text_of(note(context(place, lang="zh"), Answer(unit_sheet(*gone), "")))


def test_neighbours_are_mutual_and_cross_provinces() -> None:
    borders = neighbours()
    assert len(borders) > 2800
    assert all(one in borders[other] for one, others in borders.items() for other in others)
    assert {"510105", "510107", "510108", "510112"} <= borders["510104"]
    assert any(one[:2] != other[:2] for one, others in borders.items() for other in others)


def test_a_hot_neighbourhood_is_found_and_noise_is_not() -> None:
    borders, draw = neighbours(), np.random.default_rng(5)
    codes = [code for code in borders if code.startswith("51")]
    means = dict(zip(codes, draw.normal(100, 5, len(codes)), strict=True))
    assert len(clusters(means, borders)) <= 2
    hot = {"510104", *(code for code in borders["510104"] if code in means)}
    found = clusters(means | dict.fromkeys(hot, 160.0), borders)
    assert "510104" in {one.code for one in found}
    assert all(one.z > 2 for one in found)
    assert clusters(dict(list(means.items())[:19]), borders) == (), "too few"


def test_the_page_of_hotspots_says_each_measure() -> None:
    code = registry().code_of(4, 0)
    row = Ranked(code, 6000.0, 6000, 3000)
    found = HotspotSheet(NOW_US, (row,), (), (row,), 0, (Cluster("510104", 3.2, 0.001, 600.0, 6),), 180)
    shown = text_of(hotspots(context(Place(), lang="en"), Answer(found, "")))
    assert "▲ 100%" in shown
    assert "with 6 neighbours" in shown
    assert "No numbers of staff are known" in shown


def test_the_same_day_a_year_before() -> None:
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    assert year_before(date(2026, 11, 24)) == date(2025, 11, 24)
