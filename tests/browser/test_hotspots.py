"""The page of hotspots in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]


@pytest.mark.parametrize("context", [(1440, 900), (375, 812)], indirect=True, ids=["desktop", "phone"])
def test_hotspots_are_ranked_by_each_measure(app: App) -> None:
    app.open("hotspots?lang=en&days=30")
    for key in ("absolute", "growth", "clusters", "perhead"):
        expect(app.page.locator(f".card.{key}")).to_be_visible()
    assert app.page.locator(".card.absolute li").count() == 10
    loads = [float(str(one).replace(",", "").split()[0]) for one in _titles(app, ".card.absolute li b span")]
    assert loads == sorted(loads, reverse=True)
    assert app.page.locator(".card.growth li .delta.up").count() > 0
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    app.page.locator(".card.absolute li a").first.click()
    expect(app.page.locator(".card.deadlines")).to_be_visible(timeout=20_000)
    assert re.search(r"/unit\?area=(\d{9})&.*unit=\1", app.page.url)


def _titles(app: App, rows: str) -> list[str | None]:
    found = app.page.locator(rows)
    return [found.nth(n).get_attribute("title") for n in range(found.count())]
