"""What the pages that cross and compare compute: periods, pivots as tables, two sides, flows, quotas that run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest

from dashboard.comparison import Side, lines, why_not
from dashboard.data.sheets.compare import Asked, CompareSheet, asked
from dashboard.data.sheets.explore import FlowSheet, PivotSheet, sizes_of
from dashboard.data.sheets.quota import Quota, QuotaSheet
from dashboard.data.sheets.review import Progress
from dashboard.figures.bullets import bullets, without_goal
from dashboard.figures.burndown import burndown, sort_name
from dashboard.figures.chart import Chart
from dashboard.figures.flow import flow, links_of
from dashboard.figures.look import Look
from dashboard.figures.pivot import crossed
from dashboard.figures.sides import reasons, sides
from dashboard.goals import goals_in
from dashboard.period import days_of
from dashboard.place import Place, read_place
from streams.analysis.projection import projected, rate_interval
from streams.desk.quotas import bounds_of
from streams.events.model import KINDS
from streams.rules.facts import Lists
from streams.store.pivots import REST, Cell, Crossing, Pivot
from tests.unit.dashboard.figures import NOW_US, context, registry

TODAY = date(2026, 11, 23)
SHARES = tuple((n + 1) / 365 for n in range(365))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7d", date(2026, 11, 17), TODAY), ("year", date(2026, 1, 1), TODAY), ("year-1y", date(2025, 1, 1), date(2025, 11, 23)),
        ("2026-02-01_2026-02-28", date(2026, 2, 1), date(2026, 2, 28)), ("2026-03-02_2026-03-01", date(2026, 10, 25), TODAY),
        ("2026-02-30_2026-03-01", date(2026, 10, 25), TODAY), ("x", date(2026, 10, 25), TODAY),
    ],
)  # fmt: skip
def test_a_period_of_the_address(text: str, first: date, last: date) -> None:
    assert days_of(text, TODAY) == (first, last)


def test_what_is_crossed_and_compared_is_in_the_address_and_stays_on_its_page() -> None:
    query = {
        "rows": "issuer", "cols": "month", "amount": "mean", "span": "2026-01-01_2026-03-31", "kinds": "document,meeting,x", "tiers": "village",
        "lines": "health,'", "levels": "county", "left": "51~30d~510000-health", "right": "43~year-1y~",
    }  # fmt: skip
    place = read_place(query, "", "en")
    assert (place.kinds, place.lines) == ("meeting,document", "health")
    assert asked(place) == (Asked("51", "30d", "510000-health"), Asked("43", "year-1y", ""))
    assert (
        read_place(
            dict(part.split("=") for part in place.link().replace("%2C", ",").removeprefix("?").split("&")), "", "zh"
        )
        == place
    )
    assert place.plain == Place(lang="en")
    assert read_place({"rows": "kind"}, "", "zh").cols == "none"
    assert read_place({"left": "51;x", "right": "5~9d~"}, "", "zh").left == ""
    assert asked(Place(area="51"))[1] == Asked("51", "30d-1y", "")


def cells(*rows: tuple[str, str, int]) -> tuple[Cell, ...]:
    return tuple(Cell(row, column, n // 2, n, n * 2, n // 60, 1) for row, column, n in rows)


def crossing(amount: str = "likely", **changes: object) -> PivotSheet:
    found = Pivot(
        cells(("11", "1", 600), ("11", "2", 60), ("31", "1", 1200), (REST, "1", 120)),
        cells(("31", "", 1200), ("11", "", 660), (REST, "", 120)), cells(("", "1", 1920), ("", "2", 60)), cells(("", "", 1980))[0], 7,
    )  # fmt: skip
    sheet = PivotSheet(
        NOW_US, Crossing("place", "kind"), amount, date(2026, 11, 1), TODAY, found, {("31", ""): 10, ("", ""): 40}
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pivot_is_a_table_that_adds_up_and_says_what_was_cut(lang: str) -> None:
    around = context(lang=lang)
    made = crossed(around, crossing(), Look(around.say))
    body, together = made.table.rows[:-1], made.table.rows[-1]
    assert [row[1] for row in body] == ["31", "11", ""]
    assert together[2:] == (32.0, 1.0, 33.0)
    for place in (2, 3, 4):
        assert sum(float(row[place]) for row in body) == together[place]
    assert "7" in made.lead
    assert "33" in made.lead
    assert made.figure.layout.barmode == "stack"
    assert list(made.figure.data[0].x) == [20.0, 10.0], "the rest is in the table, not among the bars"


def test_amounts_that_do_not_add_up_stand_side_by_side_and_many_columns_are_a_heat_map() -> None:
    around = context()
    mean = crossed(around, crossing("mean"), Look(around.say))
    assert mean.figure.layout.barmode == "group"
    assert mean.table.rows[0][-1] == 2.0, "1,200 minutes over ten units"
    days = tuple(f"2026-11-{n:02d}" for n in range(1, 24))
    columns = cells(*(("", day, 60) for day in days))
    found = Pivot(
        cells(*(("31", day, 60) for day in days)), cells(("31", "", 1380)), columns, cells(("", "", 1380))[0], 0
    )
    heat = crossed(around, crossing(found=found, asked=Crossing("place", "day")), Look(around.say)).figure.data[0]
    assert heat.type == "heatmap"
    assert [list(row) for row in heat.z] == [[1.0] * 23]
    assert list(heat.x) == list(days)


def test_units_of_places_and_tiers_leave_nothing_out() -> None:
    for area in ("", "51", "510104", "510104017"):
        sizes = sizes_of(registry(), area, ())
        places = {code for code, tier in sizes if code and not tier}
        assert sum(sizes[code, ""] for code in places) == sizes["", ""]
        assert sum(n for (code, tier), n in sizes.items() if code and tier) == sizes["", ""]


def side(**changes: object) -> Side:
    plain = Side(
        "51", date(2026, 11, 1), date(2026, 11, 10), "", 30, 60, 90, 6, 2, 3, (6,) * 10, ((1, 60),), 10, 95, 100
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ()), ({"covered_days": 8}, ()), ({"covered_days": 7}, ("right days",)), ({"covered_units": 60}, ("right units",)),
        ({"covered_days": 0, "covered_units": 0}, ("right nothing",)),
    ],
)  # fmt: skip
def test_a_change_is_told_only_where_both_are_equally_covered(changes: dict[str, object], why: tuple[str, ...]) -> None:
    left, right = side(), side(likely=90, by_kind=((1, 30), (2, 60)), **changes)
    assert why_not(left, right) == why
    told = {line.measure: line for line in lines(left, right)}
    assert (told["likely"].ratio, told["likely"].difference) == ((None, None) if why else (1.5, 30))
    assert told["2"].ratio is None, "nothing to divide by"
    assert told["1"].ratio == (None if why else 0.5)


def test_sums_of_unequal_lengths_have_no_ratio_but_days_do() -> None:
    told = {one.measure: one for one in lines(side(), side(last=date(2026, 11, 5), covered_days=5))}
    assert told["likely"].ratio is None
    assert told["likely"].difference is None
    assert told["day"].ratio == 2
    assert told["unit"].ratio == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_sides_are_one_figure_and_one_table(lang: str) -> None:
    around = context(lang=lang)
    found = CompareSheet(NOW_US, side(), side(likely=120, by_day=(12,) * 10), ())
    made = sides(around, found, Look(around.say))
    assert [list(one.y) for one in made.figure.data] == [[0.1] * 10, [0.2] * 10]
    assert made.table.rows[0][1:] == (1.0, 2.0, 1.0, 2.0)
    assert reasons(around, found) == []
    uneven = replace(found, right=side(covered_days=0))
    (text,) = reasons(around, uneven)
    assert ("没有任何数据" if lang == "zh" else "nothing was reported") in text
    assert sides(around, uneven, Look(around.say)).table.rows[0][3:] == ("–", "–")


def test_goals_are_bullets_and_other_kinds_have_no_published_figure() -> None:
    around = context()
    progress = [Progress(one, 60, 100) for one in goals_in("51")]
    made = bullets(around, "51", progress, NOW_US, Look(around.say))
    assert list(made.figure.data[1].x) == [0.4] * len(progress)
    assert list(made.figure.data[2].x) == [one.goal.cut for one in progress]
    assert sorted({kind for one in progress for kind in one.goal.kinds} | set(without_goal(progress))) == sorted(KINDS)
    assert sum("no published figure" in map(str, row) for row in made.table.rows) == len(without_goal(progress))
    unknown = bullets(around, "51", [Progress(one, 60, 0) for one in goals_in("51")], NOW_US, Look(around.say))
    assert list(unknown.figure.data[1].x) == [None] * len(progress)


def test_a_flow_adds_up_on_both_sides_and_has_forty_nodes_at_most() -> None:
    levels = tuple((level, kind, 60 * kind) for level, kind in product(("centre", "county"), range(1, 14)))
    tiers = tuple((kind, tier, 60 * kind) for kind, tier in product(range(1, 14), ("township", "village")))
    found = FlowSheet(NOW_US, date(2026, 11, 1), TODAY, levels, tiers, 60 * 91 * 2)
    for most in (40, 10):
        links = links_of(found, most)
        assert len({node for link in links for node in link[:2]}) <= most
        for start in ("level", "kind"):
            assert sum(link[2] for link in links if link[0][0] == start) == found.total
    around = context()
    made = flow(around, found, Look(around.say))
    assert isinstance(made, Chart)
    assert len(made.figure.data[0].node.label) <= 40
    assert sum(made.figure.data[0].link.value) == pytest.approx(2 * found.total / 60)
    assert not isinstance(flow(around, replace(found, levels=(), tiers=(), total=0), Look(around.say)), Chart)


@pytest.mark.parametrize("count", [0, 1, 5, 30])
def test_the_interval_of_a_rate_is_that_of_garwood(count: int) -> None:
    low, high = rate_interval(count)
    draw = np.random.default_rng(3)
    assert (draw.poisson(high, 200_000) <= count).mean() == pytest.approx(0.1, abs=0.01)
    if count:
        assert (draw.poisson(low, 200_000) >= count).mean() == pytest.approx(0.1, abs=0.01)


def test_a_quota_runs_out_earlier_at_a_higher_rate() -> None:
    ahead = projected([0, 1] * 50, SHARES, 100)
    assert ahead.used == 50
    assert ahead.likely.by_day[0] == 50
    assert ahead.likely.by_day[-1] == pytest.approx(50 * 365 / 100)
    days = (ahead.early.breach, ahead.likely.breach, ahead.late.breach)
    assert None not in days
    assert days == tuple(sorted(day for day in days if day is not None))
    assert projected([0, 1] * 50, SHARES, 1_000).early.breach is None
    assert {one.breach for one in projected([2, 2, 2], SHARES, 3)[2:]} == {1}, (
        "passed on the second day, whatever comes"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_burn_down_has_its_limit_and_says_when_lists_are_missing(lang: str) -> None:
    around = context(lang=lang)
    quota = Quota("document:综合", 100, True, (1, 0) * 50)
    found = QuotaSheet(NOW_US, date(2026, 1, 1), SHARES, (quota,), True)
    made = burndown(around, found, 0, Look(around.say))
    assert isinstance(made, Chart)
    limit = next(one for one in made.figure.data if one.name == ("上限" if lang == "zh" else "Cap"))
    assert list(limit.y) == [100, 100]
    assert made.table.rows[99][1] == 50
    assert len(made.table.rows) == 365
    assert "50" in made.lead
    assert ("综合性" if lang == "zh" else "comprehensive") in sort_name(around, quota.what)
    for listed, word in ((False, "burdenwatch lists add"), (True, "该单位" if lang == "zh" else "this issuer")):
        assert word in str(burndown(around, replace(found, quotas=(), listed=listed), 0, Look(around.say)))


def test_a_cap_goes_before_a_plan() -> None:
    lists = Lists(
        plans={("a", "meeting", 2026): 10, ("a", "document", 2026): 5, ("b", "meeting", 2026): 1},
        caps={("a", "meeting", 2026): 8},
    )
    assert bounds_of(lists, "a", 2026) == [("document", 5, False), ("meeting", 8, True)]
