"""From values to HTML: what the page says for figures that can be added up by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.data.board import Answer
from dashboard.figures.days import load_by_day, ranked
from dashboard.figures.look import Look, axis
from dashboard.place import Place
from dashboard.views.demands import recent, unit
from dashboard.views.health import health as health_card
from dashboard.views.kpis import kpis
from dashboard.views.markup import html, tag
from dashboard.views.masthead import freshness, results
from dashboard.views.notices import no_access, no_store, welcome
from dashboard.views.places import TILES, class_of, limits, places, shade
from dashboard.views.rankings import hotspots, issuers
from dashboard.views.shares import shares
from dashboard.views.situation import body, foot, top
from tests.unit.dashboard.figures import NOW_US, context, demand, health, pulse, survey


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)).replace("\u00a0", " ")


def test_text_is_escaped_wherever_it_comes_from() -> None:
    assert tag("p", "<b>", title='"&') == '<p title="&quot;&amp;">&lt;b&gt;</p>'
    assert html("<", tag("i")) == "&lt;<i></i>"
    shown = recent(context(), pulse(recent=(demand("<script>alert(1)</script>"),)))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "<img" not in results(context(Place(q="<img src=x>")), [])


def test_the_figures_are_hours_with_what_they_compare_with() -> None:
    shown = text_of(kpis(context(), pulse(), survey()))
    assert "Load, last 24 hours" in shown
    assert "10 k person-h" in shown, "600,000 minutes"
    assert "▲ 100%" in shown, "twice the 5,000 hours of the day before"
    assert "＝ 0.0% against the period before" in shown
    assert "no earlier figure" in shown, "nothing to compare thirty days with"
    assert "50.0%" in shown, "half of the townships had data"


def test_figures_in_chinese_count_in_ten_thousands() -> None:
    shown = text_of(kpis(context(lang="zh"), pulse(), survey()))
    assert "近24小时负荷" in shown
    assert "1 万 人时" in shown
    assert "1.23 万" in shown, "12,345 demands landed"


@pytest.mark.parametrize("highest", [0, 59, 60, 61, 7_300, 123_456, 9_999_999, 60_000_000_000])
def test_the_axis_has_few_round_marks_and_reaches_the_highest_bar(highest: int) -> None:
    marks = axis(highest)
    assert marks[0] == 0
    assert 3 <= len(marks) <= 7
    assert marks[-1] >= highest * 0.999
    steps = {round(b - a, 6) for a, b in zip(marks, marks[1:], strict=False)}
    assert len(steps) == 1
    assert f"{steps.pop() / 60:.10e}"[:3] in ("1.0", "2.0", "2.5", "5.0")


def test_small_kinds_go_together_and_nothing_is_lost() -> None:
    found = survey(kinds=8)
    kinds = ranked(found)
    assert [kind for kind, _ in kinds] == [1, 2, 3, 4, 5, 6, 0]
    assert sum(int(values.sum()) for _, values in kinds) == int(found.series.likely.sum())
    percents = [float(one) for one in re.findall(r"([\d.]+)%", text_of(shares(context(), found)))]
    assert sum(percents) == pytest.approx(100, abs=0.4)


def test_days_outside_the_period_are_paler_and_days_off_are_marked() -> None:
    found = survey()
    shown = load_by_day(context(), replace(found, first=found.series.days[-7]), Look(context().say))
    bars = shown.figure.data
    assert {len(one.x) for one in bars} == {30}
    assert sum(one < 1 for one in bars[0].marker.opacity) == 23
    assert sum(row[1] == "yes" for row in shown.table.rows) == 30 - len(found.workdays)
    assert sum(row[-1] for row in shown.table.rows) == pytest.approx(int(found.series.likely.sum()) / 60, abs=2)  # type: ignore[misc]


def test_places_are_ranked_by_the_chosen_measure() -> None:
    by_unit = places(context(), survey())
    assert re.findall(r'<tr data-code="(\d+)"', by_unit) == ["51", "11"]
    assert "▼ 50%" in text_of(by_unit), "half of the period before"
    assert "1.7" in text_of(by_unit), "311,100 minutes over 3,111 units are 100 minutes"
    assert 'href="?area=51&amp;lang=en"' in by_unit
    assert text_of(places(context(Place(by="total", lang="en")), survey())).count("5,185") >= 1


def test_classes_hold_equally_many_places_and_use_the_whole_ramp() -> None:
    cuts = limits([float(n) for n in range(1, 61)])
    counts = [sum(class_of(float(n), cuts) == number for n in range(1, 61)) for number in range(1, 7)]
    assert max(counts) - min(counts) <= 1
    assert class_of(0, cuts) == 0
    assert limits([0.0, 0.0]) == []
    assert [shade(n, [5.0]) for n in (0, 1, 2)] == [0, 1, 6]


def test_without_outlines_the_country_is_a_grid_of_tiles() -> None:
    shown = places(context(outlines=False), survey())
    assert "data-map" not in shown
    assert len(re.findall('class="tile c', shown)) == len(TILES) == 34
    assert len(set(TILES.values())) == 34, "no two provinces on one square"


def test_rankings_name_units_with_their_path_and_issuers_with_their_interval() -> None:
    shown = text_of(hotspots(context(), survey()))
    assert "锦官驿街道" in shown
    assert "Sichuan · 成都市 · 锦江区" in shown
    caused = text_of(issuers(context(), survey()))
    assert "50 – 150" in caused
    assert hotspots(context(Place(area="510104017")), survey()) == ""


def test_a_unit_shows_its_own_load_in_hours_and_minutes() -> None:
    mine = context(Place(area="510104017"))
    shown = text_of(unit(mine, pulse(unit={"all.minutes.24h": 90, "all.count.24h": 2}, upcoming=(demand(),))))
    assert "1.5 person-h" in shown
    assert "90 person-minutes" in shown
    assert "Demands: 2 in 24 hours" in shown
    assert "Coming up" in shown
    assert unit(context(), pulse()) == ""


@pytest.mark.parametrize(
    ("newest", "failed", "state", "word"),
    [
        (NOW_US - 5_000_000, "", "live", "Live"),
        (NOW_US - 600_000_000, "", "old", "No new events"),
        (None, "", "empty", "Waiting for data"),
        (NOW_US, "refused", "down", "Store not reachable"),
    ],
)
def test_freshness_is_said_in_words_as_well_as_in_colour(
    newest: int | None, failed: str, state: str, word: str
) -> None:
    shown = freshness(context(), health(newest_us=newest), NOW_US, failed, NOW_US)
    assert f'class="fresh {state}"' in shown
    assert word in shown


def test_health_grades_each_sign_and_says_why() -> None:
    fine = health_card(context(), pulse(), survey(), NOW_US)
    assert fine.count('class="sign good"') == 4
    assert 'class="sign warn"' in fine, "half of the townships is thin coverage"
    bad = text_of(health_card(context(), pulse(health=health(refused=3, lag=20_000)), survey(), NOW_US))
    assert "not valid 3" in bad
    assert "20,000 events" in bad


def test_notices_say_what_to_do_and_show_no_figures() -> None:
    assert "curl -X POST" in welcome(context(), NOW_US)
    assert "burdenwatch doctor" in no_store(context(), "connection refused\nand more")
    assert "and more" not in no_store(context(), "connection refused\nand more")
    outside = no_access(context(Place(area="33"), home="51"))
    assert "33" not in outside
    assert 'href="?area=51"' in outside


def test_an_unknown_place_falls_back_to_home_and_says_so() -> None:
    shown = top(context(Place(area="99")), Answer(pulse(), ""), Answer(survey(), ""), (), NOW_US)
    assert "no place with the code 99" in text_of(shown)
    assert "The whole country" in text_of(shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "place", [Place(), Place(area="51"), Place(area="510104"), Place(area="510104017", unit="510104017001")]
)
def test_the_whole_page_is_well_formed_and_small(lang: str, place: Place) -> None:
    here = context(replace(place, lang=lang), lang=lang)
    parts = [
        top(here, Answer(pulse(), ""), Answer(survey(), ""), (), NOW_US),
        body(here, Answer(survey(), "")),
        foot(here, Answer(pulse(), ""), Answer(survey(), ""), NOW_US),
    ]
    for part in parts:
        opened, closed = re.findall(r"<([a-z]+\d?)[ >]", part), re.findall(r"</([a-z]+\d?)>", part)
        assert sorted(name for name in opened if name != "input" and name not in ("rect", "path")) == sorted(closed)
    ids = re.findall(r' id="([^"]+)"', "".join(parts))
    assert len(ids) == len(set(ids))
    assert len(parts[0].encode()) < 10_000, "what a tick sends"


def test_stale_figures_are_marked_as_such() -> None:
    assert 'class="bw stale"' in body(context(), Answer(survey(), "away"))
    assert 'class="bw"' in body(context(), Answer(survey(), ""))
