"""Figures in a real Chromium: read by their data, taken away as table and picture, left as the reader set them when news comes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.sample import Sample
from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]


def drawer(app: App, key: str) -> None:
    app.page.locator(f".st-key-figure-{key} [data-testid=stPopover] button").first.click()
    expect(app.page.locator(f".st-key-pictures-{key}, [data-testid=stPopoverBody]").first).to_be_visible()


def test_the_table_behind_a_figure_and_its_pictures_can_be_taken_away(app: App, tmp_path: Path) -> None:
    app.open("?area=51&lang=en")
    days = len(app.figure("trend")[0]["x"])
    drawer(app, "trend")
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "trend.csv")
    lines = (tmp_path / "trend.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Day,day off,")
    assert lines[0].endswith(",Together")
    assert len(lines) == days + 1
    for form, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with app.page.expect_download() as waiting:
            app.page.get_by_role("button", name=form, exact=True).click()
        waiting.value.save_as(tmp_path / f"trend.{form}")
        content = (tmp_path / f"trend.{form}").read_bytes()
        assert content.startswith(begins)
        assert len(content) > 5_000
    assert "Load by day" in (tmp_path / "trend.SVG").read_text()
    assert app.bad == []


def test_what_the_reader_hid_stays_hidden_when_news_comes(app: App, sample: Sample) -> None:
    app.open("?area=51")
    plot = app.page.locator(".st-key-figure-trend .js-plotly-plot").first
    toggle = plot.locator(".legend .traces").first
    expect(toggle).to_be_visible()
    box = toggle.bounding_box()
    assert box is not None
    app.page.mouse.click(box["x"] + 12, box["y"] + box["height"] / 2)
    hidden = "(plot) => plot._fullData.filter((one) => one.visible === 'legendonly').length"
    app.page.wait_for_function(
        "() => document.querySelector('.st-key-figure-trend .js-plotly-plot')._fullData.some((one) => one.visible === 'legendonly')"
    )
    today = "(plot) => plot.data.map((one) => one.y[one.y.length - 15]).reduce((sum, one) => sum + one, 0)"
    before = plot.evaluate(today)
    sample.demand(
        "510104-education", "request", "510104017", "township", time.time_ns() // 1000, 60_000, "报送学生人数"
    )
    sample.flush()
    app.page.wait_for_function(
        f"(old) => Math.abs(({today})(document.querySelector('.st-key-figure-trend .js-plotly-plot')) - old) > 1",
        arg=before,
        timeout=60_000,
    )
    assert plot.evaluate(hidden) == 1


def test_a_place_in_the_figure_leads_there(app: App) -> None:
    app.open("hotspots?area=51")
    points = app.page.locator(".st-key-figure-spread .scatterlayer .point")
    if not points.count():
        pytest.fail("the sample has no two periods to compare")
    points.first.click(force=True)
    app.page.wait_for_url(re.compile(r"area=51\d\d"), timeout=30_000)


def test_days_that_are_dragged_over_become_the_period_of_the_page(app: App) -> None:
    app.open("?area=51&lang=en")
    plot = app.page.locator(".st-key-figure-trend .js-plotly-plot .nsewdrag").first
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    app.page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    app.page.mouse.down()
    app.page.mouse.move(box["x"] + box["width"] * 0.3, middle, steps=5)
    app.page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=5)
    app.page.mouse.up()
    app.page.wait_for_url(re.compile(r"range=20\d\d-\d\d-\d\d_20\d\d-\d\d-\d\d"), timeout=30_000)
    app.settle()
    first, last = re.search(r"range=([0-9-]+)_([0-9-]+)", app.page.url).groups()  # type: ignore[union-attr]
    assert first < last
    days = app.figure("trend")[0]
    shown = [day[:10] for day, opacity in zip(days["x"], days["marker"]["opacity"], strict=True) if opacity == 1]
    assert (shown[0], shown[-1]) == (first, last)
    app.page.locator(".choice [title='Back to the last days']").click()
    app.page.wait_for_url(lambda url: "range=" not in url)
    assert app.bad == []


def test_a_page_of_an_instant_stays_there_and_leads_back(app: App, sample: Sample) -> None:
    app.open("?area=51&lang=en&at=2026-06-01T08:00")
    band = app.page.locator(".asof")
    expect(band).to_contain_text("As of 2026-06-01 08:00, Beijing time")
    before = app.page.locator("[data-key='24h'] .n").inner_text()
    sample.demand("510104-education", "request", "510104", "township", time.time_ns() // 1000, 60_000, "报送学生人数")
    sample.flush()
    app.page.locator(".pages a", has_text="Review").click()
    app.page.wait_for_url(re.compile(r"review\?.*at=2026-06-01"))
    app.settle()
    app.page.go_back()
    app.settle()
    expect(app.page.locator("[data-key='24h'] .n")).to_have_text(before)
    app.page.locator(".asof a").click()
    app.page.wait_for_url(lambda url: "at=" not in url)
    expect(app.page.locator(".asof")).to_have_count(0)
    app.open("?area=51&lang=en&at=tomorrow")
    expect(app.page.locator(".hits")).to_contain_text("tomorrow is no instant of the past")
    assert app.bad == []
