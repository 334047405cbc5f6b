"""Review, issuer, rules and health in a real Chromium: both languages, desktop and phone, and the main task of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import expect

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]

DESKTOP, PHONE = (1440, 900), (375, 812)
UNIT = "510104017"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "review": (
        "review?",
        {
            "zh": ("全年逐日", "本周变化及原因", "一周时段", "精简目标"),
            "en": ("The year, day by day", "Reduction goals"),
        },
    ),
    "issuer": (
        "issuer?role=issuer&",
        {"zh": ("每日造成的负荷", "已发出事项", "相关线索"), "en": ("Load caused by day", "What was issued")},
    ),
    "rules": ("rules?", {"zh": ("本地生效的规则包", "生效规则"), "en": ("Packs in force here", "Rules in force")}),
    "health": (
        "health?role=operator&",
        {"zh": ("需要处理", "处理进程", "数据源"), "en": ("What to do", "Workers", "Feeds")},
    ),
}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("context", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_draw_whole_in_both_languages_and_windows(app: App, name: str, lang: str) -> None:
    address, headings = PAGES[name]
    app.open(f"{address}lang={lang}")
    for text in headings[lang]:
        expect(app.page.get_by_role("heading", name=text, exact=True).first).to_be_visible()
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    if lang == "en":
        for part in (".pages", ".whoami", ".card > header >> nth=0"):
            assert not CHINESE.search(app.page.locator(part).first.inner_text()), part


@pytest.mark.parametrize(
    "address",
    [
        "?",
        "hotspots?",
        "review?",
        "desk?",
        f"unit?unit={UNIT}&",
        "issuer?role=issuer&",
        "rules?",
        "health?role=operator&",
    ],
)
def test_axe_finds_nothing_in_what_is_ours(app: App, address: str) -> None:
    app.open(f"{address}lang=zh")
    found = Axe().run(app.page, context=".bw", options=WCAG)
    assert [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found.response["violations"]
    ] == []


def test_an_issuer_checks_a_draft_and_takes_the_assessment_away(app: App, tmp_path: Path) -> None:
    app.open("issuer?role=issuer")
    app.page.get_by_text("发文前核验草案").click()
    app.page.get_by_label("标题", exact=True).fill("报送低保户情况")
    app.page.get_by_label("地区代码，以逗号分隔").fill("510104")
    app.page.get_by_label("所要数据项，每行一项").fill("低保户数\n六十岁以上老人数\n常住人口数")
    app.page.get_by_role("button", name="核验", exact=True).click()
    checked = app.page.locator(".checked")
    expect(checked).to_be_visible(timeout=30_000)
    expect(checked).to_have_attribute("data-clean", "false")
    expect(checked.get_by_role("heading", name="已有人要过")).to_be_visible()
    expect(checked).to_contain_text("低保户数")
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="一致性评估表（DOCX）").click()
    path = tmp_path / "assessment.docx"
    waiting.value.save_as(path)
    text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    assert "一致性评估" in text
    assert "锦江区教育局" in text


def test_a_draft_with_faults_says_which(app: App) -> None:
    app.open("issuer?role=issuer")
    app.page.get_by_text("发文前核验草案").click()
    app.page.get_by_label("标题", exact=True).fill("试")
    app.page.get_by_label("地区代码，以逗号分隔").fill("999999")
    app.page.get_by_role("button", name="核验", exact=True).click()
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("999999")


def test_a_limit_is_tried_on_the_past(app: App) -> None:
    app.open("rules?rule=R11-short-notice")
    tried = app.page.locator(".tried")
    expect(tried).to_contain_text("480", timeout=30_000)
    app.page.get_by_role("slider").press("End")
    expect(tried).to_contain_text("1920", timeout=30_000)
    counts = [int(one.replace(",", "")) for one in tried.locator("li > b").all_inner_texts()]
    assert counts[1] >= counts[0]
    expect(app.page.locator(".ruletests li").first).to_be_visible()


def test_a_rule_is_opened_from_the_list(app: App) -> None:
    app.open("rules?area=36")
    expect(app.page.locator(".packs li")).not_to_have_count(0)
    app.page.locator("tr[data-rule='R11-short-notice'] a").click()
    expect(app.page.locator(".rulefacts")).to_contain_text("八小时")
    assert "rule=R11-short-notice" in app.page.url


def test_a_unit_says_with_one_click_that_it_is_asked_twice(app: App) -> None:
    app.open(f"unit?unit={UNIT}&role=unit")
    app.page.locator(".card.twice li").first.get_by_text("这是重复的").click()
    expect(app.page.get_by_test_id("stToast")).to_contain_text("已记录")
    app.open("desk?area=510104&role=supervisor")
    said = app.page.locator(".card.remarks")
    expect(said).to_contain_text("同一内容重复索要")
    expect(said).to_contain_text("锦江区民政局")


def test_only_the_unit_itself_speaks(app: App) -> None:
    app.open(f"unit?unit={UNIT}&role=supervisor")
    expect(app.page.locator(".card.twice li").first).to_be_visible()
    expect(app.page.get_by_text("这是重复的")).to_have_count(0)


def test_the_operator_sees_who_looked(app: App) -> None:
    app.open("desk?area=51&role=supervisor")
    app.page.wait_for_timeout(1_500)  # the audit is written each second
    app.open("health?role=operator")
    expect(app.page.locator(".deeds tbody tr").first).to_be_visible()
    expect(app.page.locator(".deeds")).to_contain_text(
        "demo-supervisor", timeout=60_000
    )  # an open page reads the audit anew every half minute


def test_the_demo_tries_on_roles(app: App) -> None:
    app.open("?")
    expect(app.page.locator(".pages a")).to_have_count(10)
    app.page.locator(".whoami a", has_text="基层单位").click()
    expect(app.page.locator(".pages a")).to_have_count(3)
    expect(app.page.locator(".card.twice")).to_be_visible()


def test_leadership_goes_from_a_ranking_to_an_issuer(app: App) -> None:
    app.open("?area=510104")
    first = app.page.locator(".card.issuers li a").first
    name = first.inner_text()
    first.click()
    expect(app.page.locator(".subject")).to_have_text(name)
    assert "issuer=" in app.page.url
