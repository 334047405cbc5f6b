"""The desk of a supervising body in a real Chromium: what stands open, one finding with its evidence, an act, files, and what outsiders see."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]

DESKTOP, PHONE = (1440, 900), (375, 812)
SHORT, LOADED = f"{1:032x}", f"{2:032x}"
HEADINGS = {"zh": ("按规则", "未消除的线索"), "en": ("By rule", "Open findings")}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("context", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_desk_draws_whole_in_both_languages_and_windows(app: App, lang: str) -> None:
    app.open(f"desk?lang={lang}")
    for text in HEADINGS[lang]:
        expect(app.page.get_by_role("heading", name=text, exact=True)).to_be_visible()
    assert app.page.locator(".card.findings tbody tr").count() == 6
    assert app.overflow() <= 0, "nothing reaches beyond the window"
    if lang == "en":
        for part in (".pages", ".kpis", ".card.findings thead", ".card.findings .casestate >> nth=0"):
            assert not CHINESE.search(app.page.locator(part).inner_text()), part


def test_a_rule_is_chosen_and_a_finding_opened(app: App) -> None:
    app.open("desk?area=51")
    app.page.locator(".chosen a", has_text="R20").click()
    expect(app.page.locator(".card.findings tbody tr")).to_have_count(1)
    assert "rule=R20" in app.page.url
    app.page.locator(f"tr[data-finding='{LOADED}'] a").first.click()
    expect(app.page.locator(".evidence")).to_contain_text("锦官驿街道")
    assert f"finding={LOADED}" in app.page.url


def test_a_layer_is_chosen_and_left_again(app: App) -> None:
    app.open("desk?area=51")
    app.page.locator("a.kpi[data-key=breach]").click()
    expect(app.page.locator(".card.findings tbody tr")).to_have_count(0)
    assert "layer=breach" in app.page.url
    app.page.locator("a.kpi[data-key=breach]").click()
    expect(app.page.locator(".card.findings tbody tr")).to_have_count(6)


def test_a_finding_shows_its_grounds_its_case_and_its_precedents(app: App) -> None:
    app.open(f"desk?area=510104&finding={SHORT}")
    evidence = app.page.locator(".evidence")
    for lead in evidence.locator(".lead").all_inner_texts():
        assert not re.search(r"[a-z]{3,}|event:", lead), lead
    for text in ("依据", "防汛紧急调度", "类似先例", "限时不合理，已整改", "申诉途径"):
        expect(evidence).to_contain_text(text)
    expect(app.page.locator(".casehead")).to_contain_text("已说明")
    app.page.emulate_media(media="print")
    expect(app.page.locator(".tools").first).to_be_hidden()
    expect(app.page.locator(".st-key-desk-tools")).to_be_hidden()


def test_an_act_is_recorded_and_shown(app: App) -> None:
    app.open(f"desk?area=510104&finding={LOADED}")
    expect(app.page.locator(".casehead")).to_contain_text("待处理")
    app.page.get_by_role("button", name="记录").click()
    expect(app.page.locator(".casehead")).to_contain_text("已签收")
    expect(app.page.locator(".evidence")).to_contain_text("签收")


def test_the_list_can_be_taken_away(app: App, tmp_path: Path) -> None:
    app.open("desk?area=51")
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="CSV").click()
    path = tmp_path / "findings.csv"
    waiting.value.save_as(path)
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert "Asia/Shanghai" in text.decode()
    assert SHORT in text.decode()
    assert not re.search(r"(phase|rule|layer)=|,None|nan|True|False", text.decode()), "in words"
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="XLSX").click()
    book = tmp_path / "findings.xlsx"
    waiting.value.save_as(book)
    sheet = load_workbook(book).active
    assert sheet is not None
    first = [row[0].value for row in sheet.iter_rows()]
    assert first[5] == "规则"
    assert sheet.freeze_panes == "A7"
    assert isinstance(sheet.cell(7, 12).value, datetime)
    assert len(first) - 6 == int(str(sheet.cell(4, 2).value).split()[0]), "the file says how many findings it holds"
    app.page.wait_for_timeout(1_500)  # the audit is written each second
    app.open("health?role=operator")
    expect(app.page.locator(".deeds")).to_contain_text("文件（CSV）")


def test_an_outsider_sees_nothing_of_it(browser: Browser, sichuan: str) -> None:
    page = browser.new_context().new_page()
    app = App(page, sichuan)
    app.open(f"desk?area=33&finding={SHORT}")
    expect(page.locator(".evidence")).to_have_count(0)
    app.open("desk?area=51")
    expect(page.locator(".card.findings tbody tr")).to_have_count(6)
    page.context.close()


def test_messages_are_silenced_with_reasons_and_an_end(app: App) -> None:
    app.open(f"desk?area=510104&finding={LOADED}&role=supervisor")
    app.page.get_by_text("暂停有关通知").click()
    app.page.get_by_test_id("stExpander").get_by_label("说明").fill("迎检期间统一处理")
    app.page.get_by_role("button", name="暂停", exact=True).click()
    expect(app.page.get_by_test_id("stToast")).to_contain_text("通知暂停至")
