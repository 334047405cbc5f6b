"""The situation page in a real Chromium, over a store with sample data of the whole country."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.sample import Sample
from tests.browser.stage import App, NoBrowser, chromium, serving, stored

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]

DESKTOP, PHONE = (1440, 900), (375, 812)
CARDS = ("trend", "shares", "places", "hotspots", "issuers", "recent", "health")
HEADINGS = {
    "zh": ("全国", "近24小时负荷", "每日负荷", "类型构成", "数据流状态"),
    "en": ("The whole country", "Load, last 24 hours", "Load by day", "By kind", "State of the stream"),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNIT = "510104017"


@pytest.mark.parametrize("context", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_draws_whole_in_both_languages_and_windows(app: App, lang: str) -> None:
    app.open(f"?lang={lang}")
    for text in HEADINGS[lang]:
        expect(app.page.get_by_text(text, exact=True).first).to_be_visible()
    for key in CARDS:
        card = app.page.locator(f".st-key-figure-{key}, .card.{key}").first
        expect(card).to_be_visible()
        assert card.bounding_box()["height"] > 120, key  # type: ignore[index]
    assert app.page.locator(".card.places tbody tr").count() == 31
    assert {len(series["x"]) for series in app.figure("trend")} == {30 + 14}
    assert app.page.locator(".signs .sign").count() == 5
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    assert app.page.evaluate("() => document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]


def test_the_words_of_the_english_page_are_english(app: App) -> None:
    app.open("?lang=en")
    for part in (".masthead .name", ".whereabouts", ".kpis", ".card.trend", ".card.shares", ".card.health"):
        assert not CHINESE.search(app.page.locator(part).inner_text()), part


def test_the_map_is_painted_with_the_islands_in_reach(app: App) -> None:
    app.open("?lang=zh")
    expect(app.page.locator("[data-map]")).to_have_attribute("data-drawn", re.compile(":"))
    colours = app.page.evaluate(
        """() => { const c = document.querySelector('.map canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let n = 0; n < d.length; n += 4) if (d[n + 3] === 255) seen.add(d[n] + ',' + d[n + 1] + ',' + d[n + 2]);
        return seen.size; }"""
    )
    assert colours >= 7
    shapes = app.page.locator("[data-map]").get_attribute("data-drawn")
    assert shapes is not None
    assert int(shapes.split(":")[1]) >= 34 + 1, "34 provinces and the boundary lines"


def test_a_reader_goes_from_the_country_down_to_a_village_and_back(app: App) -> None:
    app.open()
    took = []
    for code in ("51", "5101", "510104", "510104017", "510104017001"):
        row = app.page.locator(f".card.places tr[data-code='{code}'] a")
        name = row.inner_text()
        began = time.monotonic()
        row.click()
        expect(app.page.locator("h1")).to_have_text(name)
        app.settle()
        took.append(time.monotonic() - began)
        assert f"area={code[:9]}" in app.page.url
    assert "unit=510104017001" in app.page.url
    expect(app.page.locator(".card.unit code")).to_have_text("510104017001")
    print(f"drill-down, slowest of {len(took)}: {max(took):.2f} s")
    app.page.locator(".crumbs a", has_text="四川省").click()
    expect(app.page.locator("h1")).to_have_text("四川省")
    app.page.reload()
    app.settle()
    expect(app.page.locator("h1")).to_have_text("四川省")


def test_filters_are_in_the_address_and_come_from_it(app: App) -> None:
    app.open("?area=51&days=7&by=total&tier=village&lang=en")
    chosen = app.page.locator("[aria-current=true]")
    expect(chosen).to_have_text(["7 days", "Total", "Villages"])
    assert sum(one < 1 for one in app.figure("trend")[0]["marker"]["opacity"]) == 30 + 14 - 7
    app.page.get_by_role("link", name="90 days").click()
    expect(chosen.first).to_have_text("90 days")
    app.settle()
    assert "days=90" in app.page.url
    assert {len(series["x"]) for series in app.figure("trend")} == {90 + 14}


def test_a_place_is_found_by_its_name(app: App) -> None:
    app.open()
    app.page.get_by_role("searchbox").fill("成都 锦江")
    app.page.keyboard.press("Enter")
    app.page.locator(".hits a", has_text="锦江区").first.click()
    expect(app.page.locator("h1")).to_have_text("锦江区")


def test_every_card_says_what_its_figures_are_and_of_when(app: App) -> None:
    app.open("?lang=en")
    buttons = app.page.locator("button.why")
    assert buttons.count() == 5 + len(CARDS)
    for n in range(buttons.count()):
        note = app.page.locator(f"#{buttons.nth(n).get_attribute('popovertarget')}")
        buttons.nth(n).click()
        expect(note).to_be_visible()
        assert len(note.locator("p").first.inner_text()) > 40
        assert re.search(r"Source: .* Figures of \d\d:\d\d:\d\d", note.locator(".origin").inner_text())
        app.page.keyboard.press("Escape")
        expect(note).to_be_hidden()


def test_the_map_is_used_with_the_keyboard(app: App) -> None:
    app.open()
    app.page.locator(".map canvas").focus()
    app.page.keyboard.press("ArrowDown")
    hottest = app.page.locator(".card.places tbody tr").first
    expect(app.page.locator(".told")).to_contain_text(hottest.locator("a").inner_text())
    name = hottest.locator("a").inner_text()
    app.page.keyboard.press("Enter")
    expect(app.page.locator("h1")).to_have_text(name)


def test_what_lands_in_the_store_is_on_an_open_page_at_once(app: App, sample: Sample) -> None:
    app.open(f"?area={UNIT}&unit={UNIT}")
    shown = app.page.locator("[data-key=unit-24h] .n")
    before = str(shown.get_attribute("title"))
    sample.demand("510104-education", "request", UNIT, "township", time.time_ns() // 1000, 60, "报送学生人数")
    began = time.monotonic()
    sample.flush()
    expect(shown).not_to_have_attribute("title", before, timeout=30_000)
    print(f"stored to screen: {time.monotonic() - began:.2f} s")
    expect(app.page.locator(".card.recent, .card.unit").get_by_text("报送学生人数").first).to_be_visible()


@pytest.mark.parametrize(
    "query", ["?area=33", "?area=", "?area=51&unit=330102001", "?unit=330102-education", "?area=3301&lang=en"]
)
def test_a_guessed_address_outside_the_scope_shows_nothing(context: BrowserContext, sichuan: str, query: str) -> None:
    app = App(context.new_page(), sichuan)
    app.page.goto(f"{sichuan}/{query}")
    expect(app.page.locator(".card.access")).to_be_visible(timeout=30_000)
    app.settle()
    for part in (".kpis", ".card.trend", ".card.places", ".card.recent", ".card.issuers", ".card.unit"):
        expect(app.page.locator(part)).to_have_count(0)
    assert not re.search(r"\d{2}", app.page.locator(".card.access").inner_text())


@pytest.mark.parametrize(
    "query",
    [
        "?area=51'--",
        "?area=<script>alert(1)</script>",
        "?days=1e9&by=x&tier=y",
        "?area=%00",
    ],
)
def test_a_crafted_address_shows_the_home_page(context: BrowserContext, sichuan: str, query: str) -> None:
    app = App(context.new_page(), sichuan)
    app.open(query)
    expect(app.page.locator("h1")).to_have_text("四川省")
    assert app.bad == []


@pytest.mark.parametrize("query", ["?area=99", "?area=11", "?unit=../../etc", "?unit=110101001"])
def test_what_is_not_there_and_what_is_not_ours_look_the_same(
    context: BrowserContext, sichuan: str, query: str
) -> None:
    app = App(context.new_page(), sichuan)
    app.open(query)
    expect(app.page.locator("main h2")).to_have_text("无权查看")
    expect(app.page.get_by_role("link", name="返回首页")).to_be_visible()
    assert app.bad == []


def test_an_empty_store_says_how_to_begin_and_a_store_that_goes_away_is_said(browser: Browser, tmp_path: Path) -> None:
    with stored(tmp_path / "store") as (node, _), serving(node.address, tmp_path) as url:
        app = App(browser.new_page(), url)
        app.open("?lang=en")
        expect(app.page.locator(".card.welcome")).to_contain_text("curl -X POST")
        expect(app.page.locator(".fresh")).to_contain_text("Waiting for data")
        node.stop()
        expect(app.page.locator(".fresh.down")).to_contain_text("Store not reachable", timeout=30_000)
        assert app.page.locator(".bw.stale").count() > 0, "the last figures stay, greyed"
        late = App(browser.new_page(), url)
        late.page.goto(f"{url}/?area=51&lang=en")
        expect(late.page.locator(".card.store")).to_contain_text("The store does not answer", timeout=30_000)
        late.page.close()
        app.page.close()


def test_a_missing_browser_fails_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BURDENWATCH_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoBrowser, match="is not a program"):
        chromium()
