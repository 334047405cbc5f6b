"""Over the load by day: limits, the year before, what happened; and another limit as a histogram."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.data.daily import Limit, Mark, Overlay, editions, hotspot, tier_of
from dashboard.figures.days import load_by_day
from dashboard.figures.limits import BINS, Measured, histogram
from dashboard.figures.look import Look
from dashboard.place import Place
from streams.desk.findings import rulebook
from streams.store.comparing import Reported, alike, why_not
from tests.unit.dashboard.figures import LAST, NOW_US, context, registry, survey

DAYS = tuple(LAST - timedelta(days=n) for n in range(29, -1, -1))
WEEKS = tuple((day, 9_000 + n) for n, day in enumerate(DAYS, start=-27))
TITLES = {"zh": "乡镇负荷过高", "en": "Township under too much load"}
LIMIT = Limit("R20-hotspot", TITLES, "national@1", 9_000.0, 1, "township", 9_000.0, WEEKS)
FLOOD = Mark("flood", DAYS[3], DAYS[5], {"zh": "强降雨", "en": "强降雨"}, "川汛〔2026〕3号", "51")
LAW = Mark("edition", DAYS[28], DAYS[28], {"zh": "清单办法", "en": "Rules on lists"}, "国办发〔2026〕1号")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_limit_is_a_line_and_weeks_above_it_are_marked(lang: str) -> None:
    around = context(lang=lang)
    made = load_by_day(around, replace(survey(), overlay=Overlay(limit=LIMIT)), Look(around.say))
    mean, line, above = made.figure.data[-3:]
    assert set(line.y) == {9_000 / 7 / 60}
    assert [day for day, load in WEEKS if load > 9_000] == list(above.x) == [DAYS[28], DAYS[29]]
    assert mean.y[0] == pytest.approx((9_000 - 27) / 7 / 60)
    assert made.figure.layout.yaxis.range[1] >= 9_000 / 7 / 60
    assert "R20-hotspot" not in made.note
    assert TITLES[lang] in made.note
    assert made.lead.count("2") >= 1
    column = made.table.columns.index(around.say("Above the limit"))
    assert [row[column] for row in made.table.rows[-3:]] == [around.say(word) for word in ("no", "yes", "yes")]


def test_where_there_is_no_limit_and_no_year_before_that_is_said() -> None:
    made = load_by_day(context(), survey(), Look(context().say))
    assert "No limit of load holds" in made.note
    assert "not equally covered" in made.note
    assert made.lead == ""
    drawn = load_by_day(
        context(), replace(survey(), overlay=Overlay(year_ago=tuple(range(0, 1800, 60)))), Look(context().say)
    )
    assert "not equally covered" not in drawn.note
    assert list(drawn.figure.data[-1].y) == list(range(30))
    assert [row[-1] for row in drawn.table.rows] == [float(n) for n in range(30)]


def test_what_happened_is_drawn_named_and_listed_with_its_source() -> None:
    found = replace(survey(), overlay=Overlay(marks=(FLOOD, LAW)))
    made = load_by_day(context(lang="zh"), found, Look(context().say))
    band, line = made.figure.layout.shapes[-2:]
    assert (band.type, line.type) == ("rect", "line")
    assert (band.x0, band.x1) == (f"{DAYS[2]}T12:00", f"{DAYS[5]}T12:00")
    first, last = made.figure.layout.annotations
    assert "防汛" in first.text
    assert (first.xanchor, last.xanchor) == ("left", "right"), "no name leaves the figure"
    listed = [row[-1] for row in made.table.rows]
    assert [bool(text) for text in listed] == [n in (3, 4, 5, 28) for n in range(30)]
    assert "川汛〔2026〕3号" in str(listed[4])
    assert "四川省" in str(listed[4])


def test_days_ahead_and_outside_the_period_are_paler_and_not_in_the_sum() -> None:
    found = survey()
    cut = replace(found, first=DAYS[10], last=DAYS[19])
    made = load_by_day(context(), cut, Look(context().say))
    opacity = made.figure.data[0].marker.opacity
    assert [one == 1.0 for one in opacity] == [10 <= n <= 19 for n in range(30)]
    each = int(found.series.likely[:, 0].sum())
    assert f"{each * 10 // 60:,}" in made.alt
    assert made.brush
    assert made.figure.layout.dragmode == "select"


def test_the_limit_is_that_of_the_tier_and_place_in_force() -> None:
    township, village = "510104017", "510104017001"
    assert [tier_of(registry(), Place(area=one[:9], unit=one)) for one in (township, village)] == [
        "township",
        "village",
    ]
    assert tier_of(registry(), Place(area="510104")) == "county"
    assert tier_of(registry(), Place(area="51")) == tier_of(registry(), Place(unit="510104-education")) == ""
    day = date(2026, 11, 1)
    rules = {tier: hotspot("510104", tier, day) for tier in ("township", "village", "county")}
    assert {tier: one.rule.id for tier, one in rules.items() if one} == {
        "township": "R20-hotspot", "village": "R20-hotspot-village", "county": "R20-county",
    }  # fmt: skip
    assert hotspot("510104", "", day) is None
    assert hotspot("510104", "township", date(2001, 1, 1)) is None


def test_packs_that_come_into_force_here_are_marked_on_their_day() -> None:
    for pack in rulebook().packs:
        day = timedelta(days=1)
        inside = editions(pack.area, pack.from_day, pack.from_day)
        assert any(one.title["zh"] == pack.title.zh and one.first == pack.from_day for one in inside)
        assert all(
            one.title["zh"] != pack.title.zh
            for one in editions(pack.area, pack.from_day - 9 * day, pack.from_day - day)
        )
    local = next(one for one in rulebook().packs if one.area)
    elsewhere = "65" if not local.area.startswith("65") else "11"
    assert all(one.area != local.area for one in editions(elsewhere, local.from_day, local.from_day))


@pytest.mark.parametrize(
    ("holds", "beyond"), [("above", 2), ("at_least", 3), ("below", 2), ("at_most", 3)],
)  # fmt: skip
def test_the_histogram_counts_on_either_side_as_the_rule_does(holds: str, beyond: int) -> None:
    found = Measured(np.array([1.0, 2.0, 3.0, 4.0, 900.0]), holds, 2.0, 3.0, "units", "person-hours", NOW_US)
    made = histogram(context(lang="en"), found, Look(context().say))
    assert found.beyond(3.0) == beyond
    assert f"With the limit 3 person-hours: {beyond} beyond it, {5 - beyond} not" in made.lead
    counts = [row[1] for row in made.table.rows]
    assert len(counts) == BINS
    assert sum(int(one) for one in counts) == 5, "what lies beyond the axis is in the last bar"
    assert [shape.x0 for shape in made.figure.layout.shapes] == [2.0, 3.0]


def test_the_line_moves_and_colours_follow() -> None:
    values = np.repeat(np.arange(100.0), 600)
    made = {
        tried: histogram(context(), Measured(values, "above", 50.0, tried, "rows", "", NOW_US), Look(context().say))
        for tried in (10.0, 90.0)
    }
    red = {
        tried: sum(one == Look(context().say).up for one in chart.figure.data[0].marker.color)
        for tried, chart in made.items()
    }
    assert red[10.0] > red[90.0] > 0
    assert made[10.0].figure.layout.yaxis.type == "log"
    nothing = histogram(context(), Measured(np.zeros(0), "above", 0.0, 0.0, "rows", "", NOW_US), Look(context().say))
    assert sum(int(row[1]) for row in nothing.table.rows) == 0


def test_one_rule_says_when_periods_can_be_compared() -> None:
    begun, later = date(2026, 1, 1), date(2026, 6, 1)
    full, poor, none = ({"units": share} for share in (1.0, 0.79, 0.0))
    assert why_not(begun, Reported(begun, full), Reported(later, full)) == ()
    assert why_not(later, Reported(begun, full), Reported(later, full)) == ((0, "kinds"),)
    assert why_not(None, Reported(begun, full), Reported(later, poor)) == ((1, "units"),)
    assert why_not(None, Reported(begun, none), Reported(later, full)) == ((0, "nothing"),)
    assert alike(begun, begun, (1.0, 0.8))
    assert not alike(begun, begun, (0.79, 1.0))
    assert not alike(begun, begun, (0.0, 0.0)), "nothing is not as much as nothing"
    assert not alike(later, begun)
    half = replace(survey(), covered_before={"30d": 0.5}, since=None)
    assert half.alike
    assert not replace(half, covered_before={"30d": 0.39}).alike
    assert not replace(half, covered_before={"30d": 0.5, "": 0.1}).alike
