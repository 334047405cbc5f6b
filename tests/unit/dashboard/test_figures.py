"""Figures say what their rows say: sums, order, words; in both languages, on light and dark, with a table that adds up."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import dashboard
from dashboard.data.sheets.review import ReviewSheet
from dashboard.data.sheets.unit import Band
from dashboard.figures.chart import Chart
from dashboard.figures.days import DayLoads, load_by_day, plain_days
from dashboard.figures.heat import classes, week, year
from dashboard.figures.look import COLOURED, CONFIG, Look, colour_place
from dashboard.figures.peers import peers
from dashboard.figures.spread import hotspot_map
from dashboard.figures.why import waterfall
from streams.analysis.decomposition import Change
from streams.events.model import KINDS
from streams.store.answers import AreaLoad
from streams.store.changing import Hour
from tests.unit.dashboard.figures import NOW_US, context, survey

TODAY = date(2026, 11, 23)
DAYS = tuple((TODAY - timedelta(days=n), 60 * (n % 9)) for n in range(370, -1, -1))
WORKDAYS = frozenset(day for day, _ in DAYS if day.weekday() < 5)
HOURS = tuple(Hour(weekday, hour, 60 * weekday + hour) for weekday in range(1, 8) for hour in range(24))
CHANGE = Change(before=6_000, after=7_500, volume=900, scope=-300, effort=600, coverage=300)
REVIEW = ReviewSheet(NOW_US, DAYS, WORKDAYS, HOURS, (TODAY, TODAY), CHANGE, (TODAY, TODAY), (), (), (0, 0), ())


def areas(*loads: int) -> tuple[AreaLoad, ...]:
    return tuple(
        AreaLoad(code, load, load, load, 1, 10) for code, load in zip(("11", "31", "51", "44"), loads, strict=True)
    )


def all_charts(lang: str, dark: bool) -> list[Chart]:
    around = context(lang=lang)
    look, found = Look(around.say, dark), survey()
    grown = replace(found, places=areas(600, 1_200, 2_400, 60), places_before=areas(600, 600, 600, 60))
    spread = hotspot_map(around, grown, look)
    assert spread is not None
    plain = DayLoads("k", "t", "a", "n", [(day, load, "") for day, load in DAYS[-28:]], WORKDAYS, TODAY, NOW_US)
    return [
        load_by_day(around, found, look), plain_days(around, plain, look), year(around, REVIEW, look),
        week(around, REVIEW, look), waterfall(around, REVIEW, look), spread,
        peers(around, Band("510104", 10, 600, 900, 1200, 1500, "upper"), NOW_US, look),
    ]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_has_its_words_its_table_and_keeps_what_the_reader_did(lang: str, dark: bool) -> None:
    for chart in all_charts(lang, dark):
        assert chart.alt, chart.key
        assert chart.figure.layout.uirevision == "keep", "zoom and hidden series survive a tick"
        rows = list(csv.reader(io.StringIO(chart.table.csv().decode("utf-8-sig"))))
        assert len(rows) == len(chart.table.rows) + 1
        assert all(len(row) == len(chart.table.columns) for row in rows), chart.key
        spoken = json.dumps([chart.title, chart.lead, chart.aside, chart.table.columns], ensure_ascii=False)
        assert bool(re.search(r"[\u4e00-\u9fff]", spoken)) == (lang == "zh") or chart.key == "k", spoken
        assert "nan" not in json.dumps(chart.figure.to_plotly_json(), default=str).lower()


def test_no_button_leads_out_of_the_house() -> None:
    assert json.dumps(CONFIG["modeBarButtons"]) == '[["zoom2d", "pan2d", "resetScale2d"]]'
    assert CONFIG["displaylogo"] is False


def test_the_waterfall_goes_from_one_week_to_the_other_without_a_rest() -> None:
    steps = waterfall(context(), REVIEW, Look(context().say)).figure.data[0]
    assert list(steps.measure) == ["absolute", "relative", "relative", "relative", "relative", "total"]
    assert sum(steps.x[:-1]) == pytest.approx(steps.x[-1])


def test_the_year_has_a_cell_for_each_day_on_its_weekday() -> None:
    cells = year(context(), REVIEW, Look(context().say)).figure.data[0]
    assert sum(one is not None for row in cells.z for one in row) == len(DAYS)
    for weekday, row in enumerate(cells.customdata):
        assert all(date.fromisoformat(one[:10]).weekday() == weekday for one in row if one)


def test_classes_hold_equally_many() -> None:
    found = classes(list(range(1, 601)))
    assert {found.count(n) for n in range(1, 7)} == {100}
    assert classes([0, 0]) == [0, 0]


def test_growth_is_told_where_both_periods_have_a_figure() -> None:
    look, found = Look(context().say), survey()
    grown = replace(found, places=areas(600, 1_200, 6_000, 60), places_before=areas(600, 600, 600, 0))
    shown = hotspot_map(context(), grown, look)
    assert shown is not None
    points = shown.figure.data[0]
    assert list(points.x) == [1, 2, 10], "hours a unit"
    assert list(points.y) == [0, 1, 2], "growth beyond 200 % stands at the edge"
    assert shown.links == ("11", "31", "51")
    assert "1 carry more than the middle one and grow" in shown.alt
    assert hotspot_map(context(), replace(grown, places_before=areas(600, 0, 0, 0)), look) is None


def test_a_kind_has_one_colour_everywhere() -> None:
    assert sorted(COLOURED) == sorted(KINDS)
    styles = (Path(dashboard.__file__).parent / "static" / "burden.css").read_text()
    for dark in (False, True):
        colours = [Look(context().say, dark).kind(number) for number in range(1, len(KINDS) + 1)]
        assert len(set(colours)) == len(KINDS)
        for number, colour in enumerate(colours, start=1):
            assert f"--kind{colour_place(number)}: {colour};" in styles
