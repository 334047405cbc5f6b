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
    today = "(plot) => plot.data.map((one) => one.y[one.y.length - 1]).reduce((sum, one) => sum + one, 0)"
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
