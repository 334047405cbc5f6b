"""The pages that cross and compare in a real Chromium, read by the data of their figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pivot_is_chosen_drawn_and_sent_by_its_address(app: App, lang: str, tmp_path: Path) -> None:
    app.open(f"explore?area=51&lang={lang}&tiers=township")
    by_place = sum(sum(one["x"]) for one in app.figure("pivot"))
    assert by_place > 0
    app.page.get_by_label("行" if lang == "zh" else "Rows", exact=True).click()
    app.page.get_by_role("option", name="周" if lang == "zh" else "Week", exact=True).click()
    app.page.wait_for_url(re.compile("rows=week"))
    app.settle()
    by_week = sum(sum(one["y"]) for one in app.figure("pivot"))
    assert by_week >= by_place, "the figure of places may leave some out, that of weeks does not"
    nodes, links = (app.figure("flow")[0][part] for part in ("node", "link"))
    assert len(nodes["label"]) <= 40
    assert sum(links["value"]) / 2 == pytest.approx(by_week, rel=0.01)
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="CSV", exact=True).first.click()
    waiting.value.save_as(tmp_path / "pivot.csv")
    last = (tmp_path / "pivot.csv").read_text(encoding="utf-8-sig").splitlines()[-1]
    assert float(last.rpartition(",")[2]) == pytest.approx(by_week, rel=0.01)
    assert bool(re.search(r"[\u4e00-\u9fff]", last)) == (lang == "zh")


@pytest.mark.parametrize("context", [(1440, 900), (375, 812)], indirect=True, ids=["desktop", "phone"])
def test_two_sides_are_compared_only_where_both_are_covered(app: App) -> None:
    app.open("compare?area=51&lang=en")
    left, right = app.figure("sides")
    assert sum(left["y"]) > 0
    assert sum(right["y"]) == 0
    card = app.page.locator(".card.compared")
    expect(card).to_contain_text("nothing was reported here in these days")
    assert set(card.locator("tbody tr td:last-child").all_inner_texts()) == {"–"}
    assert app.figure("bullets")[2]["x"]
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    app.open("compare?area=51&lang=zh&left=51~30d~&right=51~30d~")
    assert [one["y"] for one in app.figure("sides")][0] == app.figure("sides")[1]["y"]
    expect(app.page.locator(".card.compared tbody tr").first.locator("td").last).to_have_text("1.00")


def test_what_lies_outside_is_not_compared(context: object, sichuan: str) -> None:
    app = App(context.new_page(), sichuan)  # type: ignore[attr-defined]
    for address in ("explore?area=43&lang=en", "compare?area=51&lang=en&left=51~30d~&right=43~30d~"):
        app.page.goto(f"{sichuan}/{address}")
        expect(app.page.locator(".card.access")).to_be_visible(timeout=30_000)
        assert app.page.locator(".js-plotly-plot").count() == 0
