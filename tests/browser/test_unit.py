"""The page of one unit in a real Chromium: what a township sees, and what it may print."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]

DESKTOP, PHONE = (1440, 900), (375, 812)
UNIT = "510104017"
CARDS = ("twice", "deadlines", "band", "days14", "who", "feed")
HEADINGS = {
    "zh": ("重复索要", "到期事项", "与同类单位比较", "谁在要求什么", "放进自己的日历"),
    "en": (
        "The same thing asked twice",
        "What is due when",
        "Compared with others",
        "Who asks for what",
        "In your own calendar",
    ),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("context", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_unit_draws_whole_in_both_languages_and_windows(app: App, lang: str) -> None:
    app.open(f"unit?unit={UNIT}&lang={lang}")
    for text in HEADINGS[lang]:
        expect(app.page.get_by_role("heading", name=text, exact=True)).to_be_visible()
    for key in CARDS:
        expect(app.page.locator(f".card.{key}")).to_be_visible()
    assert len(app.figure("days14")[0]["x"]) == 28
    expect(app.page.locator(".feed code")).to_contain_text(f"/v1/units/{UNIT}/calendar.ics")
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    if lang == "en":
        for part in (".pages", ".kpis", ".st-key-figure-band .lead", ".card.feed"):
            assert not CHINESE.search(app.page.locator(part).inner_text()), part


def test_what_is_asked_twice_becomes_a_note_that_can_be_printed(app: App) -> None:
    app.open(f"?unit={UNIT}")
    app.page.locator(".pages a", has_text="本单位").click()
    pair = app.page.locator(".card.twice li").first
    expect(pair).to_contain_text("锦江区民政局")
    expect(pair).to_contain_text("锦江区住房和城乡建设局")
    expect(pair).to_contain_text("低保户数；六十岁以上老人数")
    assert f"/unit?area={UNIT}" in app.page.url
    pair.locator(".act").click()
    letter = app.page.locator(".letter")
    expect(letter).to_contain_text("不得重复收集")
    expect(letter.locator("tbody tr")).to_have_count(2)
    app.page.emulate_media(media="print")
    expect(app.page.locator(".tools").first).to_be_hidden()
    expect(app.page.locator(".masthead")).to_be_hidden()
    expect(letter).to_be_visible()
    app.page.emulate_media(media="screen")
    app.page.locator(".tools .act").click()
    expect(app.page.locator(".card.twice")).to_be_visible()


def test_a_statistical_form_without_its_marks_gives_a_note(app: App) -> None:
    app.open(f"unit?unit={UNIT}&lang=en")
    app.page.locator(".card.deadlines .act").click()
    letter = app.page.locator(".letter")
    expect(letter).to_contain_text("body that made the form; number of approval or filing; end of validity")
    expect(letter).to_contain_text("Agriculture and Rural Affairs Bureau, 锦江区 (Sichuan)")


def test_peers_are_a_band_and_have_no_names(app: App) -> None:
    app.open(f"unit?unit={UNIT}")
    card = app.page.locator(".st-key-figure-band")
    expect(card.locator(".lead")).to_contain_text("同类单位")
    assert [series["name"] for series in app.figure("band")] == ["其他单位的中间一半", "其他单位的中位数", "本单位"]
    assert "锦江区其他 10 个单位的中间一半" in str(card.locator(".bw-figure").get_attribute("aria-label"))
    assert "街道" not in card.inner_text()


def test_without_a_unit_the_page_leads_to_one(app: App) -> None:
    app.open("unit?area=510104")
    app.page.locator(".chips a").first.click()
    expect(app.page.locator(".card.deadlines")).to_be_visible()
    assert "unit=510104" in app.page.url


@pytest.mark.parametrize("query", ["unit?unit=330102001", "unit?unit=330102-education&note=1-2", "unit?area=33"])
def test_a_guessed_unit_outside_the_scope_shows_nothing(browser: Browser, sichuan: str, query: str) -> None:
    app = App(browser.new_page(), sichuan)
    app.page.goto(f"{sichuan}/{query}")
    expect(app.page.locator(".card.access")).to_be_visible(timeout=30_000)
    app.settle()
    assert app.page.locator(".card").count() == 1
    app.page.close()
